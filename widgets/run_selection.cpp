// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_selection.h"

#include <QHash>
#include <algorithm>
#include <array>
#include <unordered_set>

namespace widgets {
namespace {

constexpr std::size_t kRunColors = 8;  // of runColor()
constexpr int kVisibleAtFirst = kRunColors;

QString folderName(const std::string& path) {
  const QString text = QString::fromStdString(path);
  const QString last = text.section('/', -1, -1, QString::SectionSkipEmpty);
  return last.isEmpty() ? text : last;
}

QString shortLabel(const eventio::Run& run) {
  return run.name() == "." ? folderName(run.logDirectory()) : QString::fromStdString(run.name());
}

}  // namespace

RunSelection::RunSelection(std::shared_ptr<eventio::RunStore> store, QObject* parent)
    : QObject(parent), m_store(std::move(store)) {}

std::vector<RunSelection::Entry> RunSelection::visible() const {
  std::vector<Entry> result;
  std::copy_if(m_entries.begin(), m_entries.end(), std::back_inserter(result),
               [](const Entry& entry) { return entry.visible; });
  return result;
}

const RunSelection::Entry* RunSelection::find(const eventio::Run* run) const {
  const auto it = std::find_if(m_entries.begin(), m_entries.end(),
                               [run](const Entry& entry) { return entry.run.get() == run; });
  return it == m_entries.end() ? nullptr : &*it;
}

void RunSelection::setVisible(const eventio::Run* run, bool visible) {
  for (Entry& entry : m_entries) {
    if (entry.run.get() != run || entry.visible == visible) continue;
    entry.visible = visible;
    emit changed();
    return;
  }
}

void RunSelection::showOnly(const eventio::Run* run) {
  bool different = false;
  for (Entry& entry : m_entries) {
    const bool visible = entry.run.get() == run;
    different |= entry.visible != visible;
    entry.visible = visible;
  }
  if (different) emit changed();
}

void RunSelection::setAllVisible(bool visible) {
  bool different = false;
  for (Entry& entry : m_entries) {
    different |= entry.visible != visible;
    entry.visible = visible;
  }
  if (different) emit changed();
}

void RunSelection::setCurrent(std::shared_ptr<eventio::Run> run) {
  if (run == m_current) return;
  m_current = std::move(run);
  emit currentChanged();
}

int RunSelection::freeColor() const {
  // Runs that are seen together must differ first, all that have a colour come second.
  std::array<std::pair<int, int>, kRunColors> uses{};
  for (const Entry& entry : m_entries) {
    if (entry.visible) ++uses[static_cast<std::size_t>(entry.colorIndex)].first;
  }
  for (const auto& [path, color] : m_colorOfPath) ++uses[static_cast<std::size_t>(color)].second;
  --uses[0].second;  // the run that asks stands there already
  return static_cast<int>(std::min_element(uses.begin(), uses.end()) - uses.begin());
}

void RunSelection::addRun(const std::shared_ptr<eventio::Run>& run) {
  const auto [color, isNew] = m_colorOfPath.try_emplace(run->path(), 0);
  if (isNew) color->second = freeColor();
  const int place = m_runsOfDirectory[run->logDirectory()]++;
  m_entries.push_back({run, {}, color->second, place < kVisibleAtFirst || run->isLive()});
}

void RunSelection::poll() {
  const std::uint64_t version = m_store->runsVersion();
  if (version == m_runsVersion) return;
  m_runsVersion = version;

  const auto runs = m_store->runs();
  std::unordered_set<const eventio::Run*> present;
  for (const auto& run : runs) present.insert(run.get());
  std::erase_if(m_entries, [this, &present](const Entry& entry) {
    if (present.contains(entry.run.get())) return false;
    --m_runsOfDirectory[entry.run->logDirectory()];
    return true;
  });
  std::unordered_set<const eventio::Run*> known;
  for (const Entry& entry : m_entries) known.insert(entry.run.get());
  for (const auto& run : runs) {
    if (!known.contains(run.get())) addRun(run);
  }
  relabel();

  const bool currentGone = m_current && !present.contains(m_current.get());
  emit changed();
  if (!m_current || currentGone) {
    setCurrent(m_entries.empty() ? nullptr : m_entries.front().run);
  }
}

void RunSelection::relabel() {
  QHash<QString, int> uses;
  for (Entry& entry : m_entries) {
    entry.label = shortLabel(*entry.run);
    ++uses[entry.label];
  }
  QHash<QString, int> longUses;
  for (Entry& entry : m_entries) {
    if (uses.value(entry.label) < 2) continue;
    entry.label += QStringLiteral(" · ") + folderName(entry.run->logDirectory());
    ++longUses[entry.label];
  }
  for (Entry& entry : m_entries) {
    if (longUses.value(entry.label) > 1) entry.label = QString::fromStdString(entry.run->path());
  }
}

void RunSelection::setTroubled(std::shared_ptr<eventio::Run> run) {
  if (run == m_troubled) return;
  m_troubled = std::move(run);
  emit troubledChanged();
}

}  // namespace widgets
