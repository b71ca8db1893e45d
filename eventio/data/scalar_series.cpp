// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/scalar_series.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "eventio/data/scalar_chunk.h"

namespace eventio {

using detail::kChunkPoints;
using detail::kFanOut;
using detail::ScalarChunk;
using detail::ScalarTable;

namespace {

/// Unlike in every other series of the process, so that views of two series never seem to be one.
std::uint64_t nextGeneration() {
  static std::atomic<std::uint64_t> counter{0};
  return counter.fetch_add(1, std::memory_order_relaxed) + 1;
}

bool fitsFloat(double value) noexcept {
  if (!std::isfinite(value)) return true;
  if (std::abs(value) > std::numeric_limits<float>::max()) return false;
  return static_cast<double>(static_cast<float>(value)) == value;
}

std::size_t roundUp(std::size_t points) {
  return (points + kFanOut - 1) / kFanOut * kFanOut;
}

/// First index in [first, last) for which `isLess` does not hold.
template <class IsLess>
std::size_t partition(std::size_t first, std::size_t last, IsLess isLess) {
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (isLess(middle)) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

std::vector<std::size_t> segmentsBefore(const std::vector<std::size_t>& segments,
                                        std::size_t size) {
  return {segments.begin(), std::lower_bound(segments.begin(), segments.end(), size)};
}

template <class Copy>
void forEachPiece(std::size_t first, std::size_t count, Copy copy) {
  std::size_t done = 0;
  while (done < count) {
    const std::size_t offset = (first + done) % kChunkPoints;
    const std::size_t piece = std::min(count - done, kChunkPoints - offset);
    copy((first + done) / kChunkPoints, offset, piece, done);
    done += piece;
  }
}

}  // namespace

// --- view ------------------------------------------------------------------------------------

std::int64_t ScalarView::step(std::size_t index) const noexcept {
  return m_table->chunks[index / kChunkPoints]->steps()[index % kChunkPoints];
}

double ScalarView::wallTime(std::size_t index) const noexcept {
  return m_table->chunks[index / kChunkPoints]->wallTimes()[index % kChunkPoints];
}

double ScalarView::value(std::size_t index) const noexcept {
  return m_table->chunks[index / kChunkPoints]->value(index % kChunkPoints);
}

ScalarPoint ScalarView::point(std::size_t index) const noexcept {
  return {step(index), wallTime(index), value(index)};
}

ScalarView::Piece<std::int64_t> ScalarView::stepsAround(std::size_t index) const noexcept {
  const std::size_t first = index / kChunkPoints * kChunkPoints;
  return {first,
          {m_table->chunks[index / kChunkPoints]->steps(), std::min(kChunkPoints, m_size - first)}};
}

ScalarView::Piece<double> ScalarView::wallTimesAround(std::size_t index) const noexcept {
  const std::size_t first = index / kChunkPoints * kChunkPoints;
  return {
      first,
      {m_table->chunks[index / kChunkPoints]->wallTimes(), std::min(kChunkPoints, m_size - first)}};
}

void ScalarView::copySteps(std::size_t first, std::span<std::int64_t> out) const noexcept {
  forEachPiece(first, out.size(), [&](auto chunk, auto offset, auto count, auto done) {
    std::copy_n(m_table->chunks[chunk]->steps() + offset, count, out.data() + done);
  });
}

void ScalarView::copyWallTimes(std::size_t first, std::span<double> out) const noexcept {
  forEachPiece(first, out.size(), [&](auto chunk, auto offset, auto count, auto done) {
    std::copy_n(m_table->chunks[chunk]->wallTimes() + offset, count, out.data() + done);
  });
}

void ScalarView::copyValues(std::size_t first, std::span<double> out) const noexcept {
  forEachPiece(first, out.size(), [&](auto chunk, auto offset, auto count, auto done) {
    m_table->chunks[chunk]->copyValues(offset, count, out.data() + done);
  });
}

ValueRange ScalarView::range(std::size_t first, std::size_t last) const noexcept {
  ValueRange range;
  last = std::min(last, m_size);
  if (first >= last) return range;
  forEachPiece(first, last - first, [&](auto chunk, auto offset, auto count, auto) {
    m_table->chunks[chunk]->extendRange(offset, offset + count, range);
  });
  return range;
}

void ScalarView::expectStep(std::size_t index) const noexcept {
  if (index >= m_size) return;
  __builtin_prefetch(m_table->chunks[index / kChunkPoints]->steps() + index % kChunkPoints);
}

void ScalarView::expectWallTime(std::size_t index) const noexcept {
  if (index >= m_size) return;
  __builtin_prefetch(m_table->chunks[index / kChunkPoints]->wallTimes() + index % kChunkPoints);
}

void ScalarView::expectRange(std::size_t index, std::size_t block) const noexcept {
  if (index >= m_size) return;
  m_table->chunks[index / kChunkPoints]->expectRange(index % kChunkPoints, block);
}

std::int64_t ScalarView::minStep() const noexcept {
  return m_bounds.minStep;
}
std::int64_t ScalarView::maxStep() const noexcept {
  return m_bounds.maxStep;
}
double ScalarView::minWallTime() const noexcept {
  return m_bounds.minWallTime;
}
double ScalarView::maxWallTime() const noexcept {
  return m_bounds.maxWallTime;
}

std::vector<std::size_t> ScalarView::stepSegments() const {
  if (empty()) return {};
  return segmentsBefore(m_table->stepSegments, m_size);
}

std::vector<std::size_t> ScalarView::wallSegments() const {
  if (empty()) return {};
  return segmentsBefore(m_table->wallSegments, m_size);
}

std::size_t ScalarView::lowerBoundStep(std::size_t first, std::size_t last,
                                       double x) const noexcept {
  // Beyond 2^53 a step compared as double would lose its last digits: bring x to the integers.
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  const double bound = std::ceil(x);
  if (bound >= kLimit) return last;
  if (!(bound > -kLimit)) return first;
  const auto least = static_cast<std::int64_t>(bound);
  return partition(first, last, [&](std::size_t i) { return step(i) < least; });
}

std::size_t ScalarView::lowerBoundWall(std::size_t first, std::size_t last,
                                       double x) const noexcept {
  return partition(first, last, [&](std::size_t i) { return wallTime(i) < x; });
}

// --- series ----------------------------------------------------------------------------------

ScalarSeries::ScalarSeries()
    : m_table(std::make_shared<ScalarTable>()), m_generation(nextGeneration()) {}
ScalarSeries::~ScalarSeries() = default;
ScalarSeries::ScalarSeries(ScalarSeries&&) noexcept = default;
ScalarSeries& ScalarSeries::operator=(ScalarSeries&&) noexcept = default;

std::size_t ScalarSeries::size() const noexcept {
  return m_size;
}

ScalarPoint ScalarSeries::point(std::size_t index) const noexcept {
  const ScalarChunk& chunk = *m_table->chunks[index / kChunkPoints];
  const std::size_t offset = index % kChunkPoints;
  return {chunk.steps()[offset], chunk.wallTimes()[offset], chunk.value(offset)};
}

ScalarView ScalarSeries::view() const {
  m_tableShared = true;
  ScalarView view;
  view.m_table = m_table;
  view.m_size = m_size;
  view.m_generation = m_generation;
  view.m_bounds = m_bounds;
  return view;
}

ScalarTable& ScalarSeries::writableTable() {
  if (m_tableShared) {
    m_table = std::make_shared<ScalarTable>(*m_table);
    m_tableShared = false;
  }
  return *m_table;
}

/// Makes the last chunk able to take one more point, and up to `expected` where it must grow
/// anyway.
void ScalarSeries::makeRoom(std::size_t expected, bool wide) {
  const std::size_t used = m_size % kChunkPoints;
  const bool startsChunk = m_size / kChunkPoints == m_table->chunks.size();
  if (!startsChunk) {
    const ScalarChunk& last = *m_table->chunks.back();
    if (used < last.capacity() && (last.wide() || !wide)) return;
  }
  m_wide = m_wide || wide;
  // Spare room stays below a quarter of the series (a sixteenth for doubles) to keep 28 bytes a
  // point.
  const std::size_t step = std::max({kFanOut, m_size / (m_wide ? 16 : 4), expected});
  const std::size_t capacity = std::min(kChunkPoints, roundUp(used + step));
  if (startsChunk) {
    writableTable().chunks.push_back(std::make_shared<ScalarChunk>(capacity, m_wide));
    return;
  }
  auto grown = std::make_shared<ScalarChunk>(*m_table->chunks.back(), used, capacity, m_wide);
  writableTable().chunks.back() = std::move(grown);
}

void ScalarSeries::put(const ScalarPoint& point) {
  if (m_size == 0) {
    m_bounds = {point.step, point.step, point.wallTime, point.wallTime};
  } else {
    m_bounds.minStep = std::min(m_bounds.minStep, point.step);
    m_bounds.maxStep = std::max(m_bounds.maxStep, point.step);
    m_bounds.minWallTime = std::fmin(m_bounds.minWallTime, point.wallTime);
    m_bounds.maxWallTime = std::fmax(m_bounds.maxWallTime, point.wallTime);
  }
  if (m_size == 0 || point.step < m_lastStep) writableTable().stepSegments.push_back(m_size);
  if (m_size == 0 || !(point.wallTime >= m_lastWallTime)) {
    writableTable().wallSegments.push_back(m_size);
  }
  m_table->chunks.back()->put(m_size % kChunkPoints, point);
  m_lastStep = point.step;
  m_lastWallTime = point.wallTime;
  ++m_size;
}

void ScalarSeries::append(std::int64_t step, double wallTime, double value) {
  makeRoom(1, !fitsFloat(value));
  put({step, wallTime, value});
}

void ScalarSeries::append(std::span<const ScalarPoint> points) {
  for (std::size_t i = 0; i < points.size(); ++i) {
    makeRoom(points.size() - i, !fitsFloat(points[i].value));
    put(points[i]);
  }
}

std::size_t ScalarSeries::purgeFrom(std::int64_t step, std::optional<double> before) {
  if (m_size == 0 || m_bounds.maxStep < step) return 0;
  if (before && m_bounds.minWallTime >= *before) return 0;
  ScalarSeries kept;
  for (std::size_t i = 0; i < m_size; ++i) {
    const ScalarPoint candidate = point(i);
    const bool goes = candidate.step >= step && (!before || candidate.wallTime < *before);
    if (!goes) kept.append({&candidate, 1});
  }
  const std::size_t removed = m_size - kept.m_size;
  if (removed == 0) return 0;
  *this = std::move(kept);
  return removed;
}

std::size_t ScalarSeries::memoryBytes() const noexcept {
  std::size_t bytes =
      sizeof(*this) + sizeof(ScalarTable) +
      m_table->chunks.capacity() * sizeof(std::shared_ptr<ScalarChunk>) +
      (m_table->stepSegments.capacity() + m_table->wallSegments.capacity()) * sizeof(std::size_t);
  for (const auto& chunk : m_table->chunks) bytes += chunk->memoryBytes();
  return bytes;
}

}  // namespace eventio
