// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_selection.h"

#include <QHash>
#include <algorithm>
#include <array>
#include <unordered_set>

#include "widgets/runs/chart_order.h"
#include "widgets/runs/run_names.h"
#include "widgets/style/display_name.h"

namespace widgets {
namespace {

constexpr int kVisibleAtFirst = 8;

QString folderName(const std::string& path) {
  const QString text = QString::fromStdString(path);
  const QString last = text.section('/', -1, -1, QString::SectionSkipEmpty);
  return last.isEmpty() ? text : last;
}

QString plainName(const eventio::Run& run) {
  return run.name() == "." ? folderName(run.logDirectory()) : QString::fromStdString(run.name());
}

/// How often styles and their colours are in use.
class StyleUses {
 public:
  void add(int style, bool ticked) {
    for (int* count : {&m_styles[place(style)].all, &m_colors[color(style)].all}) ++*count;
    if (!ticked) return;
    for (int* count : {&m_styles[place(style)].ticked, &m_colors[color(style)].ticked}) ++*count;
  }

  /// A colour that no ticked run has comes before a dash pattern that none has.
  [[nodiscard]] int leastUsed() const {
    int best = 0;
    for (int style = 1; style < kRunStyles; ++style) {
      if (rank(style) < rank(best)) best = style;
    }
    return best;
  }

 private:
  struct Count {
    int ticked = 0;
    int all = 0;
  };
  [[nodiscard]] static std::size_t place(int style) {
    return static_cast<std::size_t>(((style % kRunStyles) + kRunStyles) % kRunStyles);
  }
  [[nodiscard]] static std::size_t color(int style) { return place(style) % kRunColors; }
  [[nodiscard]] std::array<int, 4> rank(int style) const {
    const Count& ofColor = m_colors[color(style)];
    const Count& ofStyle = m_styles[place(style)];
    return {ofColor.ticked, ofStyle.ticked, ofColor.all, ofStyle.all};
  }

