// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/sub_runs.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "eventio/base/file_replacement.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/text/text_format.h"

namespace eventio {

namespace {

/// A folder's name that is not taken, the time in seconds.
std::string nameOfNow(const std::filesystem::path& directory) {
  using std::chrono::microseconds;
  const auto sinceEpoch = std::chrono::system_clock::now().time_since_epoch();
  auto time = std::chrono::duration_cast<microseconds>(sinceEpoch).count();
  std::error_code ignored;
  while (true) {
    std::string fraction = std::to_string(time % 1000000);
    fraction.insert(0, 6 - fraction.size(), '0');
    std::string name = std::to_string(time / 1000000) + "." + fraction;
    if (!std::filesystem::exists(directory / name, ignored)) return name;
    ++time;
  }
}

}  // namespace

Result<std::filesystem::path> subRunFolder(const std::filesystem::path& directory,
                                           std::string_view name) {
  const std::filesystem::path relative(name);
  const bool leadsAway =
      relative.empty() || relative.is_absolute() || name.find('\0') != std::string_view::npos ||
      name.find("//") != std::string_view::npos ||
      std::any_of(relative.begin(), relative.end(), [](const std::filesystem::path& part) {
        return part == ".." || part == "." || part.empty();
      });
  if (leadsAway || !isUtf8(name)) {
    return makeError(
        ErrorCode::kInvalidArgument,
        "'%1' cannot be the folder of a run: name it by UTF-8 text without '.', '..' and "
        "empty parts between its slashes",
        name);
  }
  return directory / relative;
}

static SummaryWriterOptions forSubRuns(SummaryWriterOptions options) {
  options.onWritten = {};  // it reports one run
  return options;
}

SubRuns::SubRuns(std::filesystem::path directory, SummaryWriterOptions options)
    : m_directory(std::move(directory)), m_options(forSubRuns(std::move(options))) {}

Result<std::shared_ptr<SummaryWriter>> SubRuns::writerOf(const std::filesystem::path& folder) {
  const std::lock_guard lock(m_mutex);
  if (m_closed) return makeError(ErrorCode::kClosed, "the log is closed: nothing can be added");
  std::shared_ptr<SummaryWriter>& writer = m_writers[folder];
  if (writer != nullptr) return writer;
  auto made = SummaryWriter::create(folder, m_options);
  if (!made) {
    m_writers.erase(folder);
    return tl::unexpected<Error>(made.error());
  }
  writer = std::move(*made);
  return writer;
}

std::vector<std::shared_ptr<SummaryWriter>> SubRuns::writers() const {
  const std::lock_guard lock(m_mutex);
  std::vector<std::shared_ptr<SummaryWriter>> all;
  for (const auto& [folder, writer] : m_writers) all.push_back(writer);
  return all;
}

Result<void> SubRuns::addScalar(std::string_view mainTag, std::string_view name, float value,
                                std::int64_t step, double wallTime) {
  const auto folder = subRunFolder(m_directory, std::string(mainTag).append("/").append(name));
  if (!folder) return tl::unexpected<Error>(folder.error());
  if (m_options.keepScalarsForExport) {
    const std::lock_guard lock(m_mutex);
    if (!m_closed) m_kept[folder->string()].push_back({wallTime, step, value});
  }
  if (!m_options.writeToDisk) return {};
  const auto writer = writerOf(*folder);
  if (!writer) return tl::unexpected<Error>(writer.error());
  return (*writer)->addScalar(mainTag, value, step, wallTime);
}

Result<void> SubRuns::exportToJson(const std::filesystem::path& file) {
  if (!m_options.keepScalarsForExport) {
    return makeError(ErrorCode::kUnsupported,
                     "the scalars were not kept: set keepScalarsForExport in the writer's options");
  }
  std::map<std::string, std::vector<Kept>> kept;
  {
    const std::lock_guard lock(m_mutex);
    kept.swap(m_kept);
  }
  std::string json = "{";
  for (const auto& [folder, points] : kept) {
    if (json.size() > 1) json += ", ";
    appendJsonString(json, folder);
    json += ": [";
    for (std::size_t i = 0; i < points.size(); ++i) {
      json += i == 0 ? "[" : ", [";
      appendJsonNumber(json, points[i].wallTime, Digits::kWallTime);
      json += ", ";
      appendInteger(json, points[i].step);
      json += ", ";
      appendJsonNumber(json, static_cast<double>(points[i].value));
      json += ']';
    }
    json += ']';
  }
  Result<void> written = replaceFile(file, json + "}");
  if (written) return written;
  const std::lock_guard lock(m_mutex);  // they are kept for another try
  for (auto& [folder, points] : m_kept) {
    auto& earlier = kept[folder];
    earlier.insert(earlier.end(), points.begin(), points.end());
  }
  m_kept.swap(kept);
  return written;
}

Result<void> SubRuns::writeHparams(const std::map<std::string, HparamValue>& hparams,
                                   const std::map<std::string, double>& metrics,
                                   const HparamsRunOptions& options) {
  SummaryWriterOptions runOptions;
  {
    const std::lock_guard lock(m_mutex);
    if (m_closed) return makeError(ErrorCode::kClosed, "the log is closed: nothing can be added");
    runOptions = m_options;
  }
  const auto folder =
      subRunFolder(m_directory, options.name.empty() ? nameOfNow(m_directory) : options.name);
  if (!folder) return tl::unexpected<Error>(folder.error());
  runOptions.purgeStep.reset();
  const auto writer = SummaryWriter::create(*folder, std::move(runOptions));
  if (!writer) return tl::unexpected<Error>(writer.error());
  std::vector<std::string> tags;
  tags.reserve(metrics.size());
  for (const auto& [tag, value] : metrics) tags.push_back(tag);
  Result<void> result = (*writer)->addHparams(hparams, tags, options.wallTime);
  for (const auto& [tag, value] : metrics) {
    if (!result) return result;
    result = (*writer)->addScalar(tag, static_cast<float>(value), options.step, options.wallTime);
  }
  if (!result) return result;
  (*writer)->setSessionStatus(options.status);
  return (*writer)->close();
}

Result<void> SubRuns::restartFrom(std::int64_t step) {
  {
    const std::lock_guard lock(m_mutex);
    m_options.purgeStep = std::min(step, m_options.purgeStep.value_or(step));
  }
  Result<void> first;
  for (const auto& writer : writers()) {
    if (auto added = writer->restartFrom(step); !added && first) first = std::move(added);
  }
  return first;
}

Result<void> SubRuns::flush(bool toDisk) {
  Result<void> first;
  for (const auto& writer : writers()) {
    if (auto flushed = writer->flush(toDisk); !flushed && first) first = std::move(flushed);
  }
  return first;
}

Result<void> SubRuns::close() {
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
  }
  Result<void> first;
  for (const auto& writer : writers()) {
    if (auto closed = writer->close(); !closed && first) first = std::move(closed);
  }
  return first;
}

void SubRuns::addTo(SummaryWriterStatus& status) const {
  for (const auto& writer : writers()) {
    const SummaryWriterStatus own = writer->status();
    status.recordsQueued += own.recordsQueued;
    status.recordsWritten += own.recordsWritten;
    status.bytesWritten += own.bytesWritten;
    status.waits += own.waits;
    status.recordsLost += own.recordsLost;
    status.failureCount += own.failureCount;
    if (!status.failing && (own.failing || status.failure.empty())) status.failure = own.failure;
    status.failing = status.failing || own.failing;
  }
}

}  // namespace eventio
