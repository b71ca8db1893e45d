// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "widgets/charts/curves/curve_source.h"
#include "widgets/charts/curves/curve_vertex.h"

namespace widgets {

/// Where a value is no number that could be drawn.
struct NonFinitePoint {
  double x = 0;  ///< axis position
  double value = 0;
};

/// Downsamples one series to what pixels need (minimum and maximum of a column) and keeps the
/// result.
///
/// The axis is cut into columns 2^(n/2) wide, as near to a pixel as can be, and these into tiles.
/// Panning and a little zooming reuse tiles; points that arrive make those tiles anew that they
/// fall into. Every point is in exactly one column; where a column holds one or two, they are
/// vertices of their own.
class CurveDownsampler {
 public:
  /// Sets what is drawn from now on. Costs little when nothing, or only the tail, has changed.
  void setSource(const CurveSource& source);
  /// Smoothed values were replaced, not only added.
  void forgetSmoothed();

  /// Appends the vertices of [lower, upper] on the axis, drawn `pixels` wide, segment after segment
  /// with a break between, each with its neighbour outside the range where it has one.
  void collect(double lower, double upper, int pixels, std::vector<CurveVertex>& vertices);
  /// Appends the values that are not finite in the range, at most one a few pixels.
  void collectNonFinite(double lower, double upper, int pixels,
                        std::vector<NonFinitePoint>& points);

  /// How many tiles were computed since this was made: for tests.
  [[nodiscard]] std::size_t tilesMade() const noexcept { return m_tilesMade; }

 private:
  struct Part {
    std::size_t segment = 0;
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
  void downsampleTile(Tile& tile, int level, std::int64_t index) const;
  void addPoints(Tile& tile, std::size_t first, std::size_t last) const;
  void addGap(Tile& tile, std::size_t next, bool isColumn, double centre) const;
  void downsampleDense(Tile& tile, std::size_t first, std::size_t last, double tileBegin,
                       double columnWidth) const;
  void addColumn(Tile& tile, std::size_t first, std::size_t last, double begin, double columnWidth,
                 double& end) const;
  void smoothTile(Tile& tile) const;
  void noteNonFinite(Tile& tile, std::size_t first, std::size_t last, double spacing) const;
  [[nodiscard]] CurveVertex pointVertex(std::size_t index) const;
  static std::size_t advanceTo(AxisCursor& axis, std::size_t from, std::size_t last, double x,
                               std::size_t guess);
  void downsampleBlocks(Tile& tile, std::size_t first, std::size_t last, double tileBegin,
                        double columnWidth) const;
  [[nodiscard]] std::size_t blockBoundary(std::size_t from, std::size_t last, double x,
                                          double width, std::size_t guess) const;
  void updateBlockStarts();
  void expect(std::size_t index, std::size_t block) const;
  void dropTiles(double from, double to);
  void forgetOldTiles();
  void collectSegment(std::size_t segment, double lower, double upper,
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