  std::array<Count, kRunStyles> m_styles{};
  std::array<Count, kRunColors> m_colors{};
};

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

void RunSelection::storeStyle(const Entry& entry) {
  const RunStyle style{entry.colorIndex, entry.ticked};
  m_styleOfPath[entry.run->path()] = style;
  if (m_storage) m_storage->store(entry.run->logDirectory(), entry.run->name(), style);
}

bool RunSelection::tick(Entry& entry, bool ticked) {
  if (entry.ticked == ticked) return false;
  entry.ticked = ticked;
  entry.visible = ticked && entry.matches;
  storeStyle(entry);
  return true;
}

void RunSelection::setVisible(const eventio::Run* run, bool visible) {
  for (Entry& entry : m_entries) {
    if (entry.run.get() != run) continue;
    if (tick(entry, visible)) emit changed();
    return;
  }
}

void RunSelection::showOnly(const eventio::Run* run) {
  bool different = false;
  for (Entry& entry : m_entries) different |= tick(entry, entry.run.get() == run);
  if (different) emit changed();
}

void RunSelection::setAllVisible(bool visible) {
  bool different = false;
  for (Entry& entry : m_entries) different |= entry.matches && tick(entry, visible);
  if (different) emit changed();
}

void RunSelection::setColor(const eventio::Run* run, int colorIndex) {
  for (Entry& entry : m_entries) {
    if (entry.run.get() != run || entry.colorIndex == colorIndex) continue;
    entry.colorIndex = colorIndex;
    storeStyle(entry);
    emit changed();
    return;
  }
}

void RunSelection::setFilter(const QRegularExpression& filter) {
  if (filter == m_filter) return;
  m_filter = filter;
  applyFilter();
  emit changed();
  updateCurrent();
}

void RunSelection::applyFilter() {
  for (Entry& entry : m_entries) {
    entry.matches = m_filter.match(entry.name).hasMatch();
    entry.visible = entry.ticked && entry.matches;
  }
}

void RunSelection::setCurrent(std::shared_ptr<eventio::Run> run) {
  m_chosen = std::move(run);
  m_isChoiceFinal = m_chosen != nullptr;
  if (m_chosen) {
    m_lastSelected[m_chosen->logDirectory()] = m_chosen->name();
    if (m_storage) m_storage->storeSelected(m_chosen->logDirectory(), m_chosen->name());
  }
  updateCurrent();
}

/// The run that was selected last in its log directory; the directory of `in` where that is given.
const RunSelection::Entry* RunSelection::lastSelectedEntry(const Entry* in) const {
  for (const Entry& entry : m_entries) {
    if (in && entry.run->logDirectory() != in->run->logDirectory()) continue;
    const auto last = m_lastSelected.find(entry.run->logDirectory());
    if (last != m_lastSelected.end() && last->second == entry.run->name()) return &entry;
  }
  return nullptr;
}

const RunSelection::Entry* RunSelection::firstShown() const {
  const auto visible = std::find_if(m_entries.begin(), m_entries.end(),
                                    [](const Entry& entry) { return entry.visible; });
  if (visible != m_entries.end()) return &*visible;
  const auto matching = std::find_if(m_entries.begin(), m_entries.end(),
                                     [](const Entry& entry) { return entry.matches; });
  if (matching != m_entries.end()) return &*matching;
  return m_entries.empty() ? nullptr : &m_entries.front();
}

void RunSelection::updateCurrent() {
  const Entry* chosen = find(m_chosen.get());
  if (!chosen) m_isChoiceFinal = false;
  if (!m_isChoiceFinal) {
    if (const Entry* last = lastSelectedEntry(chosen)) {
      chosen = last;
      m_isChoiceFinal = true;
    }
  }
  const Entry* shown = chosen && chosen->matches ? chosen : firstShown();
  // While runs are still being found, one that is not drawn makes way for the first that is.
  if (!chosen && shown && shown->visible) chosen = shown;
  m_chosen = chosen ? chosen->run : nullptr;
  std::shared_ptr<eventio::Run> current = shown ? shown->run : nullptr;
  if (current == m_current) return;
  m_current = std::move(current);
  emit currentChanged();
}

/// A run that no window has seen gets the style that the fewest have, of those that are visible
/// first; all that appear at once in natural order, so that the result is the same everywhere.
void RunSelection::addRuns(std::vector<std::shared_ptr<eventio::Run>> runs) {
  if (runs.empty()) return;
  if (m_storage) m_storage->refresh();
  std::stable_sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) {
    return naturalLess(QString::fromStdString(a->path()), QString::fromStdString(b->path()));
  });
  const std::size_t before = m_entries.size();
  std::vector<bool> isNew;
  for (const auto& run : runs) {
    std::optional<RunStyle> style;
    if (const auto known = m_styleOfPath.find(run->path()); known != m_styleOfPath.end()) {
      style = known->second;
    } else if (m_storage) {
      style = m_storage->find(run->logDirectory(), run->name());
    }
    const int place = m_runsOfDirectory[run->logDirectory()]++;
    if (place == 0 && m_storage) {
      m_lastSelected[run->logDirectory()] = m_storage->findSelected(run->logDirectory());
    }
    isNew.push_back(!style);
    if (!style) style = RunStyle{-1, place < kVisibleAtFirst || run->isLive()};
    Entry entry;
    entry.run = run;
    entry.colorIndex = style->colorIndex;
    entry.ticked = entry.visible = style->ticked;
    m_entries.push_back(std::move(entry));
  }
  // Those with a style of their own count before the new ones choose.
  StyleUses uses;
  for (const Entry& entry : m_entries) {
    if (entry.colorIndex >= 0) uses.add(entry.colorIndex, entry.ticked);
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    Entry& entry = m_entries[before + i];
    if (isNew[i]) {
      entry.colorIndex = uses.leastUsed();
      uses.add(entry.colorIndex, entry.ticked);
      storeStyle(entry);
    } else {
      m_styleOfPath[entry.run->path()] = {entry.colorIndex, entry.ticked};
    }
  }
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
  std::vector<std::shared_ptr<eventio::Run>> added;
  for (const auto& run : runs) {
    if (!known.contains(run.get())) added.push_back(run);
  }
  addRuns(std::move(added));
  relabel();
  applyFilter();
  emit changed();
  updateCurrent();
}

void RunSelection::relabel() {
  QHash<QString, int> uses;
  for (Entry& entry : m_entries) {
    entry.name = plainName(*entry.run);
    ++uses[entry.name];
  }
  QHash<QString, int> longUses;
  for (Entry& entry : m_entries) {
    if (uses.value(entry.name) < 2) continue;
    entry.name += QStringLiteral(" · ") + folderName(entry.run->logDirectory());
    ++longUses[entry.name];
  }
  QStringList names;
  for (Entry& entry : m_entries) {
    if (longUses.value(entry.name) > 1) entry.name = QString::fromStdString(entry.run->path());
    names << entry.name;
  }
  const QString beginning = sharedBeginning(names);
  for (Entry& entry : m_entries) {
    entry.label = displayName(withoutBeginning(entry.name, beginning));
  }
  std::stable_sort(m_entries.begin(), m_entries.end(),
                   [](const Entry& a, const Entry& b) { return naturalLess(a.name, b.name); });
}

void RunSelection::setTroubled(std::shared_ptr<eventio::Run> run) {
  if (run == m_troubled) return;
  m_troubled = std::move(run);
  emit troubledChanged();
}

}  // namespace widgets
