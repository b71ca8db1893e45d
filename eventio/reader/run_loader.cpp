// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/run_loader.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "eventio/reader/event_file.h"

namespace eventio {

namespace {

constexpr std::size_t kMarkBytes = 256;
/// Fewer bytes are the same in many files: the first header and the time behind it are 21.
constexpr std::size_t kDistinctiveBytes = 24;
constexpr MessageText<0> kRemoved = "the file was removed; what was read of it is kept";
constexpr std::chrono::minutes kCopyingTime{1};
constexpr std::uint64_t kFirstCommitBytes = 64U << 10;  // the first curves are seen early

tl::expected<std::string, SystemError> readSome(InputFile& input, std::uint64_t offset,
                                                std::size_t size) {
  std::string bytes(size, '\0');
  const auto got = input.readAt(offset, bytes.data(), size);
  if (!got) return tl::unexpected<SystemError>(got.error());
  bytes.resize(*got);
  return bytes;
}

/// A copy in progress is nothing to report.
bool isRecentlyModified(const FileState& state) {
  using std::chrono::nanoseconds;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return nanoseconds(state.modified) > now - kCopyingTime;
}

Message passedOverAsCopy(const std::string& path, const std::string& original) {
  return {"'%1' begins with the same records as '%2': it counts as a copy of it and is passed over",
          path, original};
}

}  // namespace

struct RunLoader::File {
  std::string path;
  FileState state;  // as last seen
  FileState known;  // of the file that `reader` stands in
  std::unique_ptr<RecordReader> reader;
  bool present = true;
  bool removalUnreported = false;  // it may turn out that another file continues it
  bool changed = true;             // has bytes that were not looked at
  std::string renamedFrom;         // its name when it was read last, until that is known to be true
  bool isText = false;             // and was passed over
  // The file of the run that begins alike: this one is a copy of it and is not read.
  const File* original = nullptr;
  // The file's first bytes and the last ones that were read: they distinguish a file that was
  // copied anew and grew from one with other content.
  std::string head;
  std::string tail;
};

RunLoader::RunLoader(std::shared_ptr<Run> run, ProblemHandler problem, FileOpener open)
    : m_collector(std::move(run)), m_problem(std::move(problem)), m_open(std::move(open)) {}

RunLoader::~RunLoader() = default;

void RunLoader::reportDamage(const File& file, Message what) {
  m_collector.run().addDamage({file.path, file.reader->offset(), 0, std::move(what)});
}

void RunLoader::startAgain(File& file, Message why) {
  if (!why.empty()) reportDamage(file, std::move(why));
  for (const auto& other : m_files) {
    if (other->original == &file) other->changed = true;  // may not be a copy any longer
  }
  file.reader = std::make_unique<RecordReader>(
      [this, &file](std::uint64_t offset, std::uint64_t bytes, Message what) {
        m_collector.run().addDamage({file.path, offset, bytes, std::move(what)});
      });
  file.head.clear();
  file.tail.clear();
}

void RunLoader::rename(File& file, const std::string& path) {
  if (file.renamedFrom.empty()) file.renamedFrom = file.path;
  m_collector.renameFile(file.path, path);
  file.path = path;
  file.changed = true;
}

/// A file that took a new name, as a finished download does, is not read again.
void RunLoader::followRenamed(const std::vector<FoundFile>& files) {
  std::set<std::string_view> names;
  for (const FoundFile& found : files) names.insert(found.path);
  std::map<std::pair<std::uint64_t, std::uint64_t>, File*> gone;
  for (const auto& file : m_files) {
    const bool isGone = names.erase(file->path) == 0;
    if (isGone && file->present) gone[{file->state.device, file->state.inode}] = file.get();
  }
  if (gone.empty()) return;
  for (const FoundFile& found : files) {
    if (!names.contains(found.path)) continue;  // was there before
    const auto renamed = gone.find({found.state.device, found.state.inode});
    if (renamed == gone.end()) continue;
    rename(*renamed->second, found.path);
    gone.erase(renamed);
  }
  sortByPath();
}

void RunLoader::sortByPath() {
  std::sort(m_files.begin(), m_files.end(),
            [](const auto& a, const auto& b) { return a->path < b->path; });
}

void RunLoader::setFiles(const std::vector<FoundFile>& files) {
  followRenamed(files);
  for (const auto& file : m_files) {
    const auto at = std::lower_bound(
        files.begin(), files.end(), file->path,
        [](const FoundFile& candidate, const std::string& path) { return candidate.path < path; });
    const bool found = at != files.end() && at->path == file->path;
    if (!found && file->present) {
      file->removalUnreported = true;
      file->changed = false;
      for (const auto& other : m_files) {
        if (other->original == file.get()) other->changed = true;
      }
    }
    file->present = found;
  }
  for (const FoundFile& found : files) {
    const auto at = std::lower_bound(m_files.begin(), m_files.end(), found.path,
                                     [](const std::unique_ptr<File>& file,
                                        const std::string& path) { return file->path < path; });
    if (at != m_files.end() && (*at)->path == found.path) {
      follow(**at, found);
      continue;
    }
    auto file = std::make_unique<File>();
    file->path = found.path;
    file->state = found.state;
    startAgain(*file, {});
    m_files.insert(at, std::move(file));
  }
}

void RunLoader::follow(File& file, const FoundFile& found) {
  if (found.state == file.state) return;
  file.state = found.state;
  file.changed = true;
}

/// Compares the file with what was read of it before; starts again where it is another one.
tl::expected<void, SystemError> RunLoader::checkIdentity(File& file, InputFile& input,
                                                         const FileState& state) {
  const bool sameFile = file.known.sameFile(state);
  const std::uint64_t size = state.size;
  const std::uint64_t offset = file.reader->offset();
  const std::string renamedFrom = std::exchange(file.renamedFrom, {});
  if (offset == 0) return {};
  const auto head = readSome(input, 0, file.head.size());
  if (!head) return tl::unexpected<SystemError>(head.error());
  const bool isDistinctive = sameFile || offset >= kDistinctiveBytes;
  if (isDistinctive && size >= offset && *head == file.head) {
    const auto tail = readSome(input, offset - file.tail.size(), file.tail.size());
    if (!tail) return tl::unexpected<SystemError>(tail.error());
    if (*tail == file.tail) return {};
  }
  if (sameFile && size < offset && !head->empty() && file.head.starts_with(*head)) {
    startAgain(file, {"the file was shortened; what was read of it is kept"});
    file.reader->skipTo(size);
    noteFingerprint(file, input);
    return {};
  }
  if (!renamedFrom.empty()) {  // a new file that got the number of a removed one
    m_collector.run().addDamage({renamedFrom, offset, 0, kRemoved});
    startAgain(file, {});
    return {};
  }
  startAgain(file,
             {"the file was replaced by another one; what was read of the old one is kept, and the "
              "new one is read from its start"});
  return {};
}

/// Takes a new fingerprint (first and last bytes read). Where they cannot be read there is none,
/// and the file counts as the same.
void RunLoader::noteFingerprint(File& file, InputFile& input) const {
  const std::uint64_t offset = file.reader->offset();
  const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(offset, kMarkBytes));
  if (file.head.size() < bytes) file.head = readSome(input, 0, bytes).value_or("");
  file.tail = readSome(input, offset - bytes, bytes).value_or("");
  if (file.tail.size() < bytes) file.tail.clear();
}

