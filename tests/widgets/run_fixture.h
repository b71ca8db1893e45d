// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <map>
#include <memory>
#include <string>

#include "widgets/runs/run_selection.h"

/// Keeps styles as long as the test wants.
struct MemoryStorage : widgets::RunStyleStorage {
  void refresh() override {}
  std::optional<widgets::RunStyle> find(const std::string& logDirectory,
                                        const std::string& name) override {
    const auto it = styles.find(logDirectory + '/' + name);
    return it == styles.end() ? std::nullopt : std::optional(it->second);
  }
  void store(const std::string& logDirectory, const std::string& name,
             const widgets::RunStyle& style) override {
    styles[logDirectory + '/' + name] = style;
  }
  std::string findSelected(const std::string& logDirectory) override {
    const auto it = selected.find(logDirectory);
    return it == selected.end() ? std::string() : it->second;
  }
  void storeSelected(const std::string& logDirectory, const std::string& name) override {
    selected[logDirectory] = name;
  }
  std::map<std::string, widgets::RunStyle> styles;
  std::map<std::string, std::string> selected;
};

/// A store without files and the selection over it.
class RunFixture {
 public:
  void reset() {
    m_selection.reset();
    m_store = std::make_shared<eventio::RunStore>();
    m_selection = std::make_unique<widgets::RunSelection>(m_store);
  }

  void clear() {
    m_selection.reset();
    m_store.reset();
  }

  /// Runs "run0", "run1" and so on.
  void open(const std::string& directory, int count) {
    for (int i = 0; i < count; ++i) m_store->openRun(directory, "run" + std::to_string(i));
  }

  [[nodiscard]] QStringList labels() const {
    QStringList result;
    for (const auto& entry : m_selection->entries()) result << entry.label;
    return result;
  }

 protected:
  std::shared_ptr<eventio::RunStore> m_store;
  std::unique_ptr<widgets::RunSelection> m_selection;
};
