// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "widgets/style/theme.h"

namespace widgets {

/// How a run looks in every window.
struct RunStyle {
  int colorIndex = 0;  ///< for runColor() and runDashes()
  bool ticked = true;  ///< the user wants to see it
  friend bool operator==(const RunStyle&, const RunStyle&) = default;
};

/// Keeps the styles of runs, and which one is selected, from one start of the program to the next.
/// UI thread.
class RunStyleStorage {
 public:
  RunStyleStorage() = default;
  RunStyleStorage(const RunStyleStorage&) = delete;
  RunStyleStorage& operator=(const RunStyleStorage&) = delete;
  virtual ~RunStyleStorage() = default;

  /// Takes over what other windows stored since the last call.
  virtual void refresh() = 0;
  /// What was stored for the run `name` of a log directory, in whichever directory it was found.
  [[nodiscard]] virtual std::optional<RunStyle> find(const std::string& logDirectory,
                                                     const std::string& name) = 0;
  virtual void store(const std::string& logDirectory, const std::string& name,
                     const RunStyle& style) = 0;
  /// The name of the run that was selected last in a log directory; empty where none was.
  [[nodiscard]] virtual std::string findSelected(const std::string& logDirectory) = 0;
  virtual void storeSelected(const std::string& logDirectory, const std::string& name) = 0;
};

}  // namespace widgets
