// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_list_model.h"

#include <QDateTime>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "widgets/theme.h"

namespace widgets {
namespace {

constexpr std::size_t kDamageInToolTip = 5;

/// Four significant places, short enough for the panel's edge.
QString valueText(double value) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("-∞");
  const double size = std::fabs(value);
  if (size != 0 && (size < 1e-3 || size >= 1e5)) return QString::number(value, 'e', 2);
  return QString::number(value, 'f', size < 10 ? 4 : size < 1000 ? 2 : 0);
}

int headlineRank(const eventio::TagInfo& info) {
  if (info.kind != eventio::TagKind::kScalar || info.count == 0) return 0;
  const QString tag = QString::fromStdString(info.tag).toLower();
  if (!tag.contains("loss")) return 1;
  return tag.contains("val") || tag.contains("test") ? 3 : 2;
}

}  // namespace

std::string headlineTag(const std::vector<eventio::TagInfo>& tags) {
  const eventio::TagInfo* best = nullptr;
  int bestRank = 0;
  for (const eventio::TagInfo& info : tags) {
    const int rank = headlineRank(info);
    if (rank > bestRank) {
      best = &info;
      bestRank = rank;
    }
  }
  return best ? best->tag : std::string();
}

RunListModel::RunListModel(RunSelection* selection, QObject* parent)
    : QAbstractListModel(parent), m_selection(selection) {
  connect(selection, &RunSelection::changed, this, &RunListModel::rebuild);
  connect(selection, &RunSelection::currentChanged, this,
          [this] { refreshRows(0, rowCount() - 1); });
  rebuild();
}

void RunListModel::rebuild() {
  std::vector<std::size_t> rows;
  const auto& entries = m_selection->entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (m_filter.match(entries[i].label).hasMatch()) rows.push_back(i);
  }
  if (rows == m_rows) {
    refreshRows(0, rowCount() - 1);
    return;
  }
  const bool grown =
      rows.size() > m_rows.size() && std::equal(m_rows.begin(), m_rows.end(), rows.begin());
  if (grown) {
    beginInsertRows({}, rowCount(), static_cast<int>(rows.size()) - 1);
    m_rows = std::move(rows);
    endInsertRows();
    refreshRows(0, rowCount() - 1);
    return;
  }
  beginResetModel();
  m_rows = std::move(rows);
  std::erase_if(m_values, [this](const auto& item) { return !m_selection->find(item.first); });
  endResetModel();
}

QString RunListModel::setFilter(const QString& pattern) {
  QRegularExpression filter(pattern, QRegularExpression::CaseInsensitiveOption);
  if (!filter.isValid()) {
    return tr("Not a regular expression: %1 (at character %2)")
        .arg(filter.errorString())
        .arg(filter.patternErrorOffset() + 1);
  }
  m_filter = std::move(filter);
  rebuild();
  return {};
}

int RunListModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

const RunSelection::Entry* RunListModel::entry(int row) const {
  if (row < 0 || row >= rowCount()) return nullptr;
  const std::size_t index = m_rows[static_cast<std::size_t>(row)];
  const auto& entries = m_selection->entries();
  return index < entries.size() ? &entries[index] : nullptr;
}

int RunListModel::rowOf(const eventio::Run* run) const {
  for (int row = 0; row < rowCount(); ++row) {
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
    case Qt::AccessibleTextRole:
      return item->label;
    case Qt::CheckStateRole:
      return item->visible ? Qt::Checked : Qt::Unchecked;
    case Qt::ToolTipRole:
      return toolTip(*item);
    case kColorRole:
      return runColor(item->colorIndex);
    case kVisibleRole:
      return item->visible;
    case kCurrentRole:
      return m_selection->current() == item->run;
    case kLiveRole:
      return item->run->isLive();
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
  if (value.version == version) return value;
  value.version = version;
  const std::uint64_t tagsVersion = run.tagsVersion();
  if (value.tag.empty() || value.tagsVersion != tagsVersion) {
    value.tagsVersion = tagsVersion;
    value.tag = headlineTag(run.tags());
  }
  const auto info = value.tag.empty() ? std::nullopt : run.tag(value.tag);
  value.text = info && info->count > 0 ? valueText(info->lastValue) : QString();
  const auto damage = run.damage();
  value.damaged = std::any_of(damage.begin(), damage.end(),
                              [](const eventio::Damage& place) { return !place.isNotice; });
  return value;
}

QString RunListModel::toolTip(const RunSelection::Entry& entry) const {
  const Value& value = valueOf(*entry.run);
  QStringList lines{QString::fromStdString(entry.run->path())};
  if (!value.text.isEmpty()) {
    lines << QStringLiteral("%1: %2").arg(QString::fromStdString(value.tag), value.text);
  }
  if (entry.run->isLive()) lines << tr("In training now");
  const auto damage = entry.run->damage();
  for (std::size_t i = 0; i < std::min(damage.size(), kDamageInToolTip); ++i) {
    lines << tr("%1, byte %2: %3")
                 .arg(QString::fromStdString(damage[i].file).section('/', -1))
                 .arg(QLocale(QLocale::English).toString(static_cast<qulonglong>(damage[i].offset)))
                 .arg(QString::fromStdString(damage[i].what));
  }
  if (damage.size() > kDamageInToolTip) {
    lines << tr("and more damaged places: %1").arg(damage.size() - kDamageInToolTip);
  }
  return lines.join('\n');
}

}  // namespace widgets
