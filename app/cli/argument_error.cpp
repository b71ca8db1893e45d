// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/argument_error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>
#include <string_view>
#include <vector>

namespace app {
namespace {

/// The subcommand that was given, or the program itself.
const CLI::App& commandOf(const CLI::App& program) {
  const auto given = program.get_subcommands();
  return given.empty() ? program : *given.front();
}

std::vector<std::string> optionNames(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Insertions, deletions and replacements of a letter that turn one text into the other
/// (Levenshtein's distance).
std::size_t editDistance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// The option that was meant; empty where none is like it.
std::string nearestOption(const std::string& given, const CLI::App& command) {
  std::string nearest;
  std::size_t least = given.size() / 3 + 1;
  for (const std::string& name : optionNames(command)) {
    const std::size_t distance = name.starts_with(given) ? 1 : editDistance(given, name);
    if (distance >= least) continue;
    least = distance;
    nearest = name;
  }
  return nearest;
}

std::string describeUnknown(const CLI::App& program) {
  const std::vector<std::string> unknown = program.remaining(true);
  const auto option = std::find_if(unknown.begin(), unknown.end(), [](const std::string& argument) {
    return argument.starts_with('-');
  });
  if (option == unknown.end()) {
    return unknown.empty() ? "an argument too many"
                           : "'" + unknown.back() + "' is an argument too many";
  }
  const std::string name = option->substr(0, option->find('='));
  const std::string nearest = nearestOption(name, commandOf(program));
  return "there is no option " + name + (nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

/// An option with too many values or none; empty where the message has to do.
std::string describeMismatch(const CLI::ParseError& error, const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const auto most = static_cast<std::size_t>(std::max(option->get_items_expected_max(), 1));
    if (option->results().size() > most) {
      return option->get_name() + " is given " + std::to_string(option->results().size()) +
             " times; give it once";
    }
  }
  const std::string text = error.what();
  const CLI::Option* option = command.get_option_no_throw(text.substr(0, text.find(':')));
  if (option == nullptr) return {};
  return option->get_name() + " needs a value" +
         (option->get_type_name().empty() ? "" : ", " + option->get_type_name());
}

}  // namespace

std::string describeArgumentError(const CLI::ParseError& error, const CLI::App& program) {
  std::string text;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) text = describeUnknown(program);
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    text = describeMismatch(error, commandOf(program));
  }
  return text.empty() ? error.what() : text;
}

}  // namespace app
