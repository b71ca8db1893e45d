// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_downsampler.h"

#include <algorithm>
#include <cmath>

namespace widgets {
namespace {

constexpr std::int64_t kTileColumns = 256;
constexpr std::size_t kMaxTiles = 48;
/// Columns are cut at blocks of the pyramid where these are small beside them: reading a column
/// then costs a few entries, and a point is shown a fifth of a pixel off at most.
constexpr std::size_t kBlocksPerColumn = 5;  // half blocks, so that the shift is half a block
constexpr std::size_t kFanOut = 16;
constexpr std::size_t kIndexBlock = kFanOut * kFanOut;
/// Memory is asked for so many columns before it is read.
constexpr int kColumnsAhead = 8;
constexpr std::size_t kFewNewPoints = 1U << 16U;
/// Columns further apart than this are joined by a line from point to point: from the smallest to
/// the largest value of one to those of the other it would be a wedge.
constexpr double kGapColumns = 2.5;
/// Marks of non-finite values stand at least this many columns apart.
constexpr double kMarkColumns = 6;

/// Width of the columns of a level.
double columnWidthOf(int level) {
  const int half = level >> 1;
  return std::ldexp(level % 2 == 0 ? 1.0 : std::sqrt(2.0), half);
}

double tileWidthOf(int level) {
  return static_cast<double>(kTileColumns) * columnWidthOf(level);
}

/// The largest block that is small beside a column of so many points.
std::size_t blockFor(std::size_t columnPoints) {
  std::size_t block = 1;
  while (columnPoints * 2 >= block * kFanOut * kBlocksPerColumn) block *= kFanOut;
  return block;
}

std::size_t snapped(std::size_t boundary, std::size_t columnPoints) {
  const std::size_t block = blockFor(columnPoints);
  return (boundary + block / 2) / block * block;
}

/// Points [first, last) that are evenly spaced from `firstX` to `lastX`.
class EvenSpacing {
 public:
  EvenSpacing(std::size_t first, std::size_t last, double firstX, double lastX)
      : m_first(first), m_count(last - first), m_firstX(firstX) {
    if (lastX > firstX) m_density = static_cast<double>(m_count - 1) / (lastX - firstX);
  }
  /// First index that stands at `x` or right of it.
  [[nodiscard]] std::size_t lowerBound(double x) const {
    constexpr double kAlmostOne = 1 - 1e-6;  // up to the next whole number, but from none to one
    const double ahead = (x - m_firstX) * m_density + kAlmostOne;
    if (!(ahead < static_cast<double>(m_count))) return m_first + m_count;
    return m_first + static_cast<std::size_t>(std::max(ahead, 0.0));
  }

