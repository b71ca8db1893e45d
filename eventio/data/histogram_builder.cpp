// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/histogram_builder.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventio {

namespace {

constexpr double kFirstEdge = 1e-12;
constexpr double kEdgeRatio = 1.1;
constexpr double kEdgesEnd = 1e20;

constexpr std::size_t countEdges() {
  std::size_t count = 0;
  double edge = kFirstEdge;
  while (edge < kEdgesEnd) {
    edge *= kEdgeRatio;
    ++count;
  }
  return count;
}

constexpr std::size_t kEdges = countEdges();
constexpr std::size_t kBins = 2 * kEdges;

/// The positive edges.
constexpr std::array<double, kEdges> makeEdges() {
  std::array<double, kEdges> edges{};
  double edge = kFirstEdge;
  for (double& to : edges) {
    to = edge;
    edge *= kEdgeRatio;
  }
  return edges;
}

constexpr std::array<double, kEdges> kEdge = makeEdges();

/// All edges: the mirrored ones, 0, the positive ones.
constexpr std::array<double, kBins + 1> makeAllEdges() {
  std::array<double, kBins + 1> edges{};
  for (std::size_t i = 0; i < kEdges; ++i) {
    edges[kEdges - 1 - i] = -kEdge[i];
    edges[kEdges + 1 + i] = kEdge[i];
  }
  return edges;
}

constexpr std::array<double, kBins + 1> kAllEdges = makeAllEdges();

// Where values are counted, in the order of their bits as unsigned numbers: positive values by
// size, then negative ones by size. A sign's first kEdges slots are its bins.
enum Slot : std::size_t {
  kPositive = 0,
  kPastEdges = kPositive + kEdges,
  kInfinity,
  kNan,
  kMinusZero,
  kNegative,
  kPastNegativeEdges = kNegative + kEdges,
  kMinusInfinity,
  kNegativeNan,
  kSlots,
};

/// The bin [kAllEdges[bin], kAllEdges[bin + 1]) of a slot that has one.
constexpr std::size_t binOfSlot(std::size_t slot) {
  if (slot < kEdges) return kEdges + slot;
  return slot == kMinusZero ? kEdges : kEdges - 1 - (slot - kNegative);
}

/// Finds the slot of a value from its bits.
template <class Value>
class SlotTable {
 public:
  SlotTable();

  [[nodiscard]] std::size_t slotOf(Value value) const noexcept {
    const auto bits = std::bit_cast<Bits>(value);
    const std::size_t slot = m_first[bits >> kKeyShift];
    return slot + static_cast<std::size_t>(bits > m_last[slot]);
  }

 private:
  using Bits = std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint64_t>;
  // Sign, exponent and four bits of mantissa: values that share such a key differ by less than a
  // sixteenth, edges by a tenth, so that at most two slots share one.
  static constexpr int kKeyShift = std::numeric_limits<Value>::digits - 5;
  static constexpr std::size_t kKeys = std::size_t{1} << (8 * sizeof(Bits) - kKeyShift);

  static Bits largestUpTo(double edge) noexcept;
  static Bits largestBelow(double edge) noexcept;

  std::array<Bits, kSlots> m_last{};           // the largest bits of each slot
  std::array<std::uint16_t, kKeys> m_first{};  // slot of the smallest bits of each key
};

template <class Value>
SlotTable<Value>::SlotTable() {
  constexpr Bits kSign = Bits{1} << (8 * sizeof(Bits) - 1);
  for (std::size_t i = 0; i < kEdges; ++i) {
    m_last[kPositive + i] = largestBelow(kEdge[i]);
    m_last[kNegative + i] = kSign | largestUpTo(kEdge[i]);
  }
  m_last[kPositive + kEdges - 1] = largestUpTo(kEdge.back());  // the last bin is closed
  m_last[kMinusZero] = kSign;
  for (const auto& [past, sign] : {std::pair(kPastEdges, Bits{0}), {kPastNegativeEdges, kSign}}) {
    m_last[past] = sign | std::bit_cast<Bits>(std::numeric_limits<Value>::max());
    m_last[past + 1] = sign | std::bit_cast<Bits>(std::numeric_limits<Value>::infinity());
    m_last[past + 2] = sign | (kSign - 1);
  }
  std::size_t slot = 0;
  for (std::size_t key = 0; key < kKeys; ++key) {
    while (m_last[slot] < static_cast<Bits>(key) << kKeyShift) ++slot;
    m_first[key] = static_cast<std::uint16_t>(slot);
  }
}

template <class Value>
auto SlotTable<Value>::largestUpTo(double edge) noexcept -> Bits {
  const auto near = static_cast<Value>(edge);
  return std::bit_cast<Bits>(near) - (near > edge ? 1 : 0);
}

template <class Value>
auto SlotTable<Value>::largestBelow(double edge) noexcept -> Bits {
  const auto near = static_cast<Value>(edge);
  return std::bit_cast<Bits>(near) - (near >= edge ? 1 : 0);
}

// Neighbouring values often share a slot, and a counter cannot be raised again before it is stored:
// they take turns at two sets.
struct Counts {
  std::array<std::uint64_t, kSlots> even{};
  std::array<std::uint64_t, kSlots> odd{};

