// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/argument_error.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "app/cli/edit_distance.h"

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
