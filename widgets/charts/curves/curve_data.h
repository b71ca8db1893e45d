// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/charts/curves/curve_downsampler.h"
#include "widgets/charts/curves/smoothing.h"

namespace widgets {

/// One curve of a chart: which data it shows and how.
struct ScalarChartSeries {
  enum class Role {
    kLine,     ///< raw values faint, smoothed values above them
    kCircles,  ///< hollow circles at the points, not smoothed
  };
  std::shared_ptr<eventio::Run> run;
  std::string tag;
  QString label;       ///< as the tooltip names it
  int colorIndex = 0;  ///< for runColor() and runDashes()
  Role role = Role::kLine;
  int shade = 0;              ///< distinguishes several tags of one run; 0: the run's colour itself
  bool isEmphasized = false;  ///< the selected run's among others: a thicker line
  QString runName{};          ///< the run's whole name, for files; empty: as `label`
};

/// The run's colour, or a shade of it that differs from it at a glance.
[[nodiscard]] QColor seriesColor(int colorIndex, int shade);

/// The data behind one curve: the newest look at its points, their smoothed column and both of them
/// downsampled. UI thread.
class CurveData {
 public:
  explicit CurveData(ScalarChartSeries series);
  CurveData(const CurveData&) = delete;
  CurveData& operator=(const CurveData&) = delete;

  [[nodiscard]] const ScalarChartSeries& series() const { return m_series; }
  /// Takes another label, colour or role; run and tag stay.
  void setSeries(ScalarChartSeries series);

  void setAxes(XAxis xAxis, AxisScale xScale, bool positiveOnly);
  /// What a step axis counts from (stepOrigin()).
  void setStepOrigin(std::int64_t origin);
  /// 0: not smoothed.
  void setSmoothing(double weight);
  /// Looks for new points; true when there are some, or others.
  bool poll();
  /// Smooths up to `maxPoints` further points; true when there was something to do.
  bool smooth(std::size_t maxPoints);
  [[nodiscard]] bool isLine() const { return m_series.role == ScalarChartSeries::Role::kLine; }
  /// Whether there is a smoothed line. Few points, and settings (isDrawnRaw()), have none: it would
  /// show values that never were.
  [[nodiscard]] bool isSmoothed() const {
    constexpr std::size_t kFewPoints = 20;
    return m_smoothed.weight() > 0 && isLine() && !m_raw && m_view.size() >= kFewPoints;
  }
  [[nodiscard]] bool isSmoothingDone() const;
  [[nodiscard]] double smoothing() const { return m_smoothed.weight(); }
  [[nodiscard]] double smoothedValue(std::size_t index) const;

  [[nodiscard]] const eventio::ScalarView& view() const { return m_view; }
  [[nodiscard]] CurveDownsampler& downsampler() { return m_downsampler; }
  [[nodiscard]] const CurveSource& source() const { return m_source; }
  /// Changes whenever what would be drawn may have.
  [[nodiscard]] std::uint64_t revision() const { return m_revision; }

  /// True where points have no place on an axis of time.
  [[nodiscard]] bool hasImplausibleTimes() const;
  /// Where its points stand on the x axis, from the first to the last; none without any.
  [[nodiscard]] std::optional<AxisRange> xExtent() const;
  /// Range of the values that stand in [lower, upper] on the x axis.
  [[nodiscard]] eventio::ValueRange valuesIn(double lower, double upper) const;
  /// Appends the drawable values in [lower, upper], all where they are at most `most`, else an even
  /// choice of about so many.
  void sampleValues(double lower, double upper, std::size_t most, std::vector<double>& out) const;
  /// The point nearest to a place on the x axis.
  [[nodiscard]] std::optional<std::size_t> nearest(double xPosition) const;
  /// Where the first point right of a place on the x axis stands, or left of it, the place
  /// included.
  [[nodiscard]] std::optional<double> positionBeyond(double xPosition, bool right) const;
  /// Indices of the points in [lower, upper], at most `most`; nothing when there are more.
  [[nodiscard]] std::optional<std::vector<std::size_t>> pointsIn(double lower, double upper,
                                                                 std::size_t most) const;

 private:
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  [[nodiscard]] std::optional<AxisRange> timeExtent() const;
  [[nodiscard]] std::vector<Span> spansIn(double lower, double upper) const;
  void updateSource();

  ScalarChartSeries m_series;
  bool m_raw = false;
  std::uint64_t m_runVersion = 0;
  eventio::ScalarView m_view;
  std::vector<std::size_t> m_segments;
  SmoothedColumn m_smoothed;
  CurveSource m_source;
  std::optional<AxisRange> m_times;  // timeExtent(), on an axis of time
  CurveDownsampler m_downsampler;
  std::uint64_t m_revision = 0;
};

}  // namespace widgets
