// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/logged_points.h"

#include <algorithm>
#include <system_error>
#include <vector>

#include "eventio/event_file.h"
#include "eventio/event_wire.h"
#include "eventio/input_file.h"
#include "eventio/record_reader.h"
#include "eventio/value_decoder.h"

namespace eventio {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> unreadable(const fs::path& path, const std::error_code& error) {
  return makeError(ErrorCode::kIo, "'" + path.string() + "' cannot be read: " + error.message());
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

void collect(const WireEvent& event, LoggedPoints& points) {
  if (event.sessionLog && isSessionStart(*event.sessionLog).value_or(false)) {
    for (auto& [tag, steps] : points) steps.erase(steps.lower_bound(event.step), steps.end());
  }
  for (const WireValue& value : event.values) {
    const auto tag = points.find(value.tag);
    if (tag == points.end()) continue;
    tag->second[event.step] = pointOf(value);
  }
}

Result<void> readFile(const fs::path& path, LoggedPoints& points) {
  const auto refused = [&path](int number) {
    return unreadable(path, std::error_code(number, std::generic_category()));
  };
  const auto input = openInputFile(path.string());
  if (!input) return refused(input.error().number);
  const auto state = (*input)->state();
  if (!state) return refused(state.error().number);
  RecordReader reader([](std::uint64_t, std::uint64_t, const std::string&) {});
  reader.attach(input->get(), state->size);
  Record record;
  WireEvent event;
  RecordReader::Status status = reader.next(record);
  while (status == RecordReader::Status::kRecord) {
    if (parseEvent(record.data, event)) collect(event, points);
    status = reader.next(record);
  }
  if (status == RecordReader::Status::kFailed) return refused(reader.systemError());
  return {};
}

}  // namespace

Result<LoggedPoints> readLoggedPoints(const fs::path& runFolder,
                                      std::span<const std::string_view> tags) {
  LoggedPoints points;
  for (const std::string_view tag : tags) points[std::string(tag)];
  const Result<std::vector<fs::path>> files = eventFilesOf(runFolder);
  if (!files) return tl::unexpected(files.error());
  for (const fs::path& file : *files) {
    if (const Result<void> read = readFile(file, points); !read) {
      return tl::unexpected(read.error());
    }
  }
  return points;
}

}  // namespace eventio
