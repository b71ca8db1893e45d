// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/smoothing.h"

#include <algorithm>
#include <cmath>

namespace widgets {
namespace {

/// Below this sⁿ does not change 1 − sⁿ any more.
constexpr double kNegligiblePower = 1e-17;
constexpr std::size_t kBatch = 1024;

}  // namespace

void mergeRange(eventio::ValueRange& into, const eventio::ValueRange& other) noexcept {
  into.nonFinite |= other.nonFinite;
  if (other.empty()) return;
  if (into.empty()) {
    into.min = other.min;
    into.max = other.max;
    return;
  }
  into.min = std::min(into.min, other.min);
  into.max = std::max(into.max, other.max);
}

SmoothedColumn::SmoothedColumn(double weight) : m_weight(weight) {}

void SmoothedColumn::setWeight(double weight) {
  if (weight == m_weight) return;
  m_weight = weight;
  clear();
}

void SmoothedColumn::clear() {
  m_last = 0;
  m_power = 1;
  m_size = 0;
  m_levels.clear();
}

std::size_t SmoothedColumn::advance(const eventio::ScalarView& view, std::size_t maxPoints) {
  if (!m_started || view.generation() != m_generation || view.size() < m_size) clear();
  m_started = true;
  m_generation = view.generation();

  std::array<double, kBatch> values;
  std::size_t left = std::min(maxPoints, view.size() - m_size);
  while (left > 0) {
    const std::size_t count = std::min(left, kBatch);
    view.copyValues(m_size, {values.data(), count});
    for (std::size_t i = 0; i < count; ++i) append(values[i]);
    left -= count;
  }
  return view.size() - m_size;
}

void SmoothedColumn::append(double value) {
  if (std::isfinite(value)) {
    // last/(1 − sⁿ) rearranged so that a constant series stays exactly what it is.
    double share = 1 - m_weight;
    if (m_power > 0) {
      m_power *= m_weight;
      if (m_power < kNegligiblePower) m_power = 0;
      share /= 1 - m_power;
    }
    m_last = share == 1 ? value : m_last + share * (value - m_last);
    value = m_last;
  }
  if (m_size / kChunk == m_chunks.size()) {
    m_chunks.push_back(std::make_unique<std::array<double, kChunk>>());
  }
  (*m_chunks[m_size / kChunk])[m_size % kChunk] = value;
  ++m_size;
  if (m_size % kFanOut == 0) closeBlocks();
}

void SmoothedColumn::closeBlocks() {
  Extremes block;
  addValues(block, m_size - kFanOut, m_size);
  std::size_t count = m_size / kFanOut;  // entries of the level once `block` is in it
  for (std::size_t level = 0;; ++level) {
    if (level == m_levels.size()) m_levels.emplace_back();
    m_levels[level].mins.push_back(block.min);
    m_levels[level].maxs.push_back(block.max);
    if (count % kFanOut != 0) return;
    block = {};
    m_levels[level].addTo(block, count - kFanOut, count);
    count /= kFanOut;
  }
}

void SmoothedColumn::addValues(Extremes& extremes, std::size_t first,
                               std::size_t last) const noexcept {
  while (first < last) {
    const std::size_t end = std::min(last, (first / kChunk + 1) * kChunk);
    extremes.addValues(m_chunks[first / kChunk]->data() + first % kChunk, end - first);
    first = end;
  }
}

eventio::ValueRange SmoothedColumn::range(std::size_t first, std::size_t last) const noexcept {
  Extremes extremes;
  if (last - first < 2 * kFanOut) {
    addValues(extremes, first, last);
  } else {
    // Climb while whole blocks of the next level lie inside; read what sticks out at both ends.
    std::size_t up = (first + kFanOut - 1) / kFanOut;
    std::size_t upEnd = last / kFanOut;
    addValues(extremes, first, up * kFanOut);
    addValues(extremes, upEnd * kFanOut, last);
    for (std::size_t level = 0; up < upEnd; ++level) {
      first = up;
      last = upEnd;
      up = (first + kFanOut - 1) / kFanOut;
      upEnd = last / kFanOut;
      if (up >= upEnd) {
        m_levels[level].addTo(extremes, first, last);
        break;
      }
      m_levels[level].addTo(extremes, first, up * kFanOut);
      m_levels[level].addTo(extremes, upEnd * kFanOut, last);
    }
  }
  if (extremes.empty()) return {};
  return {extremes.min, extremes.max, false};
}

}  // namespace widgets
