// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <exception>
#include <mutex>
#include <span>
#include <vector>

namespace training {

/// Sums that replicas need in the middle of a pass over a batch, as batch norm's of the whole
/// batch: each calls join() on its own thread with the sums of its share, and gets those of all.
///
/// The sums are added in the members' order, so that they do not depend on timing. Waiting spins
/// briefly and then yields.
class ReplicaSums {
 public:
  explicit ReplicaSums(int members);

  /// Before a pass, while no thread is in join(): which members take part (not 0). The others, as
  /// those without a sample of the batch, do not call join() and add nothing.
  void begin(std::span<const std::uint8_t> members);
  /// Replaces `values` by their sums over the members that take part. All of them make the same
  /// calls in the same order. Throws what abort() was given.
  void join(int member, std::span<double> values);
  /// The pass of this member has failed: join() throws `cause` in the others, now and until the
  /// next begin(). The first cause counts.
  void abort(std::exception_ptr cause) noexcept;

 private:
  void wait(std::uint32_t round);

  struct alignas(64) Member {
    std::uint32_t round = 0;
    bool takesPart = false;
    // Of the last two rounds: a fast member writes the next one while a slow one still reads.
    std::array<std::vector<double>, 2> values;
  };
  alignas(64) std::atomic<std::uint32_t> m_arrived{0};
  std::uint32_t m_partners = 0;
  std::exception_ptr m_cause;
  std::vector<Member> m_members;
  std::mutex m_causeMutex;
  std::atomic<bool> m_aborted{false};
  alignas(64) std::atomic<std::uint32_t> m_round{0};
};

}  // namespace training
