// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_card.h"

#include <QVBoxLayout>

#include "widgets/charts/axis_scale.h"
#include "widgets/histograms/heatmap_plot.h"
#include "widgets/histograms/histogram_distribution.h"
#include "widgets/histograms/histogram_ridges.h"
#include "widgets/histograms/histogram_slider.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"
#include "widgets/style/translated.h"

namespace widgets {
namespace {

HistogramPlot* makePlot(HistogramView view) {
  switch (view) {
    case HistogramView::kRidges:
      return new HistogramRidges;
    case HistogramView::kOverlay: {
      auto* ridges = new HistogramRidges;
      ridges->setOverlay(true);
      return ridges;
    }
    case HistogramView::kHeatmap:
      return new HeatmapPlot;
    case HistogramView::kDistribution:
      return new HistogramDistribution;
  }
  return new HistogramRidges;
}

}  // namespace

HistogramCard::HistogramCard(std::shared_ptr<eventio::Run> run, const std::string& tag,
                             int colorIndex, HistogramView view, QWidget* parent)
    : ChartCard(parent),
      m_series(std::make_shared<HistogramSeries>(std::move(run), tag)),
      m_view(view),
      m_colorIndex(colorIndex),
      m_box(new QWidget),
      m_plot(makePlot(view)),
      m_slider(new HistogramSlider) {
  setTitle(QString::fromStdString(tag));
  auto* column = new QVBoxLayout(m_box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(scaled(4));
  column->addWidget(m_plot, 1);
  column->addWidget(m_slider);
  setContent(m_box);
  putPlot(m_plot);
  connect(m_slider, &HistogramSlider::selectedChanged, this, &HistogramCard::showSelected);
}

void HistogramCard::putPlot(HistogramPlot* plot) {
  m_plot = plot;
  m_plot->setSeries(m_series);
  m_plot->setColorIndex(m_colorIndex);
  connect(m_plot, &HistogramPlot::axesChanged, this, &HistogramCard::alignSlider);
}

void HistogramCard::setView(HistogramView view) {
  if (view == m_view) return;
  m_view = view;
  HistogramPlot* plot = makePlot(view);
  delete m_box->layout()->replaceWidget(m_plot, plot);
  delete m_plot;
  putPlot(plot);
  showSelected(m_slider->selected());
}

void HistogramCard::setColorIndex(int index) {
  m_colorIndex = index;
  m_plot->setColorIndex(index);
}

void HistogramCard::refresh() {
  if (!isVisible() || visibleRegion().isEmpty() || !m_series->poll()) return;
  m_slider->setPoints(m_series->points());
  showSelected(m_slider->selected());
  setLoading(m_series->isReading());
  const QString failure = translated(m_series->failure());
  setNotice(failure.isEmpty() ? QString() : tr("some cannot be read"));
  setToolTip(failure);
  alignSlider();
  m_plot->update();
}

void HistogramCard::showSelected(std::size_t index) {
  if (m_series->empty()) return;
  m_plot->setSelected(index);
  const QString step = stepText(m_series->points()[m_plot->selected()].step);
  if (m_series->points().size() == 1) return setSubtitle(tr("step %1").arg(step));
  const QString count = tr("%1 steps", nullptr, static_cast<int>(m_series->points().size()))
                            .arg(countText(static_cast<qint64>(m_series->points().size())));
  const bool isPile = m_view == HistogramView::kRidges || m_view == HistogramView::kOverlay;
  setSubtitle((isPile ? tr("up to step %1 · %2") : tr("step %1 · %2")).arg(step, count));
}

void HistogramCard::alignSlider() {
  if (m_series->empty()) return;
  const QRect area = m_plot->plotArea();
  m_slider->setAxis(area.left(), area.right() + 1, m_series->stepRange());
}

}  // namespace widgets
