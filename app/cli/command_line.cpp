// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_line.h"
#include "app/cli/argument_error.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <type_traits>

#include <tl/expected.hpp>

#include "training/job/setting_choices.h"
#include "training/settings/setting.h"

namespace app {
namespace {

constexpr const char* kLogDirHelp =
    "Folder with runs (everything below it), or one event file or CSV file of metrics";

std::vector<std::string> splitAtCommas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

/// "256,128" as numbers; the error is the part that is none.
tl::expected<std::vector<std::int64_t>, std::string> wholeNumbers(const std::string& text) {
  std::vector<std::int64_t> numbers;
  std::istringstream stream(text + ",");
  for (std::string part; std::getline(stream, part, ',');) {
    std::int64_t number = 0;
    const char* const last = part.data() + part.size();
    const auto [end, code] = std::from_chars(part.data(), last, number);
    if (code != std::errc() || end != last) return tl::unexpected(part);
    numbers.push_back(number);
  }
  return numbers;
}

const CLI::Validator kWholeNumbers(
    [](std::string& text) -> std::string {
      const auto numbers = wholeNumbers(text);
      if (numbers) return {};
      return "'" + numbers.error() + "' in '" + text + "' is not a whole number";
    },
    "");

/// Refuses NaN and infinities, which CLI11 reads as numbers.
const CLI::Validator kFinite(
    [](std::string& text) -> std::string {
      double value = 0;
      if (!CLI::detail::lexical_cast(text, value)) return "'" + text + "' is not a number";
      return std::isfinite(value) ? std::string() : "'" + text + "' is not a finite number";
    },
    "");

/// CLI11 would let a negative number wrap around in an unsigned option.
const CLI::Validator kSeed(
    [](std::string& text) -> std::string {
      std::uint64_t value = 0;
      const char* const last = text.data() + text.size();
      const auto [end, code] = std::from_chars(text.data(), last, value);
      if (code == std::errc() && end == last) return {};
      return "'" + text + "' is not a whole number from 0 to 2^64 - 1";
    },
    "");

/// An empty name comes from a shell variable that is not set, not from a wish for the default.
const CLI::Validator kNamesSomething(
    [](const std::string& text) -> std::string {
      return text.empty() ? "the name is empty" : std::string();
    },
    "");

const CLI::Validator kRegularExpression(
    [](std::string& text) -> std::string {
      try {
        const std::regex compiled(text, std::regex::ECMAScript | std::regex::icase);
        return {};
      } catch (const std::regex_error& error) {
        return "'" + text + "' is not a regular expression: " + error.what();
      }
    },
    "");

/// A whole number from `least` up, with a message that says so.
CLI::Validator atLeast(std::int64_t least) {
  return CLI::Validator(
      [least](std::string& text) -> std::string {
        std::int64_t value = 0;
        const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (code == std::errc::result_out_of_range) return text + " is out of range";
        if (code != std::errc() || end != text.data() + text.size()) {
          return "'" + text + "' is not a whole number";
        }
        if (value >= least) return {};
        return "must be at least " + std::to_string(least) + ", not " + text;
      },
      "");
}

const CLI::Validator kNotEmpty(
    [](std::string& text) { return text.empty() ? std::string("must not be empty") : ""; }, "");

const std::map<std::string, training::NonFiniteAnswer> kNonFiniteWords = {
    {"stop", training::NonFiniteAnswer::kStop},
    {"skip", training::NonFiniteAnswer::kGoOn},
    {"lower", training::NonFiniteAnswer::kLowerRate}};

/// "--data (where the same data lie now), --lr, ...": what may be set anew beside --continue.
std::string optionsOnContinue() {
  std::string list;
  for (const training::Setting& setting : training::settingsTable()) {
    if (setting.onContinue == training::Setting::OnContinue::kFixed) continue;
    list += (list.empty() ? "" : ", ") + std::string(setting.option);
    if (setting.editor == training::Setting::Editor::kDataSet) {
      list += " (where the same data lie now)";
    }
    if (setting.onContinue == training::Setting::OnContinue::kUpwards) list += " (more of them)";
  }
  return list;
}

/// "classification (class labels; ...), ...": what the catalogue of a setting offers.
std::string choicesOf(const training::Setting& setting) {
  std::string text;
  for (const training::SettingChoice& choice : training::settingChoices(setting)) {
    text += (text.empty() ? "" : ", ") + choice.value + " (" + choice.help + ")";
  }
  return text;
}

/// Adds the option of a setting, which writes to its member.
CLI::Option* addSetting(CLI::App& train, const training::Setting& setting,
                        training::TrainingConfig& config) {
  const auto add = [&](auto& value) -> CLI::Option* {
    using Value = std::decay_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, bool>) {
      return train.add_flag(setting.option, value, setting.help);
    } else if constexpr (std::is_same_v<Value, std::vector<std::string>>) {
      return train.add_option_function<std::string>(
          setting.option, [&value](const std::string& text) { value = splitAtCommas(text); },
          setting.help);
    } else if constexpr (std::is_same_v<Value, std::vector<std::int64_t>>) {
      return train
          .add_option_function<std::string>(
              setting.option,
              [&value](const std::string& text) { value = wholeNumbers(text).value_or(Value()); },
              setting.help)
          ->check(kWholeNumbers);
    } else {
      CLI::Option* option = train.add_option(setting.option, value, setting.help);
      if constexpr (std::is_same_v<Value, double>) option->check(kFinite);
      if constexpr (std::is_same_v<Value, std::uint64_t>) option->check(kSeed);
      if constexpr (std::is_same_v<Value, std::int64_t> || std::is_same_v<Value, int>) {
        option->check(atLeast(setting.minimum));
      }
      return option;
    }
  };
  CLI::Option* option =
      std::visit([&](const auto member) { return add(config.*member); }, setting.member);
  const std::string choices = choicesOf(setting);
  if (!choices.empty()) option->description(std::string(setting.help) + ": " + choices);
  if (std::holds_alternative<bool training::TrainingConfig::*>(setting.member)) return option;
  return option->default_str(setting.shownDefault())->type_name(setting.placeholder);
}

CLI::App* addTrain(CLI::App& program, TrainOptions& options) {
  training::TrainingConfig& config = options.config;
  CLI::App* train = program.add_subcommand("train", "Train without a window");
  for (const training::Setting& setting : training::settingsTable()) {
    addSetting(*train, setting, config);
  }
  train
      ->add_option("--continue", config.continueRun,
                   "Go on from the model saved in this run's folder, with its settings. Beside it "
                   "only " +
                       optionsOnContinue() + ", --on-non-finite and --quiet may stand")
      ->check(kNotEmpty)
      ->type_name("RUN");
  train
      ->add_option_function<std::string>(
          "--on-non-finite",
          [&options](const std::string& word) { options.onNonFinite = kNonFiniteWords.at(word); },
          "When a loss or gradient is not finite: stop; skip (leave the batch out; where that is "
          "more than half of an epoch's batches the run has diverged and ends with status 1); or "
          "lower (leave it out and go on with a tenth of the learning rate; where that does not "
          "help, go back to the newest good saved state, at the latest to step 0, with a tenth of "
          "its rate). After 20 answers in a row the run stops. Without the option a terminal is "
          "asked, else the run stops")
      ->check(CLI::IsMember(kNonFiniteWords))
      ->type_name("WORD");
  train->add_flag("--quiet", options.quiet, "No progress, only the closing lines");
  return train;
}

CLI::App* addInspect(CLI::App& program, InspectOptions& options) {
  CLI::App* inspect = program.add_subcommand("inspect",
                                             "List what event files and CSV files of metrics hold: "
                                             "runs, tags, kinds, counts, steps, damage");
  inspect->add_option("LOGDIR", options.path, kLogDirHelp)
      ->required()
      ->check(kNamesSomething)
      ->type_name("");
  inspect->add_flag("--json", options.json, "As one JSON object");
  return inspect;
}

CLI::App* addExport(CLI::App& program, ExportOptions& options) {
  static const std::set<std::string> kKinds = {"scalar", "histogram", "text",     "hparam",
                                               "image",  "audio",     "pr_curve", "mesh",
                                               "layout", "graph",     "other",    "embedding"};
  static const std::map<std::string, ExportOptions::Format> kFormats = {
      {"jsonl", ExportOptions::Format::kJsonLines}, {"csv", ExportOptions::Format::kCsv}};
  CLI::App* exporting = program.add_subcommand("export", "Write the points of event files as text");
  exporting->add_option("LOGDIR", options.path, kLogDirHelp)
      ->required()
      ->check(kNamesSomething)
      ->type_name("");
  exporting
      ->add_option("--run", options.runPattern,
                   "Only runs in whose name this regular expression is found (any case)")
      ->check(kRegularExpression)
      ->type_name("RE");
  exporting
      ->add_option("--tag", options.tagPattern,
                   "Only tags in which this regular expression is found (any case)")
      ->check(kRegularExpression)
      ->type_name("RE");
  exporting
      ->add_option("--kind", options.kind,
                   "Only this kind: scalar, histogram, text, hparam, image, audio, pr_curve, mesh, "
                   "layout, graph, embedding, other")
      ->check(CLI::IsMember(kKinds))
      ->type_name("KIND");
  exporting
      ->add_option_function<std::string>(
          "--format", [&options](const std::string& name) { options.format = kFormats.at(name); },
          "jsonl (one object a line) or csv")
      ->check(CLI::IsMember(kFormats))
      ->type_name("FORMAT")
      ->default_str("jsonl");
  exporting
      ->add_option("-o,--output", options.outputFile,
                   "File to write; the standard output when left out")
      ->check(kNamesSomething)
      ->type_name("FILE");
  exporting
      ->add_option("--media", options.mediaFolder,
                   "Write the bytes of images, audio, graphs and embeddings to files as well: "
                   "FOLDER/<run>/<tag>/<step>_<n>.png, .jpg, .gif, .wav, .pb, ...; \"file\" of a "
                   "row is the path below FOLDER. Letters that file names may not have become %XX")
      ->check(kNamesSomething)
      ->type_name("FOLDER");
  return exporting;
}

/// With --continue the run's own settings hold; an option that would silently do nothing is
/// refused.
std::string conflictWithContinue(const CLI::App& train) {
  for (const training::Setting& setting : training::settingsTable()) {
    const bool fixed = setting.onContinue == training::Setting::OnContinue::kFixed;
    if (fixed && train.count(setting.option) > 0) {
      return std::string(setting.option) +
             " cannot stand beside --continue: a continued run keeps its own settings";
    }
  }
  return {};
}

std::vector<std::string> givenSettings(const CLI::App& train) {
  std::vector<std::string> names;
  for (const training::Setting& setting : training::settingsTable()) {
    if (train.count(setting.option) > 0) names.emplace_back(setting.name);
  }
  return names;
}

training::ContinueChanges changesOf(const CLI::App& train, const training::TrainingConfig& config) {
  training::ContinueChanges changes;
  for (const training::Setting& setting : training::settingsTable()) {
    if (train.count(setting.option) > 0) changes.set(setting.name, setting.valueIn(config));
  }
  return changes;
}

std::string oneLine(std::string text) {
  for (char& c : text) {
    if (c == '\n' || c == '\r') c = ' ';
  }
  return text;
}

EarlyExit wrongArgument(const std::string& what) {
  return EarlyExit{2, {}, "traindeck: " + oneLine(what) + " (see traindeck --help)\n"};
}

}  // namespace