 private:
  std::size_t m_first;
  std::size_t m_count;
  double m_firstX;
  double m_density = 0;  // points a unit of x
};

bool sameSeries(const CurveSource& a, const CurveSource& b) {
  return a.smoothed == b.smoothed && a.xAxis == b.xAxis && a.xScale == b.xScale &&
         a.stepOrigin == b.stepOrigin && a.positiveOnly == b.positiveOnly &&
         (a.xAxis == XAxis::kStep || a.origin == b.origin);
}

}  // namespace

void CurveDownsampler::forgetSmoothed() {
  for (auto& [key, tile] : m_tiles) {
    tile.smoothedVertices = 0;
    for (CurveVertex& vertex : tile.vertices) vertex.smoothed = CurveVertex::kNone;
  }
}

void CurveDownsampler::setSource(const CurveSource& source) {
  const bool goesOn = m_source.view && source.view && sameSeries(m_source, source) &&
                      source.view->generation() == m_generation && source.size() >= m_size;
  if (source.stepOrigin != m_source.stepOrigin) m_blockSteps.clear();
  if (source.view && source.view->generation() != m_generation) {
    m_blockSteps.clear();
    m_blockWallTimes.clear();
  }
  m_source = source;
  m_generation = source.view ? source.view->generation() : 0;
  const std::size_t before = m_size;
  m_size = source.size();
  if (!goesOn || m_size - before > kFewNewPoints) {
    m_tiles.clear();
    return;
  }
  if (m_size == before || m_tiles.empty()) return;
  double from = source.xPosition(before);
  double to = from;
  for (std::size_t i = before; i < m_size; ++i) {
    const double x = source.xPosition(i);
    if (std::isnan(x)) continue;
    from = std::isnan(from) ? x : std::min(from, x);
    to = std::isnan(to) ? x : std::max(to, x);
  }
  if (!std::isnan(from)) dropTiles(from, to);
}

void CurveDownsampler::dropTiles(double from, double to) {
  std::erase_if(m_tiles, [from, to](const auto& entry) {
    const double width = tileWidthOf(entry.first.first);
    const double begin = static_cast<double>(entry.first.second) * width;
    return begin <= to && begin + width >= from;
  });
}

void CurveDownsampler::forgetOldTiles() {
  while (m_tiles.size() > kMaxTiles) {
    m_tiles.erase(std::min_element(
        m_tiles.begin(), m_tiles.end(),
        [](const auto& a, const auto& b) { return a.second.lastUse < b.second.lastUse; }));
  }
}

CurveDownsampler::Tile& CurveDownsampler::tile(int level, std::int64_t index) {
  const auto [it, isNew] = m_tiles.try_emplace({level, index});
  it->second.lastUse = m_clock;
  if (isNew) {
    downsampleTile(it->second, level, index);
    ++m_tilesMade;
  }
  if (m_source.smoothed) smoothTile(it->second);
  return it->second;
}

void CurveDownsampler::downsampleTile(Tile& tile, int level, std::int64_t index) const {
  const double columnWidth = columnWidthOf(level);
  // As the next tile computes its begin: a point must not fall between two.
  const double begin = static_cast<double>(index) * tileWidthOf(level);
  const double end = static_cast<double>(index + 1) * tileWidthOf(level);
  for (std::size_t segment = 0; segment < m_source.segments->size(); ++segment) {
    const auto [segmentFirst, segmentLast] = m_source.segment(segment);
    if (segmentFirst == segmentLast) continue;
    const std::size_t first = m_source.lowerBoundPosition(segmentFirst, segmentLast, begin);
    const std::size_t last = m_source.lowerBoundPosition(first, segmentLast, end);
    if (first == last) continue;
    tile.parts.push_back({segment, tile.vertices.size()});
    if (last - first <= 2) {
      addPoints(tile, first, last);
    } else if (blockFor((last - first) / kTileColumns) >= kIndexBlock) {
      downsampleBlocks(tile, first, last, begin, columnWidth);
    } else {
      downsampleDense(tile, first, last, begin, columnWidth);
    }
    noteNonFinite(tile, first, last, kMarkColumns * columnWidth);
  }
}

CurveVertex CurveDownsampler::pointVertex(std::size_t index) const {
  const double value = m_source.view->value(index);
  const double x = m_source.xPosition(index);
  if (std::isnan(x) || !m_source.isShown(value) || !m_source.hasPlace(index)) {
    return CurveVertex::gap(std::isnan(x) ? 0 : x);
  }
  return {x, value, value, CurveVertex::kNone};
}

void CurveDownsampler::addPoints(Tile& tile, std::size_t first, std::size_t last) const {
  for (std::size_t i = first; i < last; ++i) {
    tile.vertices.push_back(pointVertex(i));
    tile.spans.push_back({i, i + 1});
  }
}

/// Where a gap in x ends at the point `next`: the points on both sides of it, where the columns
/// there do not show them.
void CurveDownsampler::addGap(Tile& tile, std::size_t next, bool isColumn, double centre) const {
  const auto add = [&](std::size_t index, double least, double most) {
    tile.vertices.push_back(pointVertex(index));
    tile.vertices.back().x = std::max(least, std::min(tile.vertices.back().x, most));
    tile.spans.push_back({index, index + 1});
  };
  const Span before = tile.spans.back();
  const double least = tile.vertices.back().x;
  if (before.last - before.first > 1) add(next - 1, least, centre);
  if (isColumn) add(next, least, centre);
}

/// Fills in what has been smoothed since the last time; tiles are filled from the front as their
/// points are smoothed in order of arrival.
void CurveDownsampler::smoothTile(Tile& tile) const {
  const std::size_t known = m_source.smoothed->size();
  std::size_t& i = tile.smoothedVertices;
  for (; i < tile.vertices.size() && tile.spans[i].last <= known; ++i) {
    if (tile.vertices[i].isBreak()) continue;
    tile.vertices[i].smoothed = m_source.smoothedMiddle(tile.spans[i].first, tile.spans[i].last);
  }
}

void CurveDownsampler::downsampleDense(Tile& tile, std::size_t first, std::size_t last,
                                       double tileBegin, double columnWidth) const {
  tile.vertices.reserve(tile.vertices.size() + kTileColumns + 2);
  tile.spans.reserve(tile.vertices.capacity());
  std::size_t from = first;
  std::size_t exact = first;  // where the column begins by its x
  AxisCursor axis(m_source);
  // Points mostly are evenly spaced. A wrong guess costs a wait for memory that was not asked
  // for ahead.
  double beginX = axis.x(first);
  double end = std::numeric_limits<double>::infinity();  // of the column before
  const bool isLinear = m_source.xScale == AxisScale::kLinear;
  const double growth = isLinear ? 0 : std::pow(10.0, columnWidth) - 1;
  const EvenSpacing spacing(first, last, beginX, axis.x(last - 1));
  const auto columnOf = [&](std::size_t index) {
    const double column = (toAxis(m_source.xScale, axis.x(index)) - tileBegin) / columnWidth;
    return column < kTileColumns ? static_cast<std::int64_t>(column) : kTileColumns - 1;
  };
  std::size_t columnPoints = (last - first) / kTileColumns;
  std::size_t drift = 0;  // of `exact` from even spacing, modulo 2^64
  for (std::int64_t column = 0; column < kTileColumns && from < last; ++column) {
    const double begin = tileBegin + static_cast<double>(column) * columnWidth;
    const double endX = fromAxis(m_source.xScale, begin + columnWidth);
    const double aheadX = endX + kColumnsAhead * (endX - std::exchange(beginX, endX));
    expect(spacing.lowerBound(aheadX) + drift, blockFor(columnPoints));
    std::size_t to = last;
    if (column + 1 < kTileColumns) {
      const std::size_t even = spacing.lowerBound(endX);
      const auto next = advanceTo(axis, exact, last, endX, even + drift);
      if (next == exact) column = std::max(column, columnOf(exact) - 1);  // over empty columns
      columnPoints = next - exact;
      exact = next;
      drift = exact - even;
      to = std::clamp(snapped(exact, columnPoints), from, last);
      // No block reaches over a gap.
      const double farX = endX + (isLinear ? columnWidth : endX * growth);
      if (exact < last && to != exact && !(axis.x(std::max(exact, to - 1)) < farX)) {
        to = std::max(from, exact);
      }
    }
    if (to == from) continue;
    addColumn(tile, from, to, begin, columnWidth, end);
    from = to;
  }
}

/// What lies in memory a few columns ahead will be needed.
void CurveDownsampler::expect(std::size_t index, std::size_t block) const {
  m_source.view->expectRange(index, block);
  if (m_source.xAxis == XAxis::kStep) {
    m_source.view->expectStep(index);
  } else {
    m_source.view->expectWallTime(index);
  }
}

/// As downsampleDense(), with every boundary between two blocks of the index.
void CurveDownsampler::downsampleBlocks(Tile& tile, std::size_t first, std::size_t last,
                                        double tileBegin, double columnWidth) const {
  tile.vertices.reserve(tile.vertices.size() + kTileColumns + 2);
  tile.spans.reserve(tile.vertices.capacity());
  std::size_t from = first;
  std::size_t guess = (last - first) / kTileColumns;
  double end = std::numeric_limits<double>::infinity();
  double beginX = fromAxis(m_source.xScale, tileBegin);
  for (std::int64_t column = 0; column < kTileColumns && from < last; ++column) {
    const double begin = tileBegin + static_cast<double>(column) * columnWidth;
    const double endX = fromAxis(m_source.xScale, begin + columnWidth);
    const double width = endX - std::exchange(beginX, endX);
    m_source.view->expectRange(from + std::size_t{kColumnsAhead} * guess, kIndexBlock);
    const std::size_t to =
        column + 1 == kTileColumns ? last : blockBoundary(from, last, endX, width, guess);
    if (to == from) continue;
    guess = to - from;
    addColumn(tile, from, to, begin, columnWidth, end);
    from = to;
  }
}

/// The boundary between two blocks that is nearest to `x` if points are evenly spaced; within a
/// block that is wider than `width`, as one with a gap is, that between two points.
std::size_t CurveDownsampler::blockBoundary(std::size_t from, std::size_t last, double x,
                                            double width, std::size_t guess) const {
  const double onAxis = x;
  const bool bySteps = m_source.xAxis == XAxis::kStep;
  const auto& starts = bySteps ? m_blockSteps : m_blockWallTimes;
  if (m_source.xAxis == XAxis::kRelative) x += m_source.origin;
  const std::size_t begin = (from + kIndexBlock - 1) / kIndexBlock;
  const std::size_t end = (last - 1) / kIndexBlock + 1;  // blocks that start before `last`
  std::size_t low = std::clamp((from + guess) / kIndexBlock, begin, std::max(begin, end));
  std::size_t high = low;
  for (std::size_t step = 1; low > begin && !(starts[low - 1] < x); step *= 4) {
    high = low;
    low -= std::min(low - begin, step);
  }
  for (std::size_t step = 1; high < end && starts[high] < x; step *= 4) {
    low = high;
    high += std::min(end - high, step);
  }
  const auto at = starts.begin();
  std::size_t block =
      static_cast<std::size_t>(std::lower_bound(at + static_cast<std::ptrdiff_t>(low),
                                                at + static_cast<std::ptrdiff_t>(high), x) -
                               at);
  const double before = block > begin ? starts[block - 1] : starts[from / kIndexBlock];
  const double after = block < end ? starts[block] : m_source.x(last - 1) + (x - onAxis);
  if (after - before > width) {
    const std::size_t least = block > begin ? (block - 1) * kIndexBlock : from;
    return m_source.lowerBound(std::max(from, least), std::min(last, block * kIndexBlock), onAxis);
  }
  if (block > begin && block < end && x - starts[block - 1] < starts[block] - x) --block;
  return std::clamp(block * kIndexBlock, from, last);
}

void CurveDownsampler::updateBlockStarts() {
  const bool bySteps = m_source.xAxis == XAxis::kStep;
  auto& starts = bySteps ? m_blockSteps : m_blockWallTimes;
  for (std::size_t i = starts.size() * kIndexBlock; i < m_size; i = starts.size() * kIndexBlock) {
    expect(i + std::size_t{kColumnsAhead} * kIndexBlock, kIndexBlock);
    starts.push_back(bySteps ? stepsFrom(m_source.stepOrigin, m_source.view->step(i))
                             : m_source.view->wallTime(i));
  }
}

/// `end` is where the segment's column before ends, infinite for none, and becomes where this does.
void CurveDownsampler::addColumn(Tile& tile, std::size_t first, std::size_t last, double begin,
                                 double columnWidth, double& end) const {
  if (begin - std::exchange(end, begin + columnWidth) > (kGapColumns - 1) * columnWidth) {
    addGap(tile, first, last - first > 2, begin + columnWidth / 2);
  }
  if (last - first <= 2) {
    addPoints(tile, first, last);
    return;
  }
  const auto range = m_source.range(first, last);
  const auto add = [&](CurveVertex vertex) {
    tile.vertices.push_back(vertex);
    tile.spans.push_back({first, last});
  };
  const double centre = begin + columnWidth / 2;
  if (range.empty()) {
    add(CurveVertex::gap(centre));
  } else if (!range.nonFinite) {
    add({centre, range.min, range.max, CurveVertex::kNone});
  } else {
    // The column stands for itself: what breaks the line within it must not be bridged.
    add(CurveVertex::gap(begin));
    add({begin, range.min, range.max, CurveVertex::kNone});
    add({begin + columnWidth, range.min, range.max, CurveVertex::kNone});
    add(CurveVertex::gap(begin + columnWidth));
  }
}

/// First index in [from, last) that stands at `x` or right of it; looks about `guess` first.
std::size_t CurveDownsampler::advanceTo(AxisCursor& axis, std::size_t from, std::size_t last,
                                        double x, std::size_t guess) {
  std::size_t low = std::clamp(guess, from, last);
  std::size_t high = low;
  for (std::size_t step = 1; low > from && !(axis.x(low - 1) < x); step *= 4) {
    high = low;
    low -= std::min(low - from, step);
  }
  for (std::size_t step = 1; high < last && axis.x(high) < x; step *= 4) {
    low = high;
    high += std::min(last - high, step);
  }
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (axis.x(middle) < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void CurveDownsampler::noteNonFinite(Tile& tile, std::size_t first, std::size_t last,
                                     double spacing) const {
  while (first < last && m_source.view->range(first, last).nonFinite) {
    std::size_t end = last;
    while (end - first > 1) {
      const std::size_t middle = first + (end - first) / 2;
      if (m_source.view->range(first, middle).nonFinite) {
        end = middle;
      } else {
        first = middle;
      }
    }
    const double x = m_source.xPosition(first);
    if (!std::isnan(x)) tile.nonFinite.push_back({x, m_source.view->value(first)});
    const std::size_t next = m_source.lowerBoundPosition(first + 1, last, x + spacing);
    // What comes at once is the same event, save where it is another kind of value.
    first = next;
  }
}

/// Widens the range to whole tiles.
std::vector<CurveDownsampler::Tile*> CurveDownsampler::tilesFor(double& lower, double& upper,
                                                                int pixels) {
  std::vector<Tile*> tiles;
  if (m_size == 0 || pixels <= 0 || !(upper > lower)) return tiles;
  const int level = static_cast<int>(std::lround(2 * std::log2((upper - lower) / pixels)));
  const double width = tileWidthOf(level);
  const auto first = static_cast<std::int64_t>(std::floor(lower / width));
  const auto last = static_cast<std::int64_t>(std::floor(upper / width));
  lower = static_cast<double>(first) * width;
  upper = static_cast<double>(last + 1) * width;
  ++m_clock;
  updateBlockStarts();
  for (auto index = first; index <= last; ++index) tiles.push_back(&tile(level, index));
  return tiles;
}

void CurveDownsampler::collect(double lower, double upper, int pixels,
                               std::vector<CurveVertex>& vertices) {
  const auto tiles = tilesFor(lower, upper, pixels);
  if (tiles.empty()) return;
  std::vector<std::size_t> nextPart(tiles.size(), 0);
  for (std::size_t segment = 0; segment < m_source.segments->size(); ++segment) {
    collectSegment(segment, lower, upper, tiles, nextPart, vertices);
  }
  forgetOldTiles();
}

/// As addGap() where the gap lies between two tiles: `after`, whose first vertex stands at `x`,
/// will follow.
void CurveDownsampler::bridgeGap(Span before, Span after, double columnWidth, double x,
                                 std::vector<CurveVertex>& vertices) const {
  const double from = vertices.back().x;
  const bool isColumn[] = {before.last - before.first > 1, after.last - after.first > 1};
  if (!(x - from > kGapColumns * columnWidth) || (!isColumn[0] && !isColumn[1])) return;
  const std::size_t ends[] = {before.last - 1, after.first};
  for (int side = 0; side < 2; ++side) {
    if (!isColumn[side]) continue;
    vertices.push_back(pointVertex(ends[side]));
    vertices.back().x = std::clamp(vertices.back().x, from, x);
    vertices.back().smoothed = m_source.smoothedMiddle(ends[side], ends[side] + 1);
  }
}

void CurveDownsampler::collectSegment(std::size_t segment, double lower, double upper,
                                      const std::vector<Tile*>& tiles,
                                      std::vector<std::size_t>& nextPart,
                                      std::vector<CurveVertex>& vertices) const {
  const auto [first, last] = m_source.segment(segment);
  if (first == last) return;
  if (!vertices.empty()) vertices.push_back(CurveVertex::gap(lower));
  const double columnWidth =
      (upper - lower) / static_cast<double>(tiles.size() * std::size_t{kTileColumns});
  Span before;  // the points of the vertex before
  const auto approach = [&](Span span, double x) {
    if (before.last > before.first) bridgeGap(before, span, columnWidth, x, vertices);
  };
  const auto addNeighbour = [&](std::size_t index) {
    CurveVertex vertex = pointVertex(index);
    vertex.smoothed = m_source.smoothedMiddle(index, index + 1);
    approach({index, index + 1}, vertex.x);
    vertices.push_back(vertex);
    before = {index, index + 1};
  };
  const std::size_t begin = m_source.lowerBoundPosition(first, last, lower);
  if (begin > first) addNeighbour(begin - 1);
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const Tile& tile = *tiles[i];
    const std::size_t part = nextPart[i];
    if (part == tile.parts.size() || tile.parts[part].segment != segment) continue;
    ++nextPart[i];
    const std::size_t from = tile.parts[part].firstVertex;
    const std::size_t to =
        part + 1 < tile.parts.size() ? tile.parts[part + 1].firstVertex : tile.vertices.size();
    approach(tile.spans[from], tile.vertices[from].x);
    const auto at = tile.vertices.begin();
    vertices.insert(vertices.end(), at + static_cast<std::ptrdiff_t>(from),
                    at + static_cast<std::ptrdiff_t>(to));
    before = tile.spans[to - 1];
  }
  const std::size_t end = m_source.lowerBoundPosition(begin, last, upper);
  if (end < last) addNeighbour(end);
}

void CurveDownsampler::collectNonFinite(double lower, double upper, int pixels,
                                        std::vector<NonFinitePoint>& points) {
  double from = lower;
  double to = upper;
  for (const Tile* tile : tilesFor(from, to, pixels)) {
    for (const NonFinitePoint& point : tile->nonFinite) {
      if (point.x >= lower && point.x <= upper) points.push_back(point);
    }
  }
}

}  // namespace widgets
