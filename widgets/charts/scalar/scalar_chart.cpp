// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar/scalar_chart.h"

#include <qcustomplot.h>

#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <map>

#include "widgets/charts/chart_tooltip.h"
#include "widgets/charts/curves/curve_plottable.h"
#include "widgets/charts/scalar/chart_decor.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/scalar_chart_input.h"
#include "widgets/charts/tick_label_space.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr std::size_t kSmoothingSlice = 16384;
constexpr std::size_t kPercentileSample = 16384;

/// The 5th to 95th percentile; of five values or more at least one at each end is left out, of
/// fewer none. Reorders the values.
eventio::ValueRange withoutOutliers(std::vector<double>& values) {
  constexpr double kShare = 0.05;
  constexpr std::size_t kFew = 5;
  if (values.empty()) return {};
  const std::size_t last = values.size() - 1;
  const auto left = values.size() < kFew
                        ? std::size_t{0}
                        : static_cast<std::size_t>(std::ceil(kShare * static_cast<double>(last)));
  const auto at = [&values](std::size_t index) {
    const auto place = values.begin() + static_cast<std::ptrdiff_t>(index);
    std::nth_element(values.begin(), place, values.end());
    return *place;
  };
  return {at(left), at(last - left), false};
}

/// Wide enough that its ends, and ticks between, are different numbers.
AxisRange widened(AxisRange range, double least) {
  const double size = std::max(std::abs(range.lower), std::abs(range.upper));
  constexpr double kResolution = 1e-12;
  const double missing = std::max(least, size * kResolution) - (range.upper - range.lower);
  if (missing > 0) {
    range.lower -= missing / 2;
    range.upper += missing / 2;
  }
  return range;
}

}  // namespace

ScalarChart::ScalarChart(QWidget* parent) : QWidget(parent) {
  setFocusPolicy(Qt::StrongFocus);
  setAccessibleName(tr("Chart"));
  m_plot = new QCustomPlot(this);
  m_plot->setFocusPolicy(Qt::NoFocus);
  m_plot->setContextMenuPolicy(Qt::NoContextMenu);
  m_plot->setAttribute(Qt::WA_NoMousePropagation, false);  // the wheel may be the page's
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(2, 2, 2, 2);
  layout->addWidget(m_plot);
  setUpPlot();
  m_input = new ScalarChartInput(this, m_plot);
  m_plot->installEventFilter(m_input);
  applyTheme();
}

ScalarChart::~ScalarChart() {
  if (m_link) m_link->leave(this);
  delete m_tooltip;
  delete m_input;  // a widget that goes still gets a leave event
  delete m_plot;   // it looks at the curves
}

void ScalarChart::setUpPlot() {
  m_plot->setNoAntialiasingOnDrag(false);
  m_plot->setPlottingHints(QCP::phFastPolylines | QCP::phCacheLabels);
  m_plot->setInteractions(QCP::Interactions());
  auto* axisRect = m_plot->axisRect();
  axisRect->setAutoMargins(QCP::msNone);
  m_xTicker = std::make_shared<ChartTicker>();
  m_yTicker = std::make_shared<ChartTicker>();
  // QCustomPlot shares its tickers; ours live as long as either of us.
  const auto shared = [](const std::shared_ptr<ChartTicker>& ticker) {
    return QSharedPointer<QCPAxisTicker>(ticker.get(), [ticker](QCPAxisTicker*) {});
  };
  m_plot->xAxis->setTicker(shared(m_xTicker));
  m_plot->yAxis->setTicker(shared(m_yTicker));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setTickLength(0);
    axis->setSubTicks(false);
    axis->setNumberFormat(QStringLiteral("g"));  // else it typesets what looks like a power of ten
    axis->setBasePen(Qt::NoPen);
    axis->setTickPen(Qt::NoPen);
    axis->setTickLabelPadding(scaled(6));
    axis->grid()->setZeroLinePen(Qt::NoPen);
  }
  m_plot->xAxis->grid()->setVisible(false);
  m_lines = new CurvePlottable(m_plot->xAxis, m_plot->yAxis);
  m_bands = new ChartBands(axisRect);
  m_overlay = new ChartOverlay(axisRect);
  m_plot->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
}

void ScalarChart::applyTheme() {
  m_plot->setBackground(QBrush(theme().panel));
  for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
    axis->setTickLabelFont(themeFont(kChartLabelPixels));
    axis->setTickLabelColor(theme().muted);
    axis->grid()->setPen(QPen(theme().grid, 1));
  }
  replot();
}

