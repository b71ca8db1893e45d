// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/summary_writer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "eventio/encode/event_encoder.h"
#include "eventio/encode/value_encoder.h"
#include "eventio/writer/event_file_sink.h"
#include "eventio/writer/sub_runs.h"

namespace eventio {

namespace {

constexpr std::size_t kBlockBytes = 512U << 10;  // as much as is worth a write of its own
constexpr std::chrono::seconds kRetryInterval{1};

double wallTimeOr(std::optional<double> given) {
  if (given) return *given;
  using std::chrono::duration;
  return duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string& scratch() {
  thread_local std::string buffer;
  constexpr std::size_t kKeep = 1U << 20;
  if (buffer.capacity() > kKeep) buffer = std::string();
  buffer.clear();
  return buffer;
}

tl::unexpected<Error> notUtf8(const char* what) {
  return makeError(ErrorCode::kInvalidArgument, "the %1 is not UTF-8, which event files require",
                   what);
}

constexpr std::size_t kMaxTagBytes = 1U << 20;
constexpr std::uint64_t kMaxHparamBytes = 1U << 30;  // with all around them less than a record

bool isTag(std::string_view tag) {
  return !tag.empty() && tag.size() <= kMaxTagBytes && isUtf8(tag);
}

tl::unexpected<Error> badTag(std::string_view tag) {
  if (tag.empty()) {
    return makeError(ErrorCode::kInvalidArgument, "a value needs a tag, but the tag is empty");
  }
  if (tag.size() <= kMaxTagBytes) return notUtf8("tag");
  return makeError(ErrorCode::kInvalidArgument, "a tag is at most 1 MB long, this one has %1 bytes",
                   tag.size());
}

}  // namespace

class SummaryWriter::Impl {
 public:
  explicit Impl(SummaryWriterOptions options, EventFileSink sink)
      : m_options(std::move(options)),
        m_wakeBytes(std::min(kBlockBytes, m_options.queueBytes / 2)),
        m_sink(std::move(sink)),
        m_starts(m_sink.starts()),
        m_path(m_sink.path()) {}

  void start() {
    m_thread = std::thread([this] { run(); });
  }

  Result<void> add(std::string_view records, std::uint64_t count);
  Result<void> restartFrom(std::int64_t step);
  Result<void> flush(bool toDisk);
  Result<void> close();
  void expectSessionEnd() { m_sessionOpen.store(true); }
  void setSessionStatus(SessionStatus status) {
    m_sessionStatus.store(status);
    expectSessionEnd();
  }
  std::filesystem::path file() const;
  SummaryWriterStatus status() const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// A part of the queue. The queue grows by blocks, so that no call has to move what waits, and
  /// gives their memory back when the disk catches up.
  struct Block {
    std::string bytes;
    std::uint64_t records = 0;
  };

  void run();
  void drain(Lock& lock);
  void takeBlock();
  void noteOutcome(const Result<void>& outcome);
  bool hasRoom(std::size_t bytes) const;
  Block& blockFor(std::size_t bytes);
  void waitForRoom(Lock& lock, std::size_t bytes);
  Result<void> failureOr(Result<void> otherwise) const;
  Result<void> stalled() const;

  const SummaryWriterOptions m_options;
  const std::size_t m_wakeBytes;
  EventFileSink m_sink;  // the thread's
  std::string m_batch;   // the thread's: being written, kept until all of it is
  std::thread m_thread;
  std::atomic<bool> m_sessionOpen{false};
  std::atomic<SessionStatus> m_sessionStatus{SessionStatus::kSuccess};

