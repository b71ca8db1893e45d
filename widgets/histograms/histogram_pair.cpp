// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_pair.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/cards/chart_card.h"
#include "widgets/charts/axis_scale.h"
#include "widgets/histograms/heatmap_plot.h"
#include "widgets/histograms/histogram_ridges.h"
#include "widgets/histograms/histogram_slider.h"
#include "widgets/runs/chart_order.h"
#include "widgets/style/theme.h"
#include "widgets/style/translated.h"

namespace widgets {
namespace {

constexpr double kLeastCardHeight = 170;

}  // namespace

HistogramPair::HistogramPair(QWidget* parent)
    : QWidget(parent),
      m_ridgesCard(new ChartCard),
      m_heatmapCard(new ChartCard),
      m_ridges(new HistogramRidges),
      m_heatmap(new HeatmapPlot),
      m_slider(new HistogramSlider) {
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(scaled(12));
  layout->addWidget(m_ridgesCard, 1);
  layout->addWidget(m_heatmapCard, 1);
  m_ridgesCard->setContent(m_ridges);
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(scaled(4));
  column->addWidget(m_heatmap, 1);
  column->addWidget(m_slider);
  m_heatmapCard->setContent(box);
  for (ChartCard* card : {m_ridgesCard, m_heatmapCard}) {
    card->setTitle(tr("Histograms"));
    card->setMinimumHeight(scaled(kLeastCardHeight));
    card->setMenu([this](QWidget* owner) { return makeMenu(owner); });
  }
  m_heatmapCard->setSubtitle(tr("all steps"));
  connect(m_slider, &HistogramSlider::selectedChanged, this, &HistogramPair::showSelected);
  for (HistogramPlot* plot :
       {static_cast<HistogramPlot*>(m_ridges), static_cast<HistogramPlot*>(m_heatmap)}) {
    connect(plot, &HistogramPlot::axesChanged, this, [this] {
      m_ridges->update();
      m_heatmap->update();
    });
  }
}

void HistogramPair::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  auto* box = static_cast<QBoxLayout*>(layout());
  const int besideEachOther =
      m_ridgesCard->minimumSizeHint().width() + m_heatmapCard->minimumSizeHint().width();
  box->setDirection(width() <= besideEachOther + box->spacing() ? QBoxLayout::TopToBottom
                                                                : QBoxLayout::LeftToRight);
}

void HistogramPair::setRun(std::shared_ptr<eventio::Run> run, int colorIndex) {
  m_ridges->setColorIndex(colorIndex);
  m_heatmap->setColorIndex(colorIndex);
  if (run == m_run) return;
  m_run = std::move(run);
  m_tagsVersion = 0;
  m_tags.clear();
  chooseSeries();
}

void HistogramPair::setWantedTag(const std::string& tag) {
  m_wantedTag = tag;
  chooseSeries();
  refresh();
}

void HistogramPair::chooseSeries() {
  std::string tag;
  if (std::find(m_tags.begin(), m_tags.end(), m_wantedTag) != m_tags.end()) {
    tag = m_wantedTag;
  } else {
    tag = defaultHistogramTag(m_tags);
  }
  if (m_series && m_series->run() == m_run && m_series->tag() == tag) return;
  m_series = tag.empty() ? nullptr : std::make_shared<HistogramSeries>(m_run, tag);
  m_ridges->setSeries(m_series);
  m_heatmap->setSeries(m_series);
  const QString title = tag.empty() ? tr("Histograms") : QString::fromStdString(tag);
  m_ridgesCard->setTitle(title);
  m_heatmapCard->setTitle(title);
  m_ridgesCard->setSubtitle(QString());
}

bool HistogramPair::refresh() {
  if (!m_run) return false;
  if (m_run->tagsVersion() != m_tagsVersion) {
    m_tagsVersion = m_run->tagsVersion();
    m_tags = histogramTags(m_run->tags());
    chooseSeries();
  }
  if (!m_series) return false;
  if (!isVisible()) return true;
  if (m_series->poll()) {
    m_slider->setPoints(m_series->points());
    showSelected(m_slider->selected());
    m_heatmap->update();
  }
  const QRect area = m_heatmap->plotArea();
  m_slider->setAxis(area.left(), area.right() + 1, m_series->stepRange());
  return true;
}

void HistogramPair::showSelected(std::size_t index) {
  if (!m_series || m_series->empty()) return;
  m_ridges->setSelected(index);
  m_heatmap->setSelected(index);
  m_ridges->update();
  const QString failure = translated(m_series->failure());
  for (ChartCard* card : {m_ridgesCard, m_heatmapCard}) {
    card->setNotice(failure.isEmpty() ? QString() : tr("some cannot be read"));
    card->setToolTip(failure);
  }
  const auto& point = m_series->points()[m_ridges->selected()];
  const bool isOne = m_series->points().size() == 1;
  m_ridgesCard->setSubtitle(
      (isOne ? tr("step %1") : tr("up to step %1")).arg(stepText(point.step)));
}

QMenu* HistogramPair::makeMenu(QWidget* parent) {
  auto* menu = new QMenu(parent);
  for (const std::string& tag : m_tags) {
    QAction* action =
        menu->addAction(QString::fromStdString(tag).replace('&', QStringLiteral("&&")), this,
                        [this, tag] { setWantedTag(tag); });
    action->setCheckable(true);
    action->setChecked(m_series && m_series->tag() == tag);
  }
  menu->addSeparator();
  QAction* overlay = menu->addAction(tr("Ridges on one base line"), this, [this](bool on) {
    m_overlay = on;
    m_ridges->setOverlay(on);
  });
  overlay->setCheckable(true);
  overlay->setChecked(m_overlay);
  return menu;
}

}  // namespace widgets