void ScalarChart::setSeries(std::vector<ScalarChartSeries> series) {
  // A thousand runs are a thousand series: each is found at once.
  std::map<std::pair<const eventio::Run*, std::string>, std::unique_ptr<CurveData>*> known;
  for (auto& curve : m_curves) {
    known.try_emplace({curve->series().run.get(), curve->series().tag}, &curve);
  }
  std::vector<std::unique_ptr<CurveData>> curves;
  curves.reserve(series.size());
  for (ScalarChartSeries& wanted : series) {
    const auto it = known.find({wanted.run.get(), wanted.tag});
    if (it != known.end() && *it->second) {
      (*it->second)->setSeries(std::move(wanted));
      curves.push_back(std::move(*it->second));
    } else {
      curves.push_back(std::make_unique<CurveData>(std::move(wanted)));
    }
  }
  // The plottable must not look at a curve that goes.
  std::vector<CurveData*> shown;
  shown.reserve(curves.size());
  for (const auto& curve : curves) shown.push_back(curve.get());
  m_lines->setCurves(std::move(shown));
  m_curves = std::move(curves);
  m_nextToSmooth = 0;
  applyAxes();
}

void ScalarChart::setOptions(const ScalarChartOptions& options) {
  if (options == m_options) return;
  const bool otherX = options.xAxis != m_options.xAxis || options.xScale != m_options.xScale;
  const bool otherY = options.yScale != m_options.yScale;
  m_options = options;
  if (otherX) m_fitX = true;
  if (otherY || otherX) m_fitY = true;
  applyAxes();
  emit optionsChanged();
}

void ScalarChart::applyAxes() {
  updateStepOrigin();
  setStepOrigin(m_stepOrigin);
  for (const auto& curve : m_curves) {
    curve->setAxes(m_options.xAxis, m_options.xScale, m_options.yScale == AxisScale::kLog);
    curve->setSmoothing(m_options.smoothing);
  }
  m_lines->setValueScale(m_options.yScale);
  m_xTicker->scale = m_options.xScale;
  m_xTicker->unit = m_options.xAxis == XAxis::kStep       ? AxisUnit::kStep
                    : m_options.xAxis == XAxis::kRelative ? AxisUnit::kDuration
                                                          : AxisUnit::kDateTime;
  m_yTicker->scale = m_options.yScale;
  m_dirty = true;
}

void ScalarChart::setEpochs(std::vector<EpochStart> epochs) {
  m_bands->epochs = std::move(epochs);
  m_dirty = true;
}

void ScalarChart::setMarks(std::vector<ChartMark> marks) {
  m_overlay->marks = std::move(marks);
  m_dirty = true;
}

void ScalarChart::setLink(ChartLink* link) {
  if (m_link) m_link->leave(this);
  m_link = link;
  if (m_link) m_link->join(this);
}

bool ScalarChart::isSeen() const {
  return isVisible() && !visibleRegion().isEmpty();
}

bool ScalarChart::isEmpty() const {
  return std::all_of(m_curves.begin(), m_curves.end(),
                     [](const auto& curve) { return curve->view().empty(); });
}

bool ScalarChart::isSmoothed() const {
  return std::all_of(m_curves.begin(), m_curves.end(),
                     [](const auto& curve) { return curve->isSmoothingDone(); });
}

bool ScalarChart::refresh(QDeadlineTimer deadline) {
  if (!isSeen()) return false;
  bool changed = std::exchange(m_dirty, false);
  for (const auto& curve : m_curves) changed |= curve->poll();
  changed |= updateStepOrigin();
  changed |= smoothUntil(deadline);
  const AxisRange before = xRange();
  if (m_fitX && m_link && m_link->isRangeLinked()) {
    // Another chart's data may have grown.
    const auto range = fittedX();
    changed |= range && *range != before;
  }
  const int margin = m_link ? m_link->leftMargin() : m_neededLeftMargin;
  changed |= margin != m_plot->axisRect()->margins().left();
  if (!changed) return false;
  showEmptiness(isEmpty());
  updateRanges();
  updateNotice();
  updateMargins();
  updateTooltip();
  replot();
  return true;
}

double ScalarChart::drawingMs() const {
  constexpr double kUnknown = 6;
  constexpr double kLeastPerCurve = 0.015;  // the last redraw may have been of an empty chart
  const double last = m_plot->replotTime();
  return std::max(last > 0 ? last : kUnknown,
                  kLeastPerCurve * static_cast<double>(m_curves.size()));
}

