// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QSettings>
#include <QString>

#include "widgets/style/run_styles.h"

namespace app {

/// Keeps the styles of runs, and the run selected last, in the user's settings, by the folder of
/// the run whatever links lead there: every window, and every log directory that holds the run,
/// finds the same.
class RunStyleSettings : public widgets::RunStyleStorage {
 public:
  /// Beyond so many the runs that were stored first are forgotten.
  static constexpr int kMaxRuns = 4000;
  /// Log directories whose selected run is kept.
  static constexpr int kMaxDirectories = 200;

  void refresh() override;
  [[nodiscard]] std::optional<widgets::RunStyle> find(const std::string& logDirectory,
                                                      const std::string& name) override;
  void store(const std::string& logDirectory, const std::string& name,
             const widgets::RunStyle& style) override;
  [[nodiscard]] std::string findSelected(const std::string& logDirectory) override;
  void storeSelected(const std::string& logDirectory, const std::string& name) override;

 private:
  [[nodiscard]] QString keyOf(const std::string& logDirectory, const std::string& name);
  [[nodiscard]] QString canonical(const std::string& logDirectory);
  void forgetOldest();

  QSettings m_settings;
  QHash<QString, QString> m_canonical;  // of log directories
  int m_stored = -1;                    // runs in the settings; negative: not counted yet
};

}  // namespace app
