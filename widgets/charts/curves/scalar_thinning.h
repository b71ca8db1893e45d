// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>
#include <vector>

#include "eventio/data/scalar_series.h"
#include "widgets/charts/axis_scale.h"
#include "widgets/charts/curves/smoothing.h"

namespace widgets {

enum class XAxis {
  kStep,
  kRelative,  ///< seconds since the run's first point
  kWall,      ///< seconds since 1970
};

/// A scalar series as a chart reads it: its points, and which x axis counts.
struct CurveSource {
  const eventio::ScalarView* view = nullptr;
  /// The values of the line above the raw ones, as far as they are known; null for none.
  const SmoothedColumn* smoothed = nullptr;
  XAxis xAxis = XAxis::kStep;
  double origin = 0;            ///< the run's first wall time, that relative times count from
  std::int64_t stepOrigin = 0;  ///< the step that steps count from (stepOrigin())
  AxisScale xScale = AxisScale::kLinear;
  bool positiveOnly = false;  ///< a logarithmic y axis: other values have no place
  /// First indices of the strokes along that x axis, ascending.
  const std::vector<std::size_t>* strokes = nullptr;

  [[nodiscard]] std::size_t size() const { return view ? view->size() : 0; }
  /// Whether the value can be drawn.
  [[nodiscard]] bool isShown(double value) const;
  /// False for wall times as damaged files hold: before the run's first one, or ages away.
  [[nodiscard]] bool isPlausible(double wallTime) const noexcept;
  /// Whether the point has a place on the x axis: on one of time, a plausible time.
  [[nodiscard]] bool hasPlace(std::size_t index) const;
  /// Range of the values in [first, last) that can be drawn.
  [[nodiscard]] eventio::ValueRange range(std::size_t first, std::size_t last) const;
  /// The smoothed value of one point, the middle of the smoothed values of several; NaN where they
  /// are not known yet or cannot be drawn.
  [[nodiscard]] double smoothedMiddle(std::size_t first, std::size_t last) const;
  /// Steps or seconds, from the origin, and where they stand on the axis.
  [[nodiscard]] double x(std::size_t index) const;
  [[nodiscard]] double xPosition(std::size_t index) const { return toAxis(xScale, x(index)); }
  /// First index in [first, last), within one stroke, that stands at `x` or right of it.
  [[nodiscard]] std::size_t lowerBound(std::size_t first, std::size_t last, double x) const;
  /// First index in [first, last), within one stroke, that stands right of `x`.
  [[nodiscard]] std::size_t upperBound(std::size_t first, std::size_t last, double x) const;
  /// First index in the stroke's [first, last) that stands at the axis position or right of it.
  [[nodiscard]] std::size_t lowerBoundPosition(std::size_t first, std::size_t last,
                                               double position) const;
  /// [first, last) of a stroke.
  [[nodiscard]] std::pair<std::size_t, std::size_t> stroke(std::size_t index) const;
};

/// The x of one point after another, with little to do for the next of a run.
class AxisCursor {
 public:
  /// The source must stay as it is.
  explicit AxisCursor(const CurveSource& source);
  /// CurveSource::x().
  [[nodiscard]] double x(std::size_t index) {
    if (index - m_begin >= m_count) load(index);
    const std::size_t at = index - m_begin;
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): load() has set one of the two.
    return m_steps ? stepsFrom(m_source.stepOrigin, m_steps[at]) : m_wallTimes[at] - m_origin;
  }

 private:
  void load(std::size_t index);

  const CurveSource& m_source;
  double m_origin = 0;  // of the wall times
  // The run at hand:
  std::size_t m_begin = 0;
  std::size_t m_count = 0;
  const std::int64_t* m_steps = nullptr;
  const double* m_wallTimes = nullptr;
};

/// A vertex of a curve: a point (low == high), or a column of points from its smallest to its
/// largest value. `low` NaN: the line is broken here. x is an axis position, the others are values.
struct CurveVertex {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

  double x = 0;
  double low = 0;
  double high = 0;
  double smoothed = kNone;  ///< CurveSource::smoothedMiddle() of its points