/// The file whose first bytes these are, as far as both go; of several the one that was read
/// furthest.
RunLoader::File* RunLoader::fileThatBegins(std::string_view head, const File& except) const {
  File* best = nullptr;
  for (const auto& other : m_files) {
    if (other.get() == &except || other->original != nullptr) continue;
    if (!std::string_view(other->head).starts_with(head)) continue;
    if (best == nullptr || other->reader->offset() > best->reader->offset()) best = other.get();
  }
  return best;
}

/// Whether a file that was not read yet is a copy of one that was. Copy tools use more names for
/// what is not finished than anyone can list, and people keep copies.
tl::expected<RunLoader::CopyState, SystemError> RunLoader::compareWithOthers(File& file,
                                                                             InputFile& input) {
  file.original = nullptr;
  if (m_files.size() < 2) return CopyState::kNoCopy;
  const auto head = readSome(input, 0, kMarkBytes);
  if (!head) return tl::unexpected<SystemError>(head.error());
  if (head->size() < kDistinctiveBytes) return CopyState::kNoCopy;
  File* const original = fileThatBegins(*head, file);
  if (original == nullptr) return CopyState::kNoCopy;
  const std::uint64_t offset = original->reader->offset();
  const std::uint64_t size = file.state.size;
  if (size < offset || (size == offset && original->present)) {
    file.original = original;
    return CopyState::kCopy;
  }
  const auto tail = readSome(input, offset - original->tail.size(), original->tail.size());
  if (!tail) return tl::unexpected<SystemError>(tail.error());
  if (*tail != original->tail) return CopyState::kNoCopy;
  continueWith(*original, file);
  return CopyState::kContinues;
}

