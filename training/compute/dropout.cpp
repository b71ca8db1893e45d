// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/dropout.h"

#include "training/base/random.h"

namespace training {

void dropoutMask(const StepKey& key, std::uint64_t layer, std::uint64_t position,
                 double probability, std::span<float> mask) noexcept {
  Random epoch(key.seed, key.phase, key.epoch);
  Random step(epoch.next(), key.step, layer);
  Random sample(step.next(), position, 0);
  const auto kept = static_cast<float>(1 / (1 - probability));
  for (float& factor : mask) factor = sample.uniform() < probability ? 0 : kept;
}

}  // namespace training
