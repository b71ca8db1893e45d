// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/run_source.h"

namespace eventio {

/// Finds CSV files of metrics below a folder and follows them; README.md says what is read.
///
/// Each file is a run, named by its path below the folder ("version_0/metrics.csv"), so that it
/// stands beside the run of the event files in the same folder. Where a folder is walked, files
/// that hold no metrics are passed over; a file that is opened by itself is refused then. One
/// thread; files are polled at `pollInterval` for two minutes after they changed, all of them at
/// twelve times that.
class CsvMetricsSource : public RunSource {
 public:
  [[nodiscard]] static Result<std::unique_ptr<CsvMetricsSource>> open(
      const std::filesystem::path& path, std::shared_ptr<RunStore> store,
      RunSourceOptions options = {});
  ~CsvMetricsSource() override;

  [[nodiscard]] const std::string& path() const noexcept override;
  [[nodiscard]] LoadProgress progress() const override;
  bool waitUntilLoaded(std::chrono::milliseconds timeout) override;
  void rescan() override;
  [[nodiscard]] std::vector<Message> problems() const override;

 private:
  class Impl;
  explicit CsvMetricsSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

/// True for a name under which tools keep metrics as CSV: one that ends in ".csv", and Keras's
/// "training.log".
[[nodiscard]] bool isCsvMetricsName(std::string_view name);

/// Whether a file that the user named is one to open here: a CSV file by its name, or one that
/// begins as a metrics file does.
[[nodiscard]] bool isCsvMetricsFile(const std::filesystem::path& file);

}  // namespace eventio