  mutable std::mutex m_mutex;
  std::condition_variable m_wake;      // for the thread
  std::condition_variable m_progress;  // for callers: an attempt has ended
  std::deque<Block> m_blocks;          // waiting, the oldest first
  std::size_t m_waitingBytes = 0;
  std::uint64_t m_batchRecords = 0;
  std::size_t m_batchBytes = 0;
  std::string m_spare;  // memory of a block that was written, for the next one
  SummaryWriterStatus m_status;
  std::uint64_t m_attempts = 0;  // of writing a batch that have ended
  std::uint64_t m_failedAttempts = 0;
  std::uint64_t m_syncsWanted = 0;
  std::uint64_t m_syncsDone = 0;
  Result<void> m_syncOutcome;
  bool m_flushWanted = false;
  bool m_stalled = false;  // a caller has waited in vain: nobody waits until the disk moves again
  bool m_closing = false;
  std::vector<SessionStart> m_starts;  // for a file that has to be made anew
  std::filesystem::path m_path;
};

// --- the thread ----------------------------------------------------------------------------------

void SummaryWriter::Impl::run() {
  Lock lock(m_mutex);
  while (true) {
    m_wake.wait_for(lock, m_status.failing ? kRetryInterval : m_options.flushInterval, [this] {
      return m_closing || m_flushWanted || m_syncsWanted != m_syncsDone ||
             (!m_status.failing && m_waitingBytes >= m_wakeBytes);
    });
    const bool closing = m_closing;
    const std::uint64_t syncs = m_syncsWanted;
    m_flushWanted = false;
    drain(lock);
    if (syncs != m_syncsDone) {
      lock.unlock();
      Result<void> synced = m_sink.sync();
      lock.lock();
      if (!synced) {
        m_status.failure = synced.error().message;
        m_status.bytesUnsynced = m_sink.bytesUnsynced();
        ++m_status.failureCount;
        ++m_status.syncFailures;
      }
      m_syncOutcome = std::move(synced);
      m_syncsDone = syncs;
      m_progress.notify_all();
    }
    if (closing) return;
  }
}

/// Writes until nothing waits or the disk fails.
void SummaryWriter::Impl::drain(Lock& lock) {
  bool headWaits = m_attempts == 0;  // the file's first record
  while (headWaits || !m_batch.empty() || !m_blocks.empty()) {
    headWaits = false;
    if (m_batch.empty() && !m_blocks.empty()) takeBlock();
    m_sink.setStarts(m_starts);
    lock.unlock();
    const Result<void> outcome = m_sink.write(m_batch);
    if (outcome) {
      if (m_options.onWritten && !m_batch.empty()) {
        m_options.onWritten(m_sink.path(), m_sink.recordsOffset(), m_batch);
      }
      m_batch.clear();
    }
    lock.lock();
    noteOutcome(outcome);
    if (!outcome) return;
  }
}

void SummaryWriter::Impl::takeBlock() {
  Block& block = m_blocks.front();
  m_batch.swap(block.bytes);
  m_spare.swap(block.bytes);
  m_batchRecords = block.records;
  m_batchBytes = m_batch.size();
  m_waitingBytes -= m_batchBytes;
  m_blocks.pop_front();
}

void SummaryWriter::Impl::noteOutcome(const Result<void>& outcome) {
  ++m_attempts;
  m_status.bytesWritten = m_sink.bytesWritten();
  m_path = m_sink.path();
  if (m_status.filesLost != m_sink.filesLost()) {
    m_status.filesLost = m_sink.filesLost();
    m_status.fileLoss = {
        "the event file '%1' was removed, replaced or shortened: what it held may be missing from "
        "the log, which goes on in a new file",
        m_sink.lostFile()};
  }
  if (outcome) {
    m_status.recordsWritten += std::exchange(m_batchRecords, 0);
    m_batchBytes = 0;
    m_stalled = false;
    if (m_status.failing) ++m_status.failureCount;
    m_status.failing = false;
  } else {
    ++m_failedAttempts;
    const Message& message = outcome.error().message;
    if (!m_status.failing || m_status.failure.english() != message.english()) {
      ++m_status.failureCount;
    }
    m_status.failing = true;
    m_status.failure = message;
  }
  m_progress.notify_all();
}

// --- the callers ---------------------------------------------------------------------------------

bool SummaryWriter::Impl::hasRoom(std::size_t bytes) const {
  const std::size_t used = m_waitingBytes + m_batchBytes;
  return used == 0 || used + bytes <= m_options.queueBytes;
}

/// The block that takes the next record, which has so many bytes.
SummaryWriter::Impl::Block& SummaryWriter::Impl::blockFor(std::size_t bytes) {
  if (m_blocks.empty() || m_blocks.back().bytes.size() + bytes > kBlockBytes) {
    m_blocks.push_back({std::exchange(m_spare, {}), 0});
    m_blocks.back().bytes.reserve(std::max(bytes, kBlockBytes));
  }
  return m_blocks.back();
}

Result<void> SummaryWriter::Impl::failureOr(Result<void> otherwise) const {
  if (m_status.failing) return makeError(ErrorCode::kIo, m_status.failure);
  return otherwise;
}

/// Returns when there is room, or none is to be hoped for.
void SummaryWriter::Impl::waitForRoom(Lock& lock, std::size_t bytes) {
  ++m_status.waits;
  m_flushWanted = true;
  m_wake.notify_one();
  const auto mayGoOn = [&] { return hasRoom(bytes) || m_status.failing || m_closing || m_stalled; };
  std::uint64_t attempts = m_attempts;
  while (!m_progress.wait_for(lock, m_options.stallTimeout, mayGoOn)) {
    if (m_attempts == attempts) m_stalled = true;
    attempts = m_attempts;
  }
}

Result<void> SummaryWriter::Impl::add(std::string_view records, std::uint64_t count) {
  Lock lock(m_mutex);
  if (!m_closing && !m_status.failing && !m_stalled && !hasRoom(records.size())) {
    waitForRoom(lock, records.size());
  }
  if (m_closing) return makeError(ErrorCode::kClosed, "the log is closed: nothing can be added");
  if (!hasRoom(records.size())) {
    m_status.recordsLost += count;
    return failureOr(makeError(ErrorCode::kIo,
                               "the disk is stalled and memory for '%1' is full: a record was lost",
                               m_path));
  }
  const bool wakes = m_waitingBytes < m_wakeBytes &&
                     m_waitingBytes + records.size() >= m_wakeBytes && !m_status.failing;
  Block& block = blockFor(records.size());
  block.bytes.append(records);
  block.records += count;
  m_waitingBytes += records.size();
  m_status.recordsQueued += count;
  if (m_status.failing) return failureOr({});
  lock.unlock();
  if (wakes) m_wake.notify_one();
  return {};
}

Result<void> SummaryWriter::Impl::restartFrom(std::int64_t step) {
  const SessionStart start{step, wallTimeOr(std::nullopt)};
  std::string records;
  {
    const Lock lock(m_mutex);
    if (m_starts.empty()) encodeSessionStart(records, start.wallTime, step);
    // What they drop the new one drops, too.
    std::erase_if(m_starts, [step](const SessionStart& other) { return other.step >= step; });
    m_starts.push_back(start);
  }
  const std::uint64_t count = records.empty() ? 1 : 2;
  encodeSessionStart(records, start.wallTime, step);
  return add(records, count);
}

Result<void> SummaryWriter::Impl::flush(bool toDisk) {
  Lock lock(m_mutex);
  if (m_closing) return makeError(ErrorCode::kClosed, "the log is closed");
  const std::uint64_t target = m_status.recordsQueued;
  const std::uint64_t failures = m_failedAttempts;
  m_flushWanted = true;
  m_wake.notify_one();
  const auto isWritten = [&] { return m_attempts > 0 && m_status.recordsWritten >= target; };
  std::uint64_t attempts = m_attempts;
  while (!m_progress.wait_for(lock, m_options.stallTimeout,
                              [&] { return isWritten() || m_failedAttempts != failures; })) {
    if (m_attempts == attempts) return stalled();
    attempts = m_attempts;
  }
  if (!isWritten() || m_status.failing) return makeError(ErrorCode::kIo, m_status.failure);
  if (!toDisk) return {};
  const std::uint64_t sync = ++m_syncsWanted;
  m_wake.notify_one();
  if (!m_progress.wait_for(lock, m_options.stallTimeout, [&] { return m_syncsDone >= sync; })) {
    return stalled();
  }
  return m_syncOutcome;
}

Result<void> SummaryWriter::Impl::stalled() const {
  const auto seconds = std::chrono::duration<double>(m_options.stallTimeout).count();
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g", seconds);
  return makeError(ErrorCode::kIo,
                   "the disk has not answered for %1 s while '%2' was to be written; what waits is "
                   "kept and written when it does",
                   text.data(), m_path);
}

Result<void> SummaryWriter::Impl::close() {
  const SessionStatus session = m_sessionStatus.load();
  if (m_sessionOpen.exchange(false) && session != SessionStatus::kRunning) {
    std::string record;
    encodeSessionEnd(record, wallTimeOr(std::nullopt), session);
    static_cast<void>(add(record, 1));  // a failing disk shows below
  }
  {
    const Lock lock(m_mutex);
    if (m_closing) return {};
    m_closing = true;
  }
  m_wake.notify_one();
  m_progress.notify_all();
  m_thread.join();
  const Lock lock(m_mutex);
  const std::uint64_t unwritten = m_status.recordsQueued - m_status.recordsWritten;
  m_status.recordsLost += unwritten;
  if (!m_status.failing) return {};
  return makeError(ErrorCode::kIo, "%1 (%2 records were not written)", m_status.failure, unwritten);
}

std::filesystem::path SummaryWriter::Impl::file() const {
  const Lock lock(m_mutex);
  return m_path;
}

SummaryWriterStatus SummaryWriter::Impl::status() const {
  const Lock lock(m_mutex);
  return m_status;
}

// --- the public face -----------------------------------------------------------------------------

SummaryWriter::SummaryWriter(std::filesystem::path directory, const SummaryWriterOptions& options,
                             std::unique_ptr<Impl> impl)
    : m_directory(std::move(directory)),
      m_writesToDisk(options.writeToDisk),
      m_impl(std::move(impl)),
      m_subRuns(std::make_unique<SubRuns>(m_directory, options)) {}

SummaryWriter::~SummaryWriter() {
  static_cast<void>(close());
}

Result<std::unique_ptr<SummaryWriter>> SummaryWriter::create(const std::filesystem::path& directory,
                                                             SummaryWriterOptions options) {
  if (!isUtf8(options.comment)) return notUtf8("comment");
  const auto folder = directory.empty() ? defaultDirectory(options.comment) : directory;
  if (!options.writeToDisk) {
    options.files = noFiles();
    options.onNewFile = {};
    options.onWritten = {};
  }
  EventFileSink sink({.folder = folder,
                      .suffix = options.fileNameSuffix,
                      .purgeStep = options.purgeStep,
                      .onNewFile = options.onNewFile,
                      .files = options.files});
  if (auto opened = sink.open(); !opened) return tl::unexpected<Error>(opened.error());
  auto impl = std::make_unique<Impl>(options, std::move(sink));
  impl->start();
  return std::unique_ptr<SummaryWriter>(new SummaryWriter(folder, options, std::move(impl)));
}

/// Encodes one value's record and queues it.
Result<void> SummaryWriter::add(std::string_view tag, std::int64_t step,
                                const SummaryOptions& options, const Encode& encode) {
  if (!isTag(tag)) return badTag(tag);
  if (!isUtf8(options.displayName)) return notUtf8("display name");
  if (!isUtf8(options.description)) return notUtf8("description");
  if (!m_writesToDisk) return {};
  std::string& record = scratch();
  const ValueHead head = {.wallTime = wallTimeOr(options.wallTime),
                          .step = step,
                          .tag = tag,
                          .displayName = options.displayName,
                          .description = options.description};
  if (auto encoded = encode(record, head); !encoded) return encoded;
  return m_impl->add(record, 1);
}

Result<void> SummaryWriter::addScalar(std::string_view tag, float value, std::int64_t step,
                                      std::optional<double> wallTime) {
  if (!isTag(tag)) return badTag(tag);
  constexpr std::size_t kTagInPlace = 176;
  std::array<char, kScalarRecordBytes + kTagInPlace> inPlace;
  char* record = inPlace.data();
  if (tag.size() > kTagInPlace) {
    std::string& buffer = scratch();
    buffer.resize(kScalarRecordBytes + tag.size());
    record = buffer.data();
  }
  return m_impl->add({record, encodeScalar(record, wallTimeOr(wallTime), step, tag, value)}, 1);
}

Result<void> SummaryWriter::addScalars(std::string_view mainTag,
                                       const std::map<std::string, float>& values,
                                       std::int64_t step, std::optional<double> wallTime) {
  const double time = wallTimeOr(wallTime);
  Result<void> first;
  for (const auto& [name, value] : values) {
    auto added = m_subRuns->addScalar(mainTag, name, value, step, time);
    if (!added && first) first = std::move(added);
  }
  return first;
}

Result<void> SummaryWriter::addHparams(const std::map<std::string, HparamValue>& hparams,
                                       const std::vector<std::string>& metricTags,
                                       std::optional<double> wallTime) {
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : hparams) {
    const auto* text = std::get_if<std::string>(&value);
    if (!isUtf8(name) || (text != nullptr && !isUtf8(*text))) return notUtf8("hyper-parameter");
    bytes += name.size() + (text != nullptr ? text->size() : 0);
  }
  if (bytes > kMaxHparamBytes) {
    return makeError(ErrorCode::kInvalidArgument,
                     "the hyper-parameters' texts are longer than 1 GB: leave some out");
  }
  for (const std::string& tag : metricTags) {
    if (!isTag(tag)) return badTag(tag);
  }
  std::string& record = scratch();
  encodeHparams(record, wallTimeOr(wallTime), hparams, metricTags);
  m_impl->expectSessionEnd();
  return m_impl->add(record, 2);
}

void SummaryWriter::setSessionStatus(SessionStatus status) {
  m_impl->setSessionStatus(status);
}

Result<void> SummaryWriter::restartFrom(std::int64_t step) {
  if (!m_writesToDisk) return {};
  Result<void> own = m_impl->restartFrom(step);
  Result<void> others = m_subRuns->restartFrom(step);
  return own ? others : own;
}

Result<void> SummaryWriter::flush(bool toDisk) {
  Result<void> own = m_impl->flush(toDisk);
  Result<void> others = m_subRuns->flush(toDisk);
  return own ? others : own;
}

Result<void> SummaryWriter::close() {
  Result<void> own = m_impl->close();
  Result<void> others = m_subRuns->close();
  return own ? others : own;
}

std::filesystem::path SummaryWriter::file() const {
  return m_impl->file();
}

SummaryWriterStatus SummaryWriter::status() const {
  SummaryWriterStatus status = m_impl->status();
  status.samplesClipped = m_samplesClipped.load();
  m_subRuns->addTo(status);
  return status;
}

}  // namespace eventio