/// Reads on in `copy`, which is longer, or there while the file is not. Where both are there the
/// file is the copy from now on.
void RunLoader::continueWith(File& file, File& copy) {
  const std::string formerPath = file.path;
  rename(file, copy.path);
  std::swap(file.state, copy.state);
  if (file.present) {
    copy.path = formerPath;
    copy.original = &file;
    copy.changed = true;
  } else {
    file.present = true;
    file.removalUnreported = false;
    for (const auto& other : m_files) {
      if (other->original == &copy) other->original = &file;
    }
    std::erase_if(m_files, [&copy](const auto& other) { return other.get() == &copy; });
  }
  sortByPath();
}

RunLoader::Outcome RunLoader::read(std::uint64_t budget, const std::atomic<bool>& stop) {
  Outcome outcome;
  while (readChanged(budget, stop, outcome)) {
  }
  for (const auto& file : m_files) {
    if (std::exchange(file->removalUnreported, false)) reportDamage(*file, kRemoved);
  }
  if (outcome.more) {
    m_collector.commit();
  } else {
    m_collector.release();
  }
  return outcome;
}

void RunLoader::reportIncompleteEnds() {
  for (const auto& file : m_files) {
    const std::uint64_t bytes = file->reader->tailBytes();
    if (!file->present || file->isText || file->original != nullptr || bytes == 0) continue;
    Damage notice{file->path,
                  file->reader->offset(),
                  0,
                  {"the file ends within a record, of which %1 bytes are there: it was cut off, or "
                   "is still being written",
                   bytes},
                  true};
    m_collector.run().addDamage(std::move(notice));
  }
}

/// True when files took other names meanwhile: then there is more to read.
bool RunLoader::readChanged(std::uint64_t budget, const std::atomic<bool>& stop, Outcome& outcome) {
  for (const auto& file : m_files) {
    if (!file->present || !file->changed) continue;
    if (outcome.bytesRead >= budget || stop) {
      outcome.more = true;
      return false;
    }
    const ReadTo end = readFile(*file, budget, stop, outcome);
    if (end == ReadTo::kOtherName) return true;
    if (end == ReadTo::kBudget) {
      outcome.more = true;
      return false;
    }
    file->changed = end == ReadTo::kFailure;
    outcome.failed = outcome.failed || file->changed;
  }
  return false;
}

RunLoader::ReadTo RunLoader::readFile(File& file, std::uint64_t budget,
                                      const std::atomic<bool>& stop, Outcome& outcome) {
  const auto refuse = [&](int error) {
    m_problem({"cannot read '%1': %2", file.path, std::generic_category().message(error)});
    return ReadTo::kFailure;
  };
  const auto input = m_open(file.path);
  if (!input) return refuse(input.error().number);
  const auto state = (*input)->state();
  if (!state) return refuse(state.error().number);
  if (const auto known = checkIdentity(file, **input, *state); !known) {
    return refuse(known.error().number);
  }
  file.known = *state;
  file.state = *state;
  if (file.reader->offset() == 0) {
    const auto beginning = beginningOf(**input);
    if (!beginning) return refuse(beginning.error().number);
    file.isText = *beginning == FileBeginning::kText;
  }
  if (file.isText) {
    m_problem(textInsteadOfEvents(file.path));
    return ReadTo::kEnd;
  }
  if (file.reader->offset() == 0) {
    const auto copy = compareWithOthers(file, **input);
    if (!copy) return refuse(copy.error().number);
    if (*copy == CopyState::kContinues) return ReadTo::kOtherName;
    if (*copy == CopyState::kCopy) {
      if (!isRecentlyModified(*state)) m_problem(passedOverAsCopy(file.path, file.original->path));
      return ReadTo::kEnd;
    }
  }
  m_collector.beginFile(file.path, &file != m_files.front().get());
  const std::uint64_t start = file.reader->offset();
  std::uint64_t commitAt = start == 0 ? kFirstCommitBytes : budget;
  file.reader->attach(input->get(), state->size);
  Record record;
  auto status = RecordReader::Status::kRecord;
  while (status == RecordReader::Status::kRecord) {
    const std::uint64_t done = file.reader->offset() - start;
    if (outcome.bytesRead + done >= budget || stop) break;
    status = file.reader->next(record);
    if (status != RecordReader::Status::kRecord) break;
    m_collector.consume(record);
    if (done >= commitAt) {
      m_collector.commit();
      commitAt = budget;
    }
  }
  outcome.bytesRead += file.reader->offset() - start;
  if (file.reader->offset() != start) noteFingerprint(file, **input);
  file.reader->detach();
  if (status == RecordReader::Status::kFailed) return refuse(file.reader->systemError());
  return status == RecordReader::Status::kEnd ? ReadTo::kEnd : ReadTo::kBudget;
}

}  // namespace eventio
