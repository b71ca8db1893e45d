// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "training/compute/gradient_reducer.h"

namespace training {

/// The threads of one process: each adds up its share of the flat buffers, in the order of the
/// team's members.
class ThreadGradientReducer final : public GradientReducer {
 public:
  [[nodiscard]] int rank() const noexcept override { return 0; }
  [[nodiscard]] int worldSize() const noexcept override { return 1; }
  [[nodiscard]] bool sumGradients(ThreadTeam& team, std::span<float* const> gradients,
                                  std::span<const Part> ranges, const Check& check) override;
  void sum(std::span<double> /*values*/) override {}

 private:
  std::vector<std::uint8_t> m_usable;  // one for each member
};

}  // namespace training
