// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/optimisers.h"

#include <algorithm>
#include <array>

#include "training/optimisers/adam.h"
#include "training/optimisers/adamw.h"
#include "training/optimisers/sgd.h"

namespace training {

std::span<const Optimiser* const> optimisers() noexcept {
  static const auto kAll = std::to_array<const Optimiser*>({
      &sgd(),
      &adam(),
      &adamw(),
  });
  return kAll;
}

const Optimiser* findOptimiser(std::string_view name) noexcept {
  const auto all = optimisers();
  const auto found = std::find_if(all.begin(), all.end(), [name](const Optimiser* optimiser) {
    return optimiser->name() == name;
  });
  return found == all.end() ? nullptr : *found;
}

std::string optimiserNames() {
  std::string names;
  for (const Optimiser* optimiser : optimisers()) {
    names += names.empty() ? "" : ", ";
    names += optimiser->name();
  }
  return names;
}

}  // namespace training