  [[nodiscard]] bool isBreak() const noexcept { return low != low; }
  [[nodiscard]] static CurveVertex gap(double x) noexcept { return {x, kNone, kNone, kNone}; }
};

/// Where a value is no number that could be drawn.
struct NonFinitePoint {
  double x = 0;  ///< axis position
  double value = 0;
};

/// Thins one series to what pixels need and keeps the result.
///
/// The axis is cut into columns 2^(n/2) wide, as near to a pixel as can be, and these into tiles.
/// Panning and a little zooming reuse tiles; points that arrive make those tiles anew that they
/// fall into. Every point is in exactly one column; where a column holds one or two, they are
/// vertices of their own.
class CurveThinner {
 public:
  /// Tells what is drawn from now on. Costs little when nothing, or only the tail, has changed.
  void setSource(const CurveSource& source);
  /// Smoothed values were replaced, not only added.
  void forgetSmoothed();

  /// Appends the vertices of [lower, upper] on the axis, drawn `pixels` wide, stroke after stroke
  /// with a break between, each with its neighbour outside the range where it has one.
  void collect(double lower, double upper, int pixels, std::vector<CurveVertex>& vertices);
  /// Appends the values that are not finite in the range, at most one a few pixels.
  void collectNonFinite(double lower, double upper, int pixels,
                        std::vector<NonFinitePoint>& points);

  /// How many tiles were computed since this was made: for tests.
  [[nodiscard]] std::size_t tilesMade() const noexcept { return m_tilesMade; }

 private:
  struct Part {
    std::size_t stroke = 0;
    std::size_t firstVertex = 0;
  };
  struct Span {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  struct Tile {
    std::vector<CurveVertex> vertices;
    std::vector<Span> spans;  // the points of each vertex
    std::vector<Part> parts;
    std::vector<NonFinitePoint> nonFinite;
    std::size_t smoothedVertices = 0;
    std::uint64_t lastUse = 0;
  };
  using Key = std::pair<int, std::int64_t>;  // level, index

  Tile& tile(int level, std::int64_t index);
  std::vector<Tile*> tilesFor(double& lower, double& upper, int pixels);
  void thinTile(Tile& tile, int level, std::int64_t index) const;
  void addPoints(Tile& tile, std::size_t first, std::size_t last) const;
  void addGap(Tile& tile, std::size_t next, bool isColumn, double centre) const;
  void thinDense(Tile& tile, std::size_t first, std::size_t last, double tileBegin,
                 double columnWidth) const;
  void addColumn(Tile& tile, std::size_t first, std::size_t last, double begin, double columnWidth,
                 double& end) const;
  void smoothTile(Tile& tile) const;
  void noteNonFinite(Tile& tile, std::size_t first, std::size_t last, double spacing) const;
  [[nodiscard]] CurveVertex pointVertex(std::size_t index) const;
  static std::size_t advanceTo(AxisCursor& axis, std::size_t from, std::size_t last, double x,
                               std::size_t guess);
  void thinBlocks(Tile& tile, std::size_t first, std::size_t last, double tileBegin,
                  double columnWidth) const;
  [[nodiscard]] std::size_t blockBoundary(std::size_t from, std::size_t last, double x,
                                          double width, std::size_t guess) const;
  void updateBlockStarts();
  void expect(std::size_t index, std::size_t block) const;
  void dropTiles(double from, double to);
  void forgetOldTiles();
  void collectStroke(std::size_t stroke, double lower, double upper,
                     const std::vector<Tile*>& tiles, std::vector<std::size_t>& nextPart,
                     std::vector<CurveVertex>& vertices) const;
  void bridgeGap(Span before, Span after, double columnWidth, double x,
                 std::vector<CurveVertex>& vertices) const;

  CurveSource m_source;
  /// Where every 256th point stands, by step and by wall time: a full column's boundary is found in
  /// these few numbers instead of among all points.
  std::vector<double> m_blockSteps;
  std::vector<double> m_blockWallTimes;
  std::size_t m_size = 0;
  std::uint64_t m_generation = 0;
  std::map<Key, Tile> m_tiles;
  std::uint64_t m_clock = 0;
  std::size_t m_tilesMade = 0;
};

}  // namespace widgets
