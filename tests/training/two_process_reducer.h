// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "training/compute/gradient_reducer.h"

/// Sums over two processes of this machine, which exchange what they have through a socket.
class TwoProcessReducer final : public training::GradientReducer {
 public:
  /// `socket`: one end of a socketpair(), whose other end the other rank has.
  TwoProcessReducer(int rank, int socket) : m_rank(rank), m_socket(socket) {}

  [[nodiscard]] int rank() const noexcept override { return m_rank; }
  [[nodiscard]] int worldSize() const noexcept override { return 2; }
  [[nodiscard]] bool sumGradients(training::ThreadTeam& team, std::span<float* const> gradients,
                                  std::span<const training::Part> ranges,
                                  const Check& check) override;
  void sum(std::span<double> values) override;

 private:
  /// Adds the values of both ranks, those of rank 0 first.
  template <class Value>
  void addUp(std::span<Value> values);
  void send(const void* bytes, std::size_t size) const;
  void receive(void* bytes, std::size_t size) const;

  const int m_rank;
  const int m_socket;
};

/// Runs the work in two processes made for it; true when it returned in both. What they compute
/// comes back through SharedValues alone.
[[nodiscard]] bool runTwoRanks(
    const std::function<void(std::unique_ptr<TwoProcessReducer> reducer)>& work);

/// Numbers, 0 at first, in memory that is shared with processes made later.
class SharedValues {
 public:
  explicit SharedValues(std::size_t count);
  ~SharedValues();
  SharedValues(const SharedValues&) = delete;
  SharedValues& operator=(const SharedValues&) = delete;

  /// A double holds every float exactly.
  [[nodiscard]] std::span<double> values() const noexcept { return m_values; }

 private:
  std::span<double> m_values;
};
