// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <map>
#include <regex>
#include <set>
#include <sstream>

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

CLI::App* addTrain(CLI::App& program, TrainOptions& options, std::string& layers) {
  training::TrainingConfig& config = options.config;
  CLI::App* train = program.add_subcommand("train", "Train without a window");
  train
      ->add_option(
          "--data", config.dataFolder,
          "Folder or file of a data set of grey 28x28 pictures: IDX files as MNIST's, .npz as "
          "MedMNIST's, a folder of pictures by class; 'auto' looks for Fashion-MNIST or "
          "MNIST in the usual places")
      ->capture_default_str()
      ->type_name("PATH");
  train->add_option("--epochs", config.epochs, "Epochs of training")
      ->check(atLeast(1))
      ->capture_default_str()
      ->type_name("N");
  train->add_option("--batch-size", config.batchSize, "Samples a step")
      ->check(atLeast(1))
      ->capture_default_str()
      ->type_name("N");
  train->add_option("--lr", config.learningRate, "Learning rate of training")
      ->check(kFinite)
      ->capture_default_str()
      ->type_name("X");
  train->add_option("--momentum", config.momentum, "Momentum of SGD, 0 to below 1")
      ->check(kFinite)
      ->capture_default_str()
      ->type_name("X");
  train->add_option("--weight-decay", config.weightDecay, "Weight decay of SGD")
      ->check(kFinite)
      ->capture_default_str()
      ->type_name("X");
  train
      ->add_option("--fine-tune-epochs", config.fineTuneEpochs,
                   "Epochs of fine-tuning; 0 leaves that phase out")
      ->check(atLeast(0))
      ->capture_default_str()
      ->type_name("N");
  train
      ->add_option("--fine-tune-layers", layers,
                   "Layers to train in fine-tuning, with commas between; the others are frozen")
      ->default_str("fc1,fc2")
      ->type_name("NAMES");
  train->add_option("--fine-tune-lr", config.fineTuneLearningRate, "Learning rate of fine-tuning")
      ->check(kFinite)
      ->capture_default_str()
      ->type_name("X");
  train
      ->add_option("--histogram-interval", config.histogramInterval,
                   "Steps between histograms of parameters and gradients; 0: none")
      ->check(atLeast(0))
      ->capture_default_str()
      ->type_name("N");
  train->add_option("--seed", config.seed, "Seed; the same seed gives the same run, bit for bit")
      ->check(kSeed)
      ->capture_default_str()
      ->type_name("N");
  train
      ->add_option("--threads", config.threads,
                   "Threads that train; 0: one for each core that the process may use")
      ->check(atLeast(0))
      ->capture_default_str()
      ->type_name("N");
  train->add_option("--device", config.device, "Where to train: cpu, cuda, cuda:1, ...")
      ->capture_default_str()
      ->type_name("NAME");
  train->add_option("--logdir", config.logDirectory, "Folder that the run's folder is made in")
      ->capture_default_str()
      ->type_name("FOLDER");
  train->add_option("--name", config.runName, "Name of the run; a number is added when it is taken")
      ->capture_default_str()
      ->type_name("NAME");
  train
      ->add_option("--continue", config.continueRun,
                   "Go on from the model saved in this run's folder, with its settings. Beside it "
                   "only --data (where the same data lie now), --device, --threads, --epochs (more "
                   "of them), --lr, --on-non-finite and --quiet may stand")
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
          "its rate). After 10 answers in a row the run stops. Without the option a terminal is "
          "asked, else the run stops")
      ->check(CLI::IsMember(kNonFiniteWords))
      ->type_name("WORD");
  train->add_flag("--quiet", options.quiet, "No progress, only the closing lines");
  return train;
}

CLI::App* addInspect(CLI::App& program, InspectOptions& options) {
  CLI::App* inspect = program.add_subcommand("inspect",
                                             "Tell what event files and CSV files of metrics hold: "
                                             "runs, tags, kinds, counts, steps, damage");
  inspect->add_option("LOGDIR", options.path, kLogDirHelp)->required()->type_name("");
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
  exporting->add_option("LOGDIR", options.path, kLogDirHelp)->required()->type_name("");
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
      ->type_name("FILE");
  exporting
      ->add_option("--media", options.mediaFolder,
                   "Write the bytes of images, audio, graphs and embeddings to files as well: "
                   "FOLDER/<run>/<tag>/<step>_<n>.png, .jpg, .gif, .wav, .pb, ...; \"file\" of a "
                   "row is the path below FOLDER. Letters that file names may not have become %XX")
      ->type_name("FOLDER");
  return exporting;
}

/// With --continue the run's own settings hold; an option that would silently do nothing is
/// refused.
std::string conflictWithContinue(const CLI::App& train) {
  static const std::set<std::string> kMayChange = {"--continue",      "--data",   "--device",
                                                   "--threads",       "--epochs", "--lr",
                                                   "--on-non-finite", "--quiet"};
  for (const CLI::Option* option : train.get_options()) {
    if (option->count() > 0 && kMayChange.count(option->get_name()) == 0) {
      return option->get_name() +
             " cannot stand beside --continue: a continued run keeps its own settings";
    }
  }
  return {};
}

training::ContinueChanges changesOf(const CLI::App& train, const training::TrainingConfig& config) {
  training::ContinueChanges changes;
  if (train.count("--data") > 0) changes.dataFolder = config.dataFolder;
  if (train.count("--device") > 0) changes.device = config.device;
  if (train.count("--threads") > 0) changes.threads = config.threads;
  if (train.count("--epochs") > 0) changes.epochs = config.epochs;
  if (train.count("--lr") > 0) changes.learningRate = config.learningRate;
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
  std::string layers;

  CLI::App program(
      "TrainDeck trains neural networks and shows what they learn while they do.\n"
      "Without a subcommand it opens the window on the given log directories.",
      "traindeck");
  program.add_option("LOGDIR", window.logDirectories, kLogDirHelp)->type_name("");
  bool version = false;
  program.add_flag("--version", version, "Versions of TrainDeck, Qt and LibTorch");
  program.require_subcommand(0, 1);
  CLI::App* trainCommand = addTrain(program, train, layers);
  CLI::App* inspectCommand = addInspect(program, inspect);
  CLI::App* exportCommand = addExport(program, exporting);

  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    std::ostringstream output;
    std::ostringstream ignored;
    if (program.exit(error, output, ignored) == 0) return EarlyExit{0, output.str(), {}};
    return wrongArgument(error.what());
  }
  if (version) return VersionRequest{};
  if (trainCommand->parsed()) {
    if (trainCommand->count("--continue") > 0) {
      const std::string conflict = conflictWithContinue(*trainCommand);
      if (!conflict.empty()) return wrongArgument(conflict);
      train.config.changes = changesOf(*trainCommand, train.config);
    }
    train.program = argv[0];
    if (trainCommand->count("--fine-tune-layers") > 0) {
      train.config.fineTuneLayers = splitAtCommas(layers);
    }
    return train;
  }
  if (inspectCommand->parsed()) return inspect;
  if (exportCommand->parsed()) return exporting;
  return window;
}

}  // namespace app
