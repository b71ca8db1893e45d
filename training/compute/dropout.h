// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace training {

/// A training step, for what is drawn at random in it.
struct StepKey {
  std::uint64_t seed = 0;
  std::uint64_t phase = 0;
  std::uint64_t epoch = 0;
  std::uint64_t step = 0;
};

/// Writes dropout's factors for one sample: 0 with this probability, else 1 / (1 - probability).
/// They depend on the step, on which dropout layer of the model it is and on the sample's position
/// in the batch alone, so that neither threads nor pauses change them.
void dropoutMask(const StepKey& key, std::uint64_t layer, std::uint64_t position,
                 double probability, std::span<float> mask) noexcept;

}  // namespace training
