// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/setting_value.h"

#include <array>
#include <charconv>
#include <type_traits>

namespace training {
namespace {

template <class Number>
std::string numberText(Number number) {
  std::array<char, 32> buffer{};
  const auto written = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), written.ptr};
}

std::string itemText(const std::string& item) {
  return item;
}
std::string itemText(std::int64_t item) {
  return numberText(item);
}

template <class Item>
std::string listText(const std::vector<Item>& items) {
  std::string text;
  for (const Item& item : items) text += (text.empty() ? "" : ",") + itemText(item);
  return text;
}

}  // namespace

std::string settingText(const SettingValue& value) {
  return std::visit(
      [](const auto& held) -> std::string {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          return held;
        } else if constexpr (std::is_same_v<Held, bool>) {
          return held ? "true" : "false";
        } else if constexpr (std::is_arithmetic_v<Held>) {
          return numberText(held);
        } else {
          return listText(held);
        }
      },
      value);
}

double numberIn(const SettingValue& value) {
  return std::visit(
      [](const auto& held) -> double {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_arithmetic_v<Held>) {
          return static_cast<double>(held);
        } else {
          return 0;
        }
      },
      value);
}

}  // namespace training
