// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/writer/summary_writer.h"

namespace eventio {

/// The runs below a writer's folder that SummaryWriter::addScalars() writes, a writer each, and
/// what they were given. Thread-safe.
class SubRuns {
 public:
  SubRuns(std::filesystem::path directory, SummaryWriterOptions options);

  [[nodiscard]] Result<void> addScalar(std::string_view mainTag, std::string_view name, float value,
                                       std::int64_t step, double wallTime);
  [[nodiscard]] Result<void> exportToJson(const std::filesystem::path& file);
  /// A finished run of its own.
  [[nodiscard]] Result<void> writeHparams(const std::map<std::string, HparamValue>& hparams,
                                          const std::map<std::string, double>& metrics,
                                          const HparamsRunOptions& options);
  /// Of the runs that have a writer, and of those that get one later.
  [[nodiscard]] Result<void> restartFrom(std::int64_t step);
  [[nodiscard]] Result<void> flush(bool toDisk);
  [[nodiscard]] Result<void> close();
  void addTo(SummaryWriterStatus& status) const;

 private:
  struct Kept {
    double wallTime;
    std::int64_t step;
    float value;
  };

  [[nodiscard]] Result<std::shared_ptr<SummaryWriter>> writerOf(
      const std::filesystem::path& folder);
  [[nodiscard]] std::vector<std::shared_ptr<SummaryWriter>> writers() const;

  const std::filesystem::path m_directory;
  SummaryWriterOptions m_options;  // purgeStep changes under the mutex, the rest never
  mutable std::mutex m_mutex;
  bool m_closed = false;
  std::map<std::filesystem::path, std::shared_ptr<SummaryWriter>> m_writers;
  std::map<std::string, std::vector<Kept>> m_kept;  // by the run's folder
};

/// Where a run of this name lies below `directory`; kInvalidArgument for a name that leads
/// elsewhere.
[[nodiscard]] Result<std::filesystem::path> subRunFolder(const std::filesystem::path& directory,
                                                         std::string_view name);

}  // namespace eventio
