// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "training/control/control.h"
#include "training/settings/config.h"

namespace eventio {
class Run;
}  // namespace eventio

/// What the command line asks for, parsed and checked as far as syntax goes, and the commands that
/// carry it out. Each returns the exit status: 0 done, 1 failed, 2 a wrong argument; failures print
/// one line on stderr. None of them needs a display.
namespace app {

struct TrainOptions {
  training::TrainingConfig config;
  std::vector<std::string> given{};  ///< names of the settings that the command line sets
  bool quiet = false;                ///< no progress; the closing lines on stdout stay
  /// The answer to values that are not finite; empty: asked on a terminal, else kStop.
  std::optional<training::NonFiniteAnswer> onNonFinite;
  std::string program = "traindeck";  ///< how it was called, to name the command that continues
};

struct InspectOptions {
  std::string path;  ///< log directory or event file
  bool json = false;
};

struct ExportOptions {
  enum class Format { kJsonLines, kCsv };
  std::string path;
  std::string runPattern;  ///< regular expression, case-insensitive, found anywhere; empty: all
  std::string tagPattern;
  std::string kind;  ///< a word of eventio::toString(TagKind), or "embedding"; empty: all
  Format format = Format::kJsonLines;
  std::string outputFile;   ///< empty: stdout
  std::string mediaFolder;  ///< where images, audio, graphs and embeddings go; empty: nowhere
  /// Gets every failure as a sentence, at least one where the exit status is not 0; empty: they are
  /// lines on stderr.
  std::function<void(const eventio::Message&)> report{};
};

struct WindowOptions {
  std::vector<std::string> logDirectories;
};

[[nodiscard]] int runTrain(const TrainOptions& options);
[[nodiscard]] int runInspect(const InspectOptions& options);
[[nodiscard]] int runExport(const ExportOptions& options);
/// A run and the name that it is written under.
struct NamedRun {
  std::shared_ptr<eventio::Run> run;
  std::string name;
};
/// Exports runs as they stand in the store, live or loaded; `options.path` and
/// `options.runPattern` say nothing here.
[[nodiscard]] int exportRuns(const std::vector<NamedRun>& runs, const ExportOptions& options);
/// Opens the window; `argc` and `argv` are Qt's to read.
[[nodiscard]] int runWindow(const WindowOptions& options, int& argc, char** argv);
/// The Qt that the window runs with: "Qt 6.4.2".
[[nodiscard]] std::string windowVersion();

}  // namespace app
