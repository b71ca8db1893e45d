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

eventio::Message threadsAdvice(int threads) {
  const int cores = availableCores();
  if (threads <= cores) return {};
  if (cores == 1) return {"%1 threads on 1 core take turns: 1 would train faster", threads};
  return {"%1 threads on %2 cores take turns: %2 would train faster", threads, cores};
}

}  // namespace training
