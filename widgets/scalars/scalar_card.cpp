// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scalars/scalar_card.h"

#include <QDrag>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <algorithm>
#include <limits>
#include <utility>

#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/runs/scalar_tag_drag.h"
#include "widgets/style/display_name.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

/// Divides names of several sections into what they share at both ends and what distinguishes them,
/// which is never empty.
struct SharedName {
  QString shared;
  QStringList rest;
};

SharedName sharedName(const QStringList& tags) {
  std::vector<QStringList> paths;
  qsizetype shortest = std::numeric_limits<qsizetype>::max();
  for (const QString& tag : tags) {
    paths.push_back(tag.split('/'));
    shortest = std::min(shortest, paths.back().size());
  }
  const auto allShare = [&paths](const auto& section) {
    return std::all_of(paths.begin(), paths.end(), [&](const QStringList& path) {
      return section(path) == section(paths.front());
    });
  };
  qsizetype first = 0;
  while (first + 1 < shortest && allShare([&](const QStringList& path) { return path[first]; })) {
    ++first;
  }
  qsizetype last = 0;
  while (first + last + 1 < shortest &&
         allShare([&](const QStringList& path) { return path[path.size() - 1 - last]; })) {
    ++last;
  }
  SharedName name;
  const QString head = paths.front().first(first).join('/');
  const QString tail = paths.front().last(last).join('/');
  name.shared =
      head.isEmpty() || tail.isEmpty() ? head + tail : head + QStringLiteral("/…/") + tail;
  for (const QStringList& path : paths) {
    name.rest.append(path.mid(first, path.size() - first - last).join('/'));
  }
  return name;
}

QString titleOf(const QStringList& tags) {
  QStringList names;
  for (const QString& tag : tags) names.append(displayName(tag));
  return names.join(QStringLiteral(" + "));
}

}  // namespace

ScalarCard::ScalarCard(QStringList tags, QWidget* parent)
    : ChartCard(parent), m_tags(std::move(tags)), m_chart(new ScalarChart) {
  const QString title = titleOf(m_tags);
  setTitle(title);
  if (m_tags.size() > 1) {
    const SharedName name = sharedName(m_tags);
    m_names = name.rest;
    setTitle(
        name.shared.isEmpty()
            ? tr("%1 tags", nullptr, static_cast<int>(m_tags.size())).arg(countText(m_tags.size()))
            : displayName(name.shared));
    setAccessibleName(title);
  }
  setContent(m_chart);
  m_chart->setTitle(title);
  m_chart->setAccessibleName(title);
  m_chart->setWheelZooms(false);
  m_chart->setEmptyText(tr("None of the runs that are shown has this tag"));
  setDraggable(true);
  setAcceptDrops(true);
  setMenu([this](QWidget* owner) { return makeMenu(owner); }, ScalarChart::helpText());
  connect(this, &ChartCard::dragStarted, this, &ScalarCard::startDrag);
  connect(m_chart, &ScalarChart::noticeChanged, this, &ChartCard::setNotice);
  connect(m_chart, &ScalarChart::busyChanged, this, &ChartCard::setLoading);
}

void ScalarCard::setRuns(std::vector<RunSelection::Entry> runs, const eventio::Run* current) {
  const bool hasOthers = runs.size() > 1;
  // The selected run is drawn last, above the others.
  std::stable_partition(runs.begin(), runs.end(),
                        [current](const auto& entry) { return entry.run.get() != current; });
  std::vector<ScalarChartSeries> series;
  std::vector<int> colors;  // of the runs that have one of the tags
  QString description;
  for (const auto& entry : runs) {
    for (int i = 0; i < m_tags.size(); ++i) {
      const std::string tag = m_tags[i].toStdString();
      const auto info = entry.run->tag(tag);
      if (!info || info->kind != eventio::TagKind::kScalar) continue;
      const QString label = m_tags.size() > 1
                                ? entry.label + QStringLiteral(" · ") + displayName(m_tags[i])
                                : entry.label;
      series.push_back({entry.run, tag, label, entry.colorIndex, ScalarChartSeries::Role::kLine, i,
                        hasOthers && entry.run.get() == current, entry.name});
      if (colors.empty() || colors.back() != entry.colorIndex) colors.push_back(entry.colorIndex);
      if (description.isEmpty()) description = QString::fromStdString(info->description);
    }
  }
  // With a single run its tags need no shades: every hue is free.
  const bool hues = !series.empty() && series.front().run == series.back().run;
  if (hues) {
    for (ScalarChartSeries& each : series) each.colorIndex += std::exchange(each.shade, 0);
  }
  updateLegend(colors, hues);
  const QString names = m_tags.size() > 1 ? titleOf(m_tags) : QString();
  setDescription(description.isEmpty() ? names : description);
  m_chart->setSeries(std::move(series));
}

/// The tags' colours; the title says what their names have in common.
void ScalarCard::updateLegend(const std::vector<int>& colors, bool hues) {
  if (m_tags.size() < 2) return;
  constexpr std::size_t kMaxColors = 4;
  std::vector<ChartLegend::Entry> legend;
  for (int i = 0; i < m_tags.size() && !colors.empty(); ++i) {
    ChartLegend::Entry entry{ChartLegend::Entry::Sign::kLine, colors.front(),
                             displayName(m_names[i]), i};
    if (hues) {
      entry.colorIndex += std::exchange(entry.shade, 0);
    } else {
      entry.moreColors.assign(
          colors.begin() + 1,
          colors.begin() + static_cast<std::ptrdiff_t>(std::min(colors.size(), kMaxColors)));
    }
    legend.push_back(std::move(entry));
  }
  setLegend(std::move(legend));
}

QMenu* ScalarCard::makeMenu(QWidget* parent) {
  QMenu* menu = m_chart->createMenu(parent);
  QAction* first = menu->actions().constFirst();
  auto* pin = new QAction(m_pinned ? tr("Unpin") : tr("Pin to the top"), menu);
  connect(pin, &QAction::triggered, this, [this] { emit pinRequested(!m_pinned); });
  auto* join = new QAction(tr("Superimpose on…"), menu);
  connect(join, &QAction::triggered, this, &ScalarCard::superimposeRequested);
  menu->insertActions(first, {pin, join});
  if (m_tags.size() > 1) {
    auto* splitCard = new QAction(tr("Split into single cards"), menu);
    connect(splitCard, &QAction::triggered, this, &ScalarCard::splitRequested);
    menu->insertAction(first, splitCard);
  }
  menu->insertSeparator(first);
  return menu;
}

void ScalarCard::startDrag() {
  QDrag drag(this);
  drag.setMimeData(scalarTagsMime(m_tags));
  constexpr int kPreviewWidth = 200;
  drag.setPixmap(grab().scaledToWidth(scaled(kPreviewWidth), Qt::SmoothTransformation));
  emit dragActive(true);
  drag.exec(Qt::CopyAction);
  emit dragActive(false);
}

void ScalarCard::dragEnterEvent(QDragEnterEvent* event) {
  const QStringList tags = scalarTagsIn(event->mimeData());
  const bool isNew = std::any_of(tags.begin(), tags.end(),
                                 [this](const QString& tag) { return !m_tags.contains(tag); });
  if (isNew && event->source() != this) event->acceptProposedAction();
}

void ScalarCard::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  emit dropped(scalarTagsIn(event->mimeData()));
}

}  // namespace widgets