Command parseCommandLine(int argc, const char* const* argv) {
  WindowOptions window;
  TrainOptions train;
  InspectOptions inspect;
  ExportOptions exporting;

  CLI::App program(
      "TrainDeck trains neural networks and shows what they learn while they do.\n"
      "Without a subcommand it opens the window on the given log directories.",
      "traindeck");
  program.add_option("LOGDIR", window.logDirectories, kLogDirHelp)
      ->check(kNamesSomething)
      ->type_name("");
  bool version = false;
  program.add_flag("--version", version, "Versions of TrainDeck, Qt and LibTorch");
  program.require_subcommand(0, 1);
  CLI::App* trainCommand = addTrain(program, train);
  CLI::App* inspectCommand = addInspect(program, inspect);
  CLI::App* exportCommand = addExport(program, exporting);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    std::ostringstream ignored;
    if (program.exit(error, output, ignored) == 0) return EarlyExit{0, output.str(), {}};
    return wrongArgument(describeArgumentError(error, program));
  }
  if (version) return VersionRequest{};
  if (trainCommand->parsed()) {
    if (trainCommand->count("--continue") > 0) {
      const std::string conflict = conflictWithContinue(*trainCommand);
      if (!conflict.empty()) return wrongArgument(conflict);
      train.config.changes = changesOf(*trainCommand, train.config);
    }
    train.given = givenSettings(*trainCommand);
    train.program = argv[0];
    if (trainCommand->count("--fine-tune-layers") == 0) {
      train.config.fineTuneLayers = training::lastLayers(train.config);
    }
    if (trainCommand->count("--name") == 0) {
      train.config.runName = training::runNameFor(train.config.model);
    }
    return train;
  }
  if (inspectCommand->parsed()) return inspect;
  if (exportCommand->parsed()) return exporting;
  return window;
}

}  // namespace app
