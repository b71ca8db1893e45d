// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_list_model.h"

#include <QElapsedTimer>
#include <algorithm>

#include "widgets/style/display_name.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"
#include "widgets/style/translated.h"

namespace widgets {
namespace {

constexpr std::size_t kDamageInToolTip = 5;
constexpr qint64 kTagsBudgetMilliseconds = 3;

}  // namespace

RunListModel::RunListModel(RunSelection* selection, QObject* parent)
    : QAbstractListModel(parent), m_selection(selection) {
  connect(selection, &RunSelection::changed, this, &RunListModel::rebuild);
  connect(selection, &RunSelection::currentChanged, this, [this] { refreshRows(0, count() - 1); });
  rebuild();
}

/// Rows go and come where they stand, so that a view keeps its place while runs are found.
void RunListModel::rebuild() {
  const auto& entries = m_selection->entries();
  std::vector<std::size_t> rows;
  std::unordered_map<const eventio::Run*, std::size_t> places;  // of what is shown from now on
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].matches) continue;
    rows.push_back(i);
    places.emplace(entries[i].run.get(), i);
  }
  std::vector<std::size_t> kept;  // the old rows' new places
  for (const eventio::Run* run : m_rowRuns) {
    const auto place = places.find(run);
    if (place != places.end()) {
      kept.push_back(place->second);
    } else {
      m_headlines.forget(run);
      m_values.erase(run);
    }
  }
  if (!std::is_sorted(kept.begin(), kept.end())) {  // names changed, and the order with them
    beginResetModel();
    m_rows = rows;
    m_rowRuns.clear();
    for (const std::size_t row : rows) m_rowRuns.push_back(entries[row].run.get());
    endResetModel();
  } else {
    removeOldRows(places);
    m_rows = std::move(kept);
    insertNewRows(rows);
  }
  refreshRows(0, count() - 1);
  collectTags();
}

void RunListModel::removeOldRows(
    const std::unordered_map<const eventio::Run*, std::size_t>& places) {
  // While rows go, those that stay already mean their new places.
  constexpr auto kNowhere = static_cast<std::size_t>(-1);
  m_rows.clear();
  for (const eventio::Run* run : m_rowRuns) {
    const auto place = places.find(run);
    m_rows.push_back(place == places.end() ? kNowhere : place->second);
  }
  for (int last = count() - 1; last >= 0; --last) {
    if (m_rows[static_cast<std::size_t>(last)] != kNowhere) continue;
    int first = last;
    while (first > 0 && m_rows[static_cast<std::size_t>(first) - 1] == kNowhere) --first;
    beginRemoveRows({}, first, last);
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    m_rowRuns.erase(m_rowRuns.begin() + first, m_rowRuns.begin() + last + 1);
    endRemoveRows();
    last = first;
  }
}

void RunListModel::insertNewRows(const std::vector<std::size_t>& rows) {
  const auto& entries = m_selection->entries();
  for (std::size_t first = 0; first < rows.size(); ++first) {
    if (first < m_rows.size() && m_rows[first] == rows[first]) continue;
    const std::size_t next = first < m_rows.size() ? m_rows[first] : entries.size();
    std::size_t last = first;
    while (last + 1 < rows.size() && rows[last + 1] < next) ++last;
    beginInsertRows({}, static_cast<int>(first), static_cast<int>(last));
    const auto at = static_cast<std::ptrdiff_t>(first);
    const auto end = static_cast<std::ptrdiff_t>(last) + 1;
    m_rows.insert(m_rows.begin() + at, rows.begin() + at, rows.begin() + end);
    std::vector<const eventio::Run*> runs;
    for (std::size_t row = first; row <= last; ++row) runs.push_back(entries[rows[row]].run.get());
    m_rowRuns.insert(m_rowRuns.begin() + at, runs.begin(), runs.end());
    endInsertRows();
    first = last;
  }
}

const std::string& RunListModel::figureTag() const {
  return m_figure.tag.empty() ? m_headlines.common() : m_figure.tag;
}

void RunListModel::setFigure(const RunFigure& figure) {
  if (figure == m_figure) return;
  m_figure = figure;
  m_values.clear();
  emit figureChanged();
  refreshRows(0, count() - 1);
}

