// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/scalar_chunk.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "eventio/base/extremes.h"

namespace eventio::detail {

namespace {

constexpr int kLevels = 3;
constexpr std::size_t kBlockPoints[kLevels] = {16, 256, 4096};

std::size_t blocks(std::size_t points, int level) {
  return (points + kBlockPoints[level] - 1) / kBlockPoints[level];
}

std::size_t allBlocks(std::size_t points) {
  return blocks(points, 0) + blocks(points, 1) + blocks(points, 2);
}

}  // namespace

ScalarChunk::ScalarChunk(std::size_t capacity, bool wide) : m_capacity(capacity) {
  layOut(wide);
}

ScalarChunk::ScalarChunk(const ScalarChunk& other, std::size_t count, std::size_t capacity,
                         bool wide)
    : m_capacity(capacity) {
  layOut(wide);
  if (wide == other.m_wide) {
    std::copy_n(other.m_steps, count, m_steps);
    std::copy_n(other.m_wallTimes, count, m_wallTimes);
    for (int level = 0; level < kLevels; ++level) {
      std::copy_n(other.m_nonFinite + other.levelOffset(level), blocks(count, level),
                  m_nonFinite + levelOffset(level));
    }
    const auto copyColumn = [&](const auto* from, auto* to) {
      std::copy_n(from, count, to);
      for (int level = 0; level < kLevels; ++level) {
        const std::size_t used = blocks(count, level);
        std::copy_n(from + other.m_capacity + other.levelOffset(level), used,
                    to + m_capacity + levelOffset(level));
        std::copy_n(
            from + other.m_capacity + allBlocks(other.m_capacity) + other.levelOffset(level), used,
            to + m_capacity + allBlocks(m_capacity) + levelOffset(level));
      }
    };
    if (wide) {
      copyColumn(other.m_doubles, m_doubles);
    } else {
      copyColumn(other.m_floats, m_floats);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    put(i, {other.m_steps[i], other.m_wallTimes[i], other.value(i)});
  }
}

void ScalarChunk::layOut(bool wide) {
  m_wide = wide;
  const std::size_t entries = allBlocks(m_capacity);
  const std::size_t valueBytes = wide ? sizeof(double) : sizeof(float);
  const std::size_t axes = m_capacity * (sizeof(std::int64_t) + sizeof(double));
  const std::size_t values = (m_capacity + 2 * entries) * valueBytes;
  m_bytes = axes + values + entries;
  m_storage = std::make_unique_for_overwrite<std::byte[]>(m_bytes);
  std::byte* at = m_storage.get();
  m_steps = reinterpret_cast<std::int64_t*>(at);
  m_wallTimes = reinterpret_cast<double*>(at + m_capacity * sizeof(std::int64_t));
  if (wide) {
    m_doubles = reinterpret_cast<double*>(at + axes);
  } else {
    m_floats = reinterpret_cast<float*>(at + axes);
  }
  m_nonFinite = reinterpret_cast<std::uint8_t*>(at + axes + values);
}

std::size_t ScalarChunk::memoryBytes() const noexcept {
  return sizeof(*this) + m_bytes;
}

std::size_t ScalarChunk::levelOffset(int level) const noexcept {
  std::size_t offset = 0;
  for (int below = 0; below < level; ++below) offset += blocks(m_capacity, below);
  return offset;
}

void ScalarChunk::put(std::size_t index, const ScalarPoint& point) noexcept {
  m_steps[index] = point.step;
  m_wallTimes[index] = point.wallTime;
  if (m_wide) {
    putValue(m_doubles, index, point.value);
  } else {
    putValue(m_floats, index, point.value);
  }
}

template <class Value>
void ScalarChunk::putValue(Value* column, std::size_t index, double value) noexcept {
  const auto stored = static_cast<Value>(value);
  column[index] = stored;
  Value* minima = column + m_capacity;
  Value* maxima = minima + allBlocks(m_capacity);
  const bool finite = std::isfinite(value);
  std::size_t offset = 0;
  for (int level = 0; level < kLevels; ++level) {
    const std::size_t entry = offset + index / kBlockPoints[level];
    if (index % kBlockPoints[level] == 0) {
      minima[entry] = finite ? stored : std::numeric_limits<Value>::infinity();
      maxima[entry] = finite ? stored : -std::numeric_limits<Value>::infinity();
      m_nonFinite[entry] = finite ? 0 : 1;
    } else if (finite) {
      minima[entry] = std::min(minima[entry], stored);
      maxima[entry] = std::max(maxima[entry], stored);
    } else {
      m_nonFinite[entry] = 1;
    }
    offset += blocks(m_capacity, level);
  }
}

void ScalarChunk::copyValues(std::size_t first, std::size_t count, double* out) const noexcept {
  if (m_wide) {
    std::copy_n(m_doubles + first, count, out);
  } else {
    std::copy_n(m_floats + first, count, out);
  }
}

void ScalarChunk::extendRange(std::size_t first, std::size_t last,
                              ValueRange& range) const noexcept {
  if (m_wide) {
    extend(m_doubles, first, last, range);
  } else {
    extend(m_floats, first, last, range);
  }
}

void ScalarChunk::expectRange(std::size_t index, std::size_t block) const noexcept {
  const auto expect = [this, index, block](const auto* column) {
    if (block < kBlockPoints[0]) {
      __builtin_prefetch(column + index);
      return;
    }
    int level = 0;
    while (level + 1 < kLevels && kBlockPoints[level + 1] <= block) ++level;
    const std::size_t entry = levelOffset(level) + index / kBlockPoints[level];
    __builtin_prefetch(column + m_capacity + entry);
    __builtin_prefetch(column + m_capacity + allBlocks(m_capacity) + entry);
    __builtin_prefetch(m_nonFinite + entry);
  };
  if (m_wide) {
    expect(m_doubles);
  } else {
    expect(m_floats);
  }
}

/// Reads what sticks out at both ends of the whole blocks, then climbs.
template <class Value>
void ScalarChunk::extend(const Value* column, std::size_t first, std::size_t last,
                         ValueRange& range) const noexcept {
  const Value* minima = column + m_capacity;
  const Value* maxima = minima + allBlocks(m_capacity);
  const std::uint8_t* flags = m_nonFinite;
  Extremes<Value> extremes;
  const auto addBlocks = [&](std::size_t begin, std::size_t end) {
    extremes.addBlocks(minima + begin, maxima + begin, end - begin);
    std::uint8_t flag = 0;
    for (std::size_t i = begin; i < end; ++i) flag |= flags[i];
    extremes.nonFinite |= flag != 0;
  };
  for (int level = -1; first < last; ++level) {
    const std::size_t up = (first + kFanOut - 1) / kFanOut;
    const std::size_t upEnd = last / kFanOut;
    const bool climbs = up < upEnd && level + 1 < kLevels;
    const std::size_t head = climbs ? up * kFanOut : last;
    const std::size_t tail = climbs ? upEnd * kFanOut : last;
    if (level < 0) {
      extremes.addValues(column + first, head - first);
      extremes.addValues(column + tail, last - tail);
    } else {
      addBlocks(first, head);
      addBlocks(tail, last);
      const std::size_t entries = blocks(m_capacity, level);
      minima += entries;
      maxima += entries;
      flags += entries;
    }
    if (!climbs) break;
    first = up;
    last = upEnd;
  }
  range.nonFinite |= extremes.nonFinite;
  if (extremes.empty()) return;
  const bool isFirst = range.empty();
  range.min = isFirst ? extremes.min : std::min<double>(range.min, extremes.min);
  range.max = isFirst ? extremes.max : std::max<double>(range.max, extremes.max);
}

}  // namespace eventio::detail
