// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/logged_points.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <vector>

#include "eventio/base/input_file.h"
#include "eventio/decode/value_decoder.h"
#include "eventio/reader/event_file.h"
#include "eventio/records/event_wire.h"
#include "eventio/records/record_reader.h"

namespace eventio {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> unreadable(const fs::path& path, const std::error_code& error) {
  return makeError(ErrorCode::kIo, "'%1' cannot be read: %2", path, error.message());
}

Result<std::vector<fs::path>> eventFilesOf(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (isEventFileName(entry->path().filename().string())) files.push_back(entry->path());
  }
  if (error) return unreadable(folder, error);
  std::sort(files.begin(), files.end());
  return files;
}

LoggedPoint pointOf(const WireValue& value) {
  if (value.kind == PayloadKind::kSimple) return {value.simple, {}};
  if (value.kind != PayloadKind::kTensor) return {};
  const Result<std::vector<std::string>> texts = decodeTexts(value.payload);
  return {0, texts && !texts->empty() ? texts->front() : std::string()};
}

void collect(const WireEvent& event, const std::string& file, LoggedPoints& points,
             LogCoverage& coverage) {
  if (event.sessionLog && isSessionStart(*event.sessionLog).value_or(false)) {
    for (auto& [tag, steps] : points) steps.erase(steps.lower_bound(event.step), steps.end());
    coverage.cutFrom(event.step);
  }
  for (const WireValue& value : event.values) {
    if (value.tag == coverage.tag()) coverage.add(event.step, file);
    const auto tag = points.find(value.tag);
    if (tag == points.end()) continue;
    tag->second[event.step] = pointOf(value);
  }
}

Result<void> readFile(const fs::path& path, LoggedPoints& points, LogCoverage& coverage) {
  const auto refused = [&path](int number) {
    return unreadable(path, std::error_code(number, std::generic_category()));
  };
  const auto input = openInputFile(path.string());
  if (!input) return refused(input.error().number);
  const auto state = (*input)->state();
  if (!state) return refused(state.error().number);
  std::uint64_t damaged = 0;
  std::uint64_t firstDamage = 0;
  RecordReader reader([&](std::uint64_t offset, std::uint64_t bytes, const Message&) {
    if (damaged == 0) firstDamage = offset;
    damaged += bytes;
  });
  reader.attach(input->get(), state->size);
  Record record;
  WireEvent event;
  RecordReader::Status status = reader.next(record);
  while (status == RecordReader::Status::kRecord) {
    if (parseEvent(record.data, event)) collect(event, path.string(), points, coverage);
    status = reader.next(record);
  }
  if (status == RecordReader::Status::kFailed) return refused(reader.systemError());
  if (damaged > 0) {
    coverage.passOver(
        {"%1: %2 bytes, the first at offset %3, are damaged: the records in them are lost; the run "
         "goes on all the same",
         path, damaged, firstDamage});
  }
  return {};
}

}  // namespace

void LogCoverage::add(std::int64_t step, const std::string& file) {
  auto next = m_stretches.upper_bound(step);
  auto stretch = next;
  if (next != m_stretches.begin() && step <= std::prev(next)->second.end) {
    stretch = std::prev(next);
    if (step < stretch->second.end) return;
  } else {
    stretch = m_stretches.emplace_hint(next, step, Stretch{});
  }
  stretch->second.end = step + 1;
  if (stretch->second.lastFile != file) stretch->second.lastFile = file;
  if (next == m_stretches.end() || next->first != step + 1) return;
  stretch->second = std::move(next->second);
  m_stretches.erase(next);
}

void LogCoverage::cutFrom(std::int64_t step) {
  m_stretches.erase(m_stretches.lower_bound(step), m_stretches.end());
  if (m_stretches.empty()) return;
  std::int64_t& end = std::prev(m_stretches.end())->second.end;
  end = std::min(end, step);
}

std::vector<MissingSteps> LogCoverage::missingBefore(std::int64_t end) const {
  std::vector<MissingSteps> missing;
  std::int64_t next = 0;
  std::string file;
  for (const auto& [first, stretch] : m_stretches) {
    if (first >= end) break;
    if (first > next) missing.push_back({next, first - 1, file});
    next = std::max(next, stretch.end);
    file = stretch.lastFile;
  }
  if (next < end) missing.push_back({next, end - 1, file});
  return missing;
}

Result<LoggedPoints> readLoggedPoints(const fs::path& runFolder,
                                      std::span<const std::string_view> tags,
                                      LogCoverage* coverage) {
  LoggedPoints points;
  for (const std::string_view tag : tags) points[std::string(tag)];
  const Result<std::vector<fs::path>> files = eventFilesOf(runFolder);
  if (!files) return tl::unexpected(files.error());
  LogCoverage unwanted{std::string()};
  LogCoverage& covered = coverage != nullptr ? *coverage : unwanted;
  for (const fs::path& file : *files) {
    std::error_code error;
    const fs::file_type type = fs::status(file, error).type();
    if (type != fs::file_type::regular && type != fs::file_type::none) {
      covered.passOver({"%1: is not a regular file; the run goes on without it", file});
      continue;
    }
    if (const Result<void> read = readFile(file, points, covered); !read) {
      return tl::unexpected(read.error());
    }
  }
  return points;
}

}  // namespace eventio