bool ScalarChart::smoothUntil(QDeadlineTimer deadline) {
  bool changed = false;
  const std::size_t count = m_curves.size();
  for (std::size_t done = 0; done < count;) {
    CurveData& curve = *m_curves[m_nextToSmooth % count];
    if (curve.smooth(kSmoothingSlice)) {
      changed = true;
      if (deadline.hasExpired()) break;
      if (!curve.isSmoothingDone()) continue;
    }
    ++m_nextToSmooth;
    ++done;
  }
  const bool busy = !isSmoothed();
  if (busy != m_busy) {
    m_busy = busy;
    emit busyChanged(busy);
  }
  return changed;
}

void ScalarChart::updateRanges() {
  m_overlay->places = {m_options.xAxis, m_options.xScale, 0, m_stepOrigin};
  const auto isMarked = [this](const auto& curve) {
    return curve->series().run.get() == m_markedRun && !curve->view().empty();
  };
  const auto marked = std::find_if(m_curves.begin(), m_curves.end(), isMarked);
  if (marked != m_curves.end()) m_overlay->places.firstWallTime = (*marked)->source().origin;
  m_bands->places = m_overlay->places;
  m_overlay->extent = extentOf(isMarked).value_or(AxisRange{0, ChartBands::kOpenEnd});
  m_bands->end = m_overlay->extent.upper;
  if (m_fitX) {
    const AxisRange range = fittedX().value_or(AxisRange{0, 1});
    m_plot->xAxis->setRange(range.lower, range.upper);
  }
  if (m_fitY) {
    const AxisRange range = fittedY();
    m_plot->yAxis->setRange(range.lower, range.upper);
  }
}

std::optional<AxisRange> ScalarChart::xExtent() const {
  return extentOf([](const auto&) { return true; });
}

template <class Counts>
std::optional<AxisRange> ScalarChart::extentOf(const Counts& counts) const {
  std::optional<AxisRange> all;
  for (const auto& curve : m_curves) {
    const auto extent = counts(curve) ? curve->xExtent() : std::nullopt;
    if (!extent) continue;
    if (!all) all = extent;
    all->lower = std::min(all->lower, extent->lower);
    all->upper = std::max(all->upper, extent->upper);
  }
  return all;
}

std::optional<AxisRange> ScalarChart::fittedX() const {
  auto range = m_link && m_link->isRangeLinked() ? m_link->extent(*this) : xExtent();
  if (!range) return std::nullopt;
  if (range->upper <= range->lower) {
    return widened(*range, m_options.xScale == AxisScale::kLog ? 1 : 2);
  }
  range = widened(*range, 0);
  // Steps counted from one begin at the axis.
  if (m_options.xScale == AxisScale::kLinear && m_options.xAxis != XAxis::kWall &&
      m_stepOrigin == 0 && range->lower > 0 && range->lower < 0.05 * range->upper) {
    range->lower = 0;
  }
  return range;
}

AxisRange ScalarChart::fittedY() const {
  if (m_options.ignoreOutliers) {
    if (const auto range = percentileRange()) return *range;
  }
  const QCPRange x = m_plot->xAxis->range();
  eventio::ValueRange values;
  for (const auto& curve : m_curves) mergeRange(values, curve->valuesIn(x.lower, x.upper));
  if (values.empty())
    return m_options.yScale == AxisScale::kLog ? AxisRange{-1, 1} : AxisRange{0, 1};
  return niceRange(m_options.yScale, toAxis(m_options.yScale, values.min),
                   toAxis(m_options.yScale, values.max));
}

/// Of each run by itself: a short run among long ones is no outlier, nor is its spike the rule.
std::optional<AxisRange> ScalarChart::percentileRange() const {
  const QCPRange x = m_plot->xAxis->range();
  eventio::ValueRange all;
  std::vector<double> values;
  for (const auto& curve : m_curves) {
    values.clear();
    curve->sampleValues(x.lower, x.upper, kPercentileSample, values);
    mergeRange(all, withoutOutliers(values));
  }
  if (all.empty()) return std::nullopt;
  return niceRange(m_options.yScale, toAxis(m_options.yScale, all.min),
                   toAxis(m_options.yScale, all.max));
}

