// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scalar_card.h"

#include <QDrag>
#include <QDragEnterEvent>
#include <QMenu>
#include <QMimeData>
#include <algorithm>

#include "widgets/chart_groups.h"
#include "widgets/display_name.h"
#include "widgets/scalar_chart.h"
#include "widgets/theme.h"

namespace widgets {
namespace {

const QString kMimeType = QStringLiteral("application/x-traindeck-scalar-tags");

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
      if (description.isEmpty()) description = QString::fromStdString(info->description);
    }
  }
  if (m_tags.size() > 1 && !runs.empty()) {
    std::vector<ChartLegend::Entry> legend;
    legend.reserve(static_cast<std::size_t>(m_tags.size()));
    for (int i = 0; i < m_tags.size(); ++i) {
      legend.push_back({ChartLegend::Entry::Sign::kLine, runs.front().colorIndex,
                        displayName(m_tags[i].section('/', -1)), i});
    }
    setLegend(std::move(legend));
  }
  setToolTip(description);
  m_chart->setSeries(std::move(series));
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
  auto* mime = new QMimeData;
  mime->setData(kMimeType, cardKey(m_tags).toUtf8());
  QDrag drag(this);
  drag.setMimeData(mime);
  constexpr int kPreviewWidth = 200;
  drag.setPixmap(grab().scaledToWidth(scaled(kPreviewWidth), Qt::SmoothTransformation));
  emit dragActive(true);
  drag.exec(Qt::CopyAction);
  emit dragActive(false);
}

void ScalarCard::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasFormat(kMimeType) && event->source() != this)
    event->acceptProposedAction();
}

void ScalarCard::dropEvent(QDropEvent* event) {
  event->acceptProposedAction();
  emit dropped(cardTags(QString::fromUtf8(event->mimeData()->data(kMimeType))));
}

}  // namespace widgets
