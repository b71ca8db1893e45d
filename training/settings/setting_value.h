// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace training {

/// A value of a setting, whatever its type.
using SettingValue = std::variant<std::string, std::int64_t, int, std::uint64_t, double, bool,
                                  std::vector<std::string>, std::vector<std::int64_t>>;

/// "0.01", "fc1,fc2": as the command line takes it.
[[nodiscard]] std::string settingText(const SettingValue& value);

/// A number or truth value (0 or 1) as a double; 0 for texts and lists.
[[nodiscard]] double numberIn(const SettingValue& value);

/// What may change when a run goes on: new values by the setting's name. What is left out stays as
/// it was.
class ContinueChanges {
 public:
  void set(const std::string& name, SettingValue value) { m_values[name] = std::move(value); }
  [[nodiscard]] bool has(const std::string& name) const { return m_values.count(name) > 0; }
  [[nodiscard]] const std::map<std::string, SettingValue>& values() const { return m_values; }
  /// The new value of a setting whose member has the type T.
  template <class T>
  [[nodiscard]] std::optional<T> get(const std::string& name) const {
    const auto found = m_values.find(name);
    if (found == m_values.end()) return std::nullopt;
    return std::get<T>(found->second);
  }

 private:
  std::map<std::string, SettingValue> m_values;
};

}  // namespace training
