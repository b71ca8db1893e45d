// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/thread_count.h"

#include <algorithm>
#include <cstdint>

#include "training/base/machine.h"

namespace training {
namespace {

constexpr std::int64_t kMinShare = 8;  // samples; below that threads cost more than they bring

}  // namespace

int threadsFor(const TrainingConfig& config) {
  if (config.device != "cpu") return 1;
  const std::int64_t wanted =
      config.threads > 0 ? std::min<std::int64_t>(config.threads, config.batchSize)
                         : std::min<std::int64_t>(availableCores(), config.batchSize / kMinShare);
  return static_cast<int>(std::max<std::int64_t>(wanted, 1));
}

std::string threadsAdvice(int threads) {
  const int cores = availableCores();
  if (threads <= cores) return {};
  return std::to_string(threads) + " threads on " + std::to_string(cores) +
         (cores == 1 ? " core" : " cores") + " take turns: " + std::to_string(cores) +
         " would train faster";
}

}  // namespace training
