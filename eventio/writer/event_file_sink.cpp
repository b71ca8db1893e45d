// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/event_file_sink.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <utility>

#include "eventio/encode/event_encoder.h"
#include "eventio/writer/host_name.h"

namespace eventio {

namespace {

Message adviceFor(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return {"free some space there; what waits in memory is then written"};
    case EROFS:
    case EACCES:
    case EPERM:
      return {"make the folder writable or choose another one"};
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
      return {"choose another folder"};
    default:
      return {"see to the disk or choose another folder"};
  }
}

/// `text` gets the path, what the system says and what to do.
tl::unexpected<Error> failure(MessageText<3> text, const std::filesystem::path& where, int error) {
  return makeError(ErrorCode::kIo, text, where, std::generic_category().message(error),
                   adviceFor(error));
}

double now() {
  using std::chrono::duration;
  return duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

constexpr std::string_view kNameBegin = "events.out.tfevents.";

/// The event file's name in `names` that sorts last; empty where there is none.
std::string lastName(const std::vector<std::string>& names) {
  std::string last;
  for (const std::string& name : names) {
    if (name.starts_with(kNameBegin)) last = std::max(last, name);
  }
  return last;
}

/// The digits that make a name sort after `name`, whatever follows them.
std::string digitsAfter(std::string_view name) {
  name.remove_prefix(kNameBegin.size());
  std::string digits(name.substr(0, name.find_first_not_of("0123456789")));
  const std::size_t last = digits.find_last_not_of('9');
  if (last == std::string::npos) return digits + "0";
  ++digits[last];
  std::fill(digits.begin() + static_cast<std::ptrdiff_t>(last) + 1, digits.end(), '0');
  return digits;
}

/// `last`: the name that the new one must sort after, also where the clock was set back.
std::string newFileName(const std::string& suffix, const std::string& last) {
  static std::atomic<unsigned> counter{0};
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%010lld", static_cast<long long>(now()));
  const std::string rest = "." + hostNameInFiles() + "." + std::to_string(::getpid()) + "." +
                           std::to_string(counter.fetch_add(1)) + suffix;
  std::string name = std::string(kNameBegin) + seconds.data() + rest;
  if (name <= last) name = std::string(kNameBegin) + digitsAfter(last) + rest;
  return name;
}

}  // namespace

EventFileSink::EventFileSink(Options options) : m_options(std::move(options)) {
  if (m_options.files == nullptr) m_options.files = diskFiles();
  if (m_options.purgeStep) m_starts.push_back({*m_options.purgeStep, now()});
}

Result<void> EventFileSink::open() {
  if (const auto made = m_options.files->makeFolder(m_options.folder); !made) {
    return failure("cannot make the folder '%1': %2; %3", m_options.folder, made.error().number);
  }
  bool hasOlderFiles = false;
  for (int attempt = 0;; ++attempt) {
    const std::string last = lastName(m_options.files->names(m_options.folder));
    hasOlderFiles = !last.empty();
    const std::filesystem::path path = m_options.folder / newFileName(m_options.suffix, last);
    auto file = m_options.files->create(path);
    if (file) {
      m_file = std::move(*file);
      m_path = path;
      m_fileBytes = 0;
      break;
    }
    if (file.error().number != EEXIST || attempt == 100) {
      return failure("cannot make the file '%1': %2; %3", path, file.error().number);
    }
  }
  if (m_options.onNewFile) m_options.onNewFile(m_path);
  writeHead(hasOlderFiles);
  return {};
}

void EventFileSink::writeHead(bool hasOlderFiles) {
  m_head.clear();
  m_headPosition = 0;
  encodeFileVersion(m_head, now());
  if (m_starts.empty()) return;
  // TensorBoard passes over the first START of a run: the older files need not have one.
  const SessionStart& first = m_starts.front();
  if (hasOlderFiles) encodeSessionStart(m_head, first.wallTime, first.step);
  for (const SessionStart& start : m_starts) encodeSessionStart(m_head, start.wallTime, start.step);
}

Result<void> EventFileSink::put(const std::string& bytes, std::size_t& position) {
  while (position < bytes.size()) {
    const auto taken = m_file->write(std::string_view(bytes).substr(position));
    if (!taken) return failure("cannot write to '%1': %2; %3", m_path, taken.error().number);
    position += *taken;
    m_fileBytes += *taken;
    m_bytesWritten += *taken;
  }
  return {};
}

Result<void> EventFileSink::write(const std::string& records) {
  // A file that is removed takes along what was written of these records: all of them go to a new
  // one.
  for (int round = 0; round < 2; ++round) {
    const bool lost = m_file != nullptr && m_file->isLost();
    if (lost) {
      m_lostFile = m_path;
      ++m_filesLost;
      m_file.reset();
    }
    if (m_file == nullptr) {
      m_position = 0;
      if (auto opened = open(); !opened) return opened;
    }
    if (auto headed = put(m_head, m_headPosition); !headed) return headed;
    if (m_position == 0) m_recordsOffset = m_fileBytes;
    if (auto written = put(records, m_position); !written) return written;
    if (!m_file->isLost()) break;
  }
  m_position = 0;
  return {};
}

Result<void> EventFileSink::sync() {
  if (m_file == nullptr) return {};
  const std::uint64_t bytes = m_bytesWritten - std::exchange(m_bytesTried, m_bytesWritten);
  const auto synced = m_file->sync();
  if (synced) return {};
  m_bytesUnsynced += bytes;
  const auto failed =
      failure("cannot bring to the disk '%1': %2; %3", m_path, synced.error().number);
  return makeError(ErrorCode::kIo,
                   "%1; the last %2 bytes are with the system, but may be lost when the machine "
                   "stops",
                   failed.value().message, bytes);
}

}  // namespace eventio
