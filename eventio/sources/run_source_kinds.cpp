// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/sources/run_source_kinds.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "eventio/import/csv_metrics/csv_metrics_source.h"
#include "eventio/reader/event_file.h"
#include "eventio/reader/log_directory.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

template <class Source>
Result<std::unique_ptr<RunSource>> openAs(const fs::path& path, std::shared_ptr<RunStore> store,
                                          RunSourceOptions options) {
  return Source::open(path, std::move(store), options);
}

constexpr std::array kKinds{
    RunSourceKind{"TensorBoard event files",
                  [](const fs::path& file) { return takeAsEventFile(file).has_value(); },
                  openAs<LogDirectory>},
    RunSourceKind{"CSV files of metrics", isCsvMetricsFile, openAs<CsvMetricsSource>},
};

/// Several sources of one folder as one.
class CombinedSource : public RunSource {
 public:
  explicit CombinedSource(std::vector<std::unique_ptr<RunSource>> sources)
      : m_sources(std::move(sources)), m_taken(m_sources.size()) {}

  [[nodiscard]] const std::string& path() const noexcept override {
    return m_sources.front()->path();
  }

  [[nodiscard]] LoadProgress progress() const override {
    LoadProgress sum;
    sum.discovering = false;
    sum.loaded = true;
    for (const auto& source : m_sources) {
      const LoadProgress progress = source->progress();
      sum.bytesRead += progress.bytesRead;
      sum.bytesFound += progress.bytesFound;
      sum.filesDone += progress.filesDone;
      sum.filesFound += progress.filesFound;
      sum.discovering = sum.discovering || progress.discovering;
      sum.loaded = sum.loaded && progress.loaded;
    }
    return sum;
  }

  bool waitUntilLoaded(std::chrono::milliseconds timeout) override {
    const auto end = Clock::now() + timeout;
    return std::all_of(m_sources.begin(), m_sources.end(), [end](const auto& source) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
      return source->waitUntilLoaded(std::max(left, std::chrono::milliseconds(0)));
    });
  }

  void rescan() override {
    for (const auto& source : m_sources) source->rescan();
  }

  /// A place that several of them cannot read is named once.
  [[nodiscard]] std::vector<Message> problems() const override {
    const std::lock_guard lock(m_mutex);
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
      const std::vector<Message> all = m_sources[i]->problems();
      for (; m_taken[i] < all.size(); ++m_taken[i]) {
        const Message& problem = all[m_taken[i]];
        if (m_known.insert(problem.english()).second) m_problems.push_back(problem);
      }
    }
    return m_problems;
  }

 private:
  const std::vector<std::unique_ptr<RunSource>> m_sources;
  mutable std::mutex m_mutex;
  mutable std::vector<std::size_t> m_taken;  // problems of each source that stand in m_problems
  mutable std::vector<Message> m_problems;
  mutable std::set<std::string> m_known;  // in English
};

}  // namespace

std::span<const RunSourceKind> runSourceKinds() {
  return kKinds;
}

Result<std::unique_ptr<RunSource>> openRunSource(const fs::path& path,
                                                 std::shared_ptr<RunStore> store,
                                                 RunSourceOptions options) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    const auto* const kind =
        std::find_if(kKinds.begin(), kKinds.end(),
                     [&path](const RunSourceKind& each) { return each.matches(path); });
    // The first kind says why a path that none matches cannot be opened.
    return (kind == kKinds.end() ? kKinds.front() : *kind).open(path, std::move(store), options);
  }
  std::vector<std::unique_ptr<RunSource>> sources;
  for (const RunSourceKind& kind : kKinds) {
    auto source = kind.open(path, store, options);
    if (!source) return source;
    sources.push_back(std::move(*source));
  }
  return std::make_unique<CombinedSource>(std::move(sources));
}

}  // namespace eventio
