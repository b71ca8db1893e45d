// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/tasks.h"

#include <algorithm>
#include <array>

#include "training/tasks/classification.h"
#include "training/tasks/regression.h"

namespace training {

std::span<const Task* const> tasks() noexcept {
  static const std::array kAll{
      &classification(),
      &regression(),
  };
  return kAll;
}

const Task* findTask(std::string_view name) noexcept {
  const auto all = tasks();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [name](const Task* task) { return task->name() == name; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace training
