// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "training/optimisers/optimiser.h"

namespace training {

/// The catalogue: every optimiser, in the order in which they are offered.
[[nodiscard]] std::span<const Optimiser* const> optimisers() noexcept;

/// The one of this name; null when there is none.
[[nodiscard]] const Optimiser* findOptimiser(std::string_view name) noexcept;

/// Their names for messages: "sgd, adam".
[[nodiscard]] std::string optimiserNames();

}  // namespace training