void ScalarChart::updateMargins() {
  const QFontMetrics metrics(themeFont(kChartLabelPixels));
  const int height = m_plot->height();
  m_xTicker->wanted = std::max(2, (m_plot->width() - m_neededLeftMargin) / scaled(90));
  m_yTicker->wanted = std::clamp(height / scaled(36), 2, 8);
  int widest = scaled(28);
  const auto range = m_plot->yAxis->range();
  for (const AxisTick& tick :
       axisTicks(m_yTicker->scale, m_yTicker->unit, range.lower, range.upper, m_yTicker->wanted)) {
    widest = std::max(widest, metrics.horizontalAdvance(tick.label));
  }
  // In few sizes: a digit more or less would move all charts of the page.
  const int unit = scaled(8);
  m_neededLeftMargin = (widest + scaled(10) + unit - 1) / unit * unit;
  const int left = m_link ? std::max(m_link->leftMargin(), m_neededLeftMargin) : m_neededLeftMargin;
  const QCPRange x = m_plot->xAxis->range();
  int right = scaled(20);
  const auto labelWidth = [&metrics](const QString& label) {
    return static_cast<double>(metrics.horizontalAdvance(label));
  };
  const TickLabelSpace space{static_cast<double>(m_plot->width() - left - right),
                             static_cast<double>(scaled(8)), labelWidth};
  const auto ticks = axisTicksApart(m_xTicker->scale, m_xTicker->unit, {x.lower, x.upper},
                                    m_xTicker->wanted, space, &m_overlay->offset, m_stepOrigin);
  if (!ticks.empty()) {
    // The last label is centred below its tick, and not to be cut.
    const double share = (x.upper - ticks.back().position) / x.size();
    const double beside = share * (m_plot->width() - left - right);
    const double half = metrics.horizontalAdvance(ticks.back().label) / 2.0 + 2;
    right = std::max(right, static_cast<int>(std::ceil(half - beside)));
  }
  const int rows = m_overlay->offset.isEmpty() ? 1 : 2;
  const QMargins margins(left, scaled(10), right, rows * metrics.height() + scaled(10));
  if (margins != m_plot->axisRect()->margins()) m_plot->axisRect()->setMargins(margins);
}

/// Without points there are no axes either: numbers on them would mean nothing.
void ScalarChart::showEmptiness(bool empty) {
  m_overlay->text = empty ? m_emptyText : QString();
  m_plot->xAxis->setTickLabels(!empty);
  m_plot->yAxis->setTickLabels(!empty);
  m_plot->yAxis->grid()->setVisible(!empty);
}

void ScalarChart::updateNotice() {
  QString notice;
  const auto any = [this](const auto& predicate) {
    return std::any_of(m_curves.begin(), m_curves.end(), predicate);
  };
  if (m_options.yScale == AxisScale::kLog && any([](const auto& curve) {
        const auto range = curve->view().range(0, curve->view().size());
        return !range.empty() && range.min <= 0;
      })) {
    notice = tr("values ≤ 0 left out");
  }
  if (m_options.xScale == AxisScale::kLog && m_options.xAxis == XAxis::kStep &&
      any([](const auto& curve) {
        return !curve->view().empty() && curve->view().minStep() <= 0;
      })) {
    if (!notice.isEmpty()) notice += QStringLiteral(" · ");
    notice += tr("steps ≤ 0 left out");
  }
  if (any([](const auto& curve) { return curve->hasImplausibleTimes(); })) {
    if (!notice.isEmpty()) notice += QStringLiteral(" · ");
    notice += tr("impossible times left out");
  }
  if (notice == m_notice) return;
  m_notice = notice;
  emit noticeChanged(m_notice);
}

void ScalarChart::replot() {
  m_plot->replot(QCustomPlot::rpQueuedReplot);
}

QRect ScalarChart::plotArea() const {
  return m_plot->axisRect()->rect().translated(m_plot->pos());
}

void ScalarChart::showBox(const QRect& box) {
  m_overlay->box = box.translated(-m_plot->pos());
  moveOverlay();
}

void ScalarChart::zoomIntoBox(const QRect& box) {
  showBox(QRect());
  const QRect area = box.intersected(plotArea()).translated(-m_plot->pos());
  if (area.width() < 3 || area.height() < 3) return;
  const AxisRange y{m_plot->yAxis->pixelToCoord(area.bottom()),
                    m_plot->yAxis->pixelToCoord(area.top())};
  const AxisRange x{m_plot->xAxis->pixelToCoord(area.left()),
                    m_plot->xAxis->pixelToCoord(area.right())};
  setYRange(y);
  setXRange(x);
}

void ScalarChart::moveOverlay() {
  m_overlay->layer()->replot();
}

void ScalarChart::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    applyTheme();
    m_dirty = true;
  }
  QWidget::changeEvent(event);
}

void ScalarChart::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_dirty = true;
}

void ScalarChart::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void ScalarChart::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  if (!underMouse()) endHover();  // the keyboard had moved the cross-hair
  update();
}

/// The ring also says that the wheel zooms this chart.
void ScalarChart::paintEvent(QPaintEvent*) {
  if (!hasFocus()) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme().accent, 2));
  painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), scaled(4), scaled(4));
}

void ScalarChart::hideEvent(QHideEvent* event) {
  endHover();
  QWidget::hideEvent(event);
}

}  // namespace widgets