void RunListModel::collectTags() {
  const std::string before = figureTag();
  const auto& entries = m_selection->entries();
  QElapsedTimer budget;
  budget.start();
  for (std::size_t looked = 0; looked < entries.size(); ++looked) {
    if (budget.elapsed() > kTagsBudgetMilliseconds) break;
    const auto& entry = entries[m_nextRun++ % entries.size()];
    if (entry.matches) m_headlines.note(*entry.run);
  }
  if (figureTag() == before) return;
  emit figureChanged();
  refreshRows(0, count() - 1);
}

int RunListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : count();
}

const RunSelection::Entry* RunListModel::entry(int row) const {
  if (row < 0 || row >= count()) return nullptr;
  const std::size_t index = m_rows[static_cast<std::size_t>(row)];
  const auto& entries = m_selection->entries();
  return index < entries.size() ? &entries[index] : nullptr;
}

int RunListModel::rowOf(const eventio::Run* run) const {
  for (int row = 0; row < count(); ++row) {
    const auto* item = entry(row);
    if (item && item->run.get() == run) return row;
  }
  return -1;
}

void RunListModel::refreshRows(int first, int last) {
  if (first < 0 || last < first) return;
  emit dataChanged(index(first), index(last));
}

Qt::ItemFlags RunListModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable |
         Qt::ItemNeverHasChildren;
}

QVariant RunListModel::data(const QModelIndex& index, int role) const {
  const auto* item = entry(index.row());
  if (!item) return {};
  switch (role) {
    case Qt::DisplayRole:
      return item->label;
    case Qt::AccessibleTextRole:
      return displayName(item->name);
    case Qt::CheckStateRole:
      return item->ticked ? Qt::Checked : Qt::Unchecked;
    case Qt::ToolTipRole:
      return toolTip(*item);
    case kStyleRole:
      return item->colorIndex;
    case kColorRole:
      return runColor(item->colorIndex);
    case kVisibleRole:
      return item->ticked;
    case kCurrentRole:
      return m_selection->current() == item->run;
    case kLiveRole:
      return item->run->isLive();
    case kTroubledRole:
      return m_selection->isTroubled(item->run.get());
    case kDamagedRole:
      return valueOf(*item->run).damaged;
    case kValueRole:
      return valueOf(*item->run).text;
    default:
      return {};
  }
}

bool RunListModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  const auto* item = entry(index.row());
  if (!item || role != Qt::CheckStateRole) return false;
  m_selection->setVisible(item->run.get(), value.toInt() == Qt::Checked);
  return true;
}

const RunListModel::Value& RunListModel::valueOf(const eventio::Run& run) const {
  Value& value = m_values[&run];
  const std::uint64_t version = run.version();
  if (value.version == version && value.tag == figureTag()) return value;
  value.version = version;
  value.tag = figureTag();
  value.text = figureText(run, value.tag, m_figure.kind);
  const auto damage = run.damage();
  value.damaged = std::any_of(damage.begin(), damage.end(),
                              [](const eventio::Damage& place) { return !place.isNotice; });
  return value;
}

QString RunListModel::toolTip(const RunSelection::Entry& entry) const {
  const Value& value = valueOf(*entry.run);
  QStringList lines{displayName(entry.name)};
  const QString path = QString::fromStdString(entry.run->path());
  if (path != entry.name) lines << displayName(path);
  if (!value.text.isEmpty()) {
    lines << QStringLiteral("%1: %2").arg(displayName(value.tag), value.text);
  }
  if (entry.run->isLive()) lines << tr("In training now");
  const auto damage = entry.run->damage();
  for (std::size_t i = 0; i < std::min(damage.size(), kDamageInToolTip); ++i) {
    lines << tr("%1, byte %2: %3")
                 .arg(QString::fromStdString(damage[i].file).section('/', -1))
                 .arg(countText(static_cast<qint64>(damage[i].offset)))
                 .arg(translated(damage[i].what));
  }
  if (damage.size() > kDamageInToolTip) {
    lines << tr("and more damaged places: %1").arg(damage.size() - kDamageInToolTip);
  }
  return lines.join('\n');
}

}  // namespace widgets
