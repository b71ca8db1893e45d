// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "training/tasks/task.h"

namespace training {

/// The catalogue: every task, in the order in which they are offered.
[[nodiscard]] std::span<const Task* const> tasks() noexcept;

/// The one of this name; null when there is none.
[[nodiscard]] const Task* findTask(std::string_view name) noexcept;

}  // namespace training
