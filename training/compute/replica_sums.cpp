// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/replica_sums.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "training/compute/spin_wait.h"

namespace training {

ReplicaSums::ReplicaSums(int members) : m_members(static_cast<std::size_t>(members)) {}

void ReplicaSums::begin(std::span<const std::uint8_t> members) {
  m_partners = 0;
  for (std::size_t i = 0; i < m_members.size(); ++i) {
    m_members[i].round = 0;
    m_members[i].takesPart = members[i] != 0;
    m_partners += m_members[i].takesPart ? 1 : 0;
  }
  m_cause = nullptr;
  m_aborted.store(false, std::memory_order_relaxed);
  m_arrived.store(0, std::memory_order_relaxed);
  m_round.store(0, std::memory_order_relaxed);
}

void ReplicaSums::wait(std::uint32_t round) {
  spinThenYield([&] {
    return m_round.load(std::memory_order_acquire) != round ||
           m_aborted.load(std::memory_order_acquire);
  });
  if (!m_aborted.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(m_causeMutex);
  std::rethrow_exception(m_cause);
}

void ReplicaSums::join(int member, std::span<double> values) {
  Member& own = m_members[static_cast<std::size_t>(member)];
  const std::uint32_t round = own.round++;
  const std::size_t slot = round % 2;
  own.values[slot].assign(values.begin(), values.end());
  if (m_arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == m_partners) {
    m_arrived.store(0, std::memory_order_relaxed);
    m_round.store(round + 1, std::memory_order_release);
  }
  wait(round);
  std::fill(values.begin(), values.end(), 0.0);
  for (const Member& other : m_members) {
    if (!other.takesPart) continue;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] += other.values[slot][i];
  }
}

void ReplicaSums::abort(std::exception_ptr cause) noexcept {
  const std::lock_guard lock(m_causeMutex);
  if (!m_cause) m_cause = std::move(cause);
  m_aborted.store(true, std::memory_order_release);
}

}  // namespace training