  [[nodiscard]] std::uint64_t of(std::size_t slot) const noexcept { return even[slot] + odd[slot]; }
  [[nodiscard]] std::uint64_t nans() const noexcept { return of(kNan) + of(kNegativeNan); }
  [[nodiscard]] std::uint64_t infinities() const noexcept {
    return of(kInfinity) + of(kMinusInfinity);
  }
  [[nodiscard]] std::uint64_t notFinite() const noexcept { return nans() + infinities(); }
  [[nodiscard]] std::uint64_t pastEdges() const noexcept {
    return of(kPastEdges) + of(kPastNegativeEdges);
  }
  /// Of bin [kAllEdges[bin], kAllEdges[bin + 1]).
  [[nodiscard]] std::uint64_t ofBin(std::size_t bin) const noexcept {
    if (bin < kEdges) return of(kNegative + kEdges - 1 - bin);
    return of(kPositive + bin - kEdges) + (bin == kEdges ? of(kMinusZero) : 0);
  }
};

template <class Value>
void countSlots(std::span<const Value> values, const SlotTable<Value>& table, Counts& counts) {
  std::size_t i = 0;
  for (; i + 2 <= values.size(); i += 2) {
    ++counts.even[table.slotOf(values[i])];
    ++counts.odd[table.slotOf(values[i + 1])];
  }
  if (i < values.size()) ++counts.even[table.slotOf(values[i])];
}

/// Widens min and max by finite values, of which there is at least one.
template <class Value>
void addExtremes(std::span<const Value> values, Histogram& histogram) {
  using Lanes [[gnu::vector_size(16)]] = Value;
  constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(Value);
  Lanes lanes = Lanes{} + values[0];
  Lanes least = lanes;
  Lanes largest = lanes;
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    std::memcpy(&lanes, values.data() + i, sizeof lanes);
    least = lanes < least ? lanes : least;
    largest = lanes > largest ? lanes : largest;
  }
  for (; i < values.size(); ++i) {
    least[0] = std::min<Value>(least[0], values[i]);
    largest[0] = std::max<Value>(largest[0], values[i]);
  }
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    histogram.min = std::min<double>(histogram.min, least[lane]);
    histogram.max = std::max<double>(histogram.max, largest[lane]);
  }
}

/// Adds finite values to the sums; the lanes are computed side by side.
template <class Value>
void addSums(std::span<const Value> values, Histogram& histogram) {
  constexpr std::size_t kLanes = 4;
  std::array<double, kLanes> sums{};
  std::array<double, kLanes> squares{};
  std::size_t i = 0;
  for (; i + kLanes <= values.size(); i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      const double value = values[i + lane];
      sums[lane] += value;
      squares[lane] += value * value;
    }
  }
  for (std::size_t lane = 0; i < values.size(); ++i, ++lane) {
    const double value = values[i];
    sums[lane] += value;
    squares[lane] += value * value;
  }
  histogram.sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
  histogram.sumSquares += (squares[0] + squares[1]) + (squares[2] + squares[3]);
}

/// Writes the span of filled bins. `start` is at or before the first one, `end` past the last one.
void fillBins(const Counts& counts, std::size_t start, std::size_t end, Histogram& histogram) {
  while (start < end && counts.ofBin(start) == 0) ++start;
  if (start == end) return;
  while (counts.ofBin(end - 1) == 0) --end;
  histogram.limits.assign(kAllEdges.begin() + static_cast<std::ptrdiff_t>(start),
                          kAllEdges.begin() + static_cast<std::ptrdiff_t>(end + 1));
  histogram.counts.reserve(end - start + 1);
  histogram.counts.push_back(0);
  for (std::size_t bin = start; bin < end; ++bin) {
    histogram.counts.push_back(static_cast<double>(counts.ofBin(bin)));
  }
}

/// Counts all values and adds up the finite ones; returns how many those are.
template <class Value>
std::uint64_t takeIn(std::span<const Value> values, const SlotTable<Value>& table, Counts& counts,
                     Histogram& histogram) {
  constexpr std::size_t kBlock = 1024;  // stays in the cache from the counting to the sums
  std::array<Value, kBlock> finite;
  std::uint64_t leftOut = 0;
  for (std::size_t first = 0; first < values.size(); first += kBlock) {
    auto block = values.subspan(first, std::min(kBlock, values.size() - first));
    countSlots(block, table, counts);
    if (const std::uint64_t notFinite = counts.notFinite(); notFinite != leftOut) {
      leftOut = notFinite;
      const auto end = std::copy_if(block.begin(), block.end(), finite.begin(),
                                    [](Value value) { return std::isfinite(value); });
      block = std::span<const Value>(finite.begin(), end);
    }
    if (block.empty()) continue;
    addExtremes(block, histogram);
    addSums(block, histogram);
  }
  return values.size() - leftOut;
}

template <class Value>
Histogram build(std::span<const Value> values, HistogramLeftOut* leftOut) {
  static const auto kTable = std::make_unique<const SlotTable<Value>>();
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  Counts counts;
  Histogram histogram;
  histogram.min = kInfinite;
  histogram.max = -kInfinite;
  const std::uint64_t finite = takeIn(values, *kTable, counts, histogram);
  if (leftOut != nullptr) *leftOut = {counts.nans(), counts.infinities(), counts.pastEdges()};
  if (finite == 0) return {};
  histogram.num = static_cast<double>(finite);
  // A value past the edges does not say which bins are filled.
  const auto hasBin = [](double value) { return std::abs(value) <= kAllEdges.back(); };
  const auto binOf = [&](double value) {
    return binOfSlot(kTable->slotOf(static_cast<Value>(value)));
  };
  const std::size_t start = hasBin(histogram.min) ? binOf(histogram.min) : 0;
  const std::size_t end = hasBin(histogram.max) ? binOf(histogram.max) + 1 : kBins;
  fillBins(counts, start, end, histogram);
  return histogram;
}

}  // namespace

Histogram buildHistogram(std::span<const float> values, HistogramLeftOut* leftOut) {
  return build(values, leftOut);
}

Histogram buildHistogram(std::span<const double> values, HistogramLeftOut* leftOut) {
  return build(values, leftOut);
}

}  // namespace eventio
