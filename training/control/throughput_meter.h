// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace training {

/// Samples a second over about the last second of work, and over all of it.
class ThroughputMeter {
 public:
  void add(std::int64_t samples, double seconds) noexcept {
    m_all.add(samples, seconds);
    Bucket& bucket = m_buckets[m_newest];
    bucket.add(samples, seconds);
    if (bucket.seconds < 1.0 / static_cast<double>(kBuckets - 1)) return;
    m_newest = (m_newest + 1) % kBuckets;
    m_buckets[m_newest] = {};
  }
  [[nodiscard]] double recent() const noexcept {
    Bucket sum;
    for (const Bucket& bucket : m_buckets) sum.add(bucket.samples, bucket.seconds);
    return sum.rate();
  }
  [[nodiscard]] double overall() const noexcept { return m_all.rate(); }
  [[nodiscard]] double seconds() const noexcept { return m_all.seconds; }

 private:
  static constexpr std::size_t kBuckets = 9;  // the newest is being filled
  struct Bucket {
    std::int64_t samples = 0;
    double seconds = 0;
    void add(std::int64_t moreSamples, double moreSeconds) noexcept {
      samples += moreSamples;
      seconds += moreSeconds;
    }
    [[nodiscard]] double rate() const noexcept {
      return seconds > 0 ? static_cast<double>(samples) / seconds : 0;
    }
  };
  std::array<Bucket, kBuckets> m_buckets{};
  std::size_t m_newest = 0;
  Bucket m_all;
};

}  // namespace training
