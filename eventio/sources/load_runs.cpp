// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/sources/load_runs.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "eventio/base/natural_order.h"
#include "eventio/sources/run_source_kinds.h"

namespace eventio {

Result<LoadedRuns> loadRuns(const std::filesystem::path& path) {
  const auto store = std::make_shared<RunStore>();
  RunSourceOptions options;
  options.follow = false;
  options.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const auto source = openRunSource(path, store, options);
  if (!source) return tl::unexpected<Error>(source.error());
  while (!(*source)->waitUntilLoaded(std::chrono::hours(1))) {
  }
  LoadedRuns loaded{store->runs(), (*source)->problems()};
  std::sort(loaded.runs.begin(), loaded.runs.end(),
            [](const auto& a, const auto& b) { return naturalLess(a->name(), b->name()); });
  return loaded;
}

}  // namespace eventio
