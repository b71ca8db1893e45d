// SPDX-License-Identifier: GPL-3.0-or-later
// What the benchmarks of eventio and the jobs that stand beside other programs have in common.
#pragma once

#include <malloc.h>
#include <stdlib.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "eventio/reader/log_directory.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

namespace workload {

namespace fs = std::filesystem;

class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
  }

 private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

inline std::unique_ptr<eventio::SummaryWriter> openWriter(
    const fs::path& folder, eventio::SummaryWriterOptions options = {}) {
  auto writer = eventio::SummaryWriter::create(folder, std::move(options));
  if (!writer) throw std::runtime_error(writer.error().message.english());
  return std::move(*writer);
}

inline void require(const eventio::Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message.english());
}

/// Scalars as a training job writes them: `tags` values a step, a step every 10 ms.
inline void writeRun(const fs::path& folder, int tags, int steps) {
  std::vector<std::string> names;
  for (int tag = 0; tag < tags; ++tag) names.push_back("group/tag" + std::to_string(tag));
  const auto writer = openWriter(folder);
  for (int step = 0; step < steps; ++step) {
    for (int tag = 0; tag < tags; ++tag) {
      const float value = std::sin(static_cast<float>(step * tags + tag)) + 1.0F;
      require(writer->addScalar(names[static_cast<std::size_t>(tag)], value, step,
                                1.6e9 + step * 1e-2));
    }
  }
  require(writer->close());
}

inline void writeRuns(const fs::path& folder, int runs, int tags, int steps) {
  for (int run = 0; run < runs; ++run) writeRun(folder / std::to_string(run), tags, steps);
}

inline std::vector<fs::path> filesBelow(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

inline std::size_t bytesBelow(const fs::path& folder) {
  std::size_t bytes = 0;
  for (const fs::path& file : filesBelow(folder)) bytes += fs::file_size(file);
  return bytes;
}

/// Small and large values, of both signs, as weights and gradients have them.
inline std::vector<float> weights(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = std::sin(static_cast<float>(i * i)) * 0.1F;
  return values;
}

/// A line of /proc/self/status, in bytes.
inline std::size_t processMemory(const std::string& name) {
  std::ifstream status("/proc/self/status");
  std::string word;
  std::size_t kilobytes = 0;
  while (status >> word) {
    if (word == name + ":" && status >> kilobytes) break;
  }
  return kilobytes * 1024;
}

/// From now on VmHWM holds the largest memory since this call. Free memory is handed back before.
inline void resetPeakMemory() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

struct Load {
  double seconds = 0;
  double firstSeriesSeconds = 0;  ///< until the first curve of two points can be drawn
  std::size_t points = 0;
  std::size_t storeBytes = 0;  ///< what the store says of itself
  std::size_t peakBytes = 0;   ///< what the process grew by at most
};

inline bool hasSeries(const eventio::RunStore& store) {
  for (const auto& run : store.runs()) {
    for (const auto& tag : run->tags()) {
      if (tag.kind == eventio::TagKind::kScalar && tag.count >= 2) return true;
    }
  }
  return false;
}

/// Loads all runs below `folder` as the window does, and looks for the first curve meanwhile.
inline Load load(const fs::path& folder, int threads) {
  resetPeakMemory();
  const std::size_t before = processMemory("VmRSS");
  Load result;
  const Stopwatch watch;
  const auto store = std::make_shared<eventio::RunStore>();
  const auto directory =
      eventio::LogDirectory::open(folder, store, {.threads = threads, .follow = false});
  if (!directory) throw std::runtime_error(directory.error().message.english());
  while (!hasSeries(*store) && !(*directory)->waitUntilLoaded(std::chrono::milliseconds(2))) {
  }
  result.firstSeriesSeconds = watch.seconds();
  while (!(*directory)->waitUntilLoaded(std::chrono::hours(1))) {
  }
  result.seconds = watch.seconds();
  result.peakBytes = processMemory("VmHWM") - before;
  for (const auto& run : store->runs()) {
    result.storeBytes += run->memoryBytes();
    for (const auto& tag : run->tags()) result.points += tag.count;
  }
  return result;
}

}  // namespace workload
