// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <type_traits>

#include "training/settings/setting_value.h"

/// Another value of the same type, within the bounds of every row.
inline training::SettingValue anotherValue(const training::SettingValue& value) {
  return std::visit(
      [](auto held) -> training::SettingValue {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          held += "x";
        } else if constexpr (std::is_same_v<Held, bool>) {
          held = !held;
        } else if constexpr (std::is_same_v<Held, double>) {
          held = held / 2 + 0.125;
        } else if constexpr (std::is_arithmetic_v<Held>) {
          held += 1;
        } else {
          held.resize(held.size() + 1);
        }
        return held;
      },
      value);
}
