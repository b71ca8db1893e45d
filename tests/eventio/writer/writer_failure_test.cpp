// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a log when its disk fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "event_bytes.h"
#include "eventio/writer/summary_writer.h"
#include "fake_disk.h"
#include "tests/support/temporary_folder.h"

namespace {

using event_bytes::record;
using event_bytes::scalarEvent;
using eventio::ErrorCode;
using eventio::SummaryWriter;
using testing::HasSubstr;

constexpr std::chrono::milliseconds kQuick{5};

std::unique_ptr<SummaryWriter> open(const std::shared_ptr<FakeDisk>& disk,
                                    eventio::SummaryWriterOptions options = {}) {
  options.files = disk;
  options.flushInterval = kQuick;
  auto writer = SummaryWriter::create("/fake/run", std::move(options));
  EXPECT_TRUE(writer);
  return std::move(*writer);
}

/// The records of steps [first, last).
std::string records(int first, int last) {
  std::string bytes;
  for (int i = first; i < last; ++i) bytes += record(scalarEvent("a", 1, i, 2.0));
  return bytes;
}

int addFailures(SummaryWriter& writer, int first, int last) {
  int failures = 0;
  for (int i = first; i < last; ++i) failures += writer.addScalar("a", 1, i, 2.0) ? 0 : 1;
  return failures;
}

TEST(WriterFailure, FullDiskIsReportedAndNothingQueuedIsMissingAfterwards) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_EQ(addFailures(*writer, 1, 10), 0);
  ASSERT_TRUE(writer->flush());
  disk->failAfter(70, ENOSPC);  // in the middle of a record
  addFailures(*writer, 10, 20);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, ErrorCode::kIo);
  EXPECT_THAT(flushed.error().message.english(), HasSubstr("No space left on device"));
  EXPECT_THAT(flushed.error().message.english(), HasSubstr(writer->file().string()));
  EXPECT_THAT(flushed.error().message.english(), HasSubstr("free some space"));
  auto status = writer->status();
  EXPECT_TRUE(status.failing);
  EXPECT_EQ(status.failure.english(), flushed.error().message.english());
  EXPECT_EQ(addFailures(*writer, 20, 30), 10);  // reported, but queued
  const auto failures = status.failureCount;

  disk->recover();
  ASSERT_TRUE(eventually([&] { return !writer->status().failing; }));
  ASSERT_TRUE(writer->flush());
  status = writer->status();
  EXPECT_GT(status.failureCount, failures);
  EXPECT_FALSE(status.failure.empty());
  EXPECT_EQ(status.recordsLost, 0U);
  EXPECT_EQ(status.recordsWritten, 29U);
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 30)));
}

TEST(WriterFailure, RemovedFolderIsMadeAgainWithWhatWasNotWritten) {
  const auto disk = std::make_shared<FakeDisk>();
  std::mutex mutex;
  std::vector<std::filesystem::path> made;
  const auto writer = open(disk, {.onNewFile = [&](const std::filesystem::path& path) {
                             const std::lock_guard lock(mutex);
                             made.push_back(path);
                           }});
  addFailures(*writer, 1, 10);
  ASSERT_TRUE(writer->flush());
  const auto first = writer->file();
  disk->removeAll(EACCES);
  addFailures(*writer, 10, 20);
  const auto flushed = writer->flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().message.english(), HasSubstr("Permission denied"));
  disk->allowCreation();
  ASSERT_TRUE(eventually([&] { return !writer->status().failing; }));
  ASSERT_TRUE(writer->flush());
  const auto second = writer->file();
  EXPECT_NE(first, second);
  const std::string bytes = disk->bytesOf(second);
  EXPECT_THAT(bytes, HasSubstr("brain.Event:2"));
  EXPECT_TRUE(bytes.ends_with(records(10, 20)));
  const std::lock_guard lock(mutex);
  EXPECT_THAT(made, testing::ElementsAre(first, second));
}

TEST(WriterFailure, FileRemovedAfterAPartOfTheRecordsIsWrittenAnewWhole) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_TRUE(writer->flush());
  disk->failAfter(100, EIO);
  addFailures(*writer, 1, 20);
  ASSERT_FALSE(writer->flush());
  disk->removeAll();
  disk->recover();
  ASSERT_TRUE(eventually([&] { return !writer->status().failing; }));
  ASSERT_TRUE(writer->flush());
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 20)));
}

TEST(WriterFailure, FullMemoryLosesRecordsButNeverBlocks) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk, {.queueBytes = 1000});
  ASSERT_TRUE(writer->flush());
  disk->failAfter(0, ENOSPC);
  addFailures(*writer, 1, 2);
  ASSERT_FALSE(writer->flush());
  addFailures(*writer, 2, 1000);
  const auto status = writer->status();
  EXPECT_GT(status.recordsLost, 900U);
  EXPECT_EQ(status.recordsQueued + status.recordsLost, 999U);
  disk->recover();
  ASSERT_TRUE(eventually([&] { return !writer->status().failing; }));
  ASSERT_TRUE(writer->flush());
  EXPECT_TRUE(disk->bytesOf(writer->file())
                  .ends_with(records(1, static_cast<int>(status.recordsQueued) + 1)));
}

TEST(WriterFailure, DiskThatHangsHoldsNobodyForEver) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer =
      open(disk, {.queueBytes = 1000, .stallTimeout = std::chrono::milliseconds(200)});
  ASSERT_TRUE(writer->flush());
  disk->hang();
  const int failures = addFailures(*writer, 1, 200);
  EXPECT_GT(failures, 100);
  EXPECT_EQ(writer->status().recordsLost, static_cast<std::uint64_t>(failures));
  EXPECT_GE(writer->status().waits, 1U);
  disk->recover();
  EXPECT_TRUE(writer->flush());
  EXPECT_TRUE(writer->addScalar("a", 1, 1));
}

TEST(WriterFailure, NobodyWaitsForADiskThatHangsWhileThereIsRoom) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_TRUE(writer->flush());
  disk->hang();
  EXPECT_EQ(addFailures(*writer, 1, 30001), 0);
  EXPECT_EQ(writer->status().recordsQueued, 30000U);
  EXPECT_EQ(writer->status().waits, 0U);
  disk->recover();
  EXPECT_TRUE(writer->flush());
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 30001)));
}

TEST(WriterFailure, ShortHangOnlyMakesTheCallerWait) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk, {.queueBytes = 1000});
  ASSERT_TRUE(writer->flush());
  disk->hang();
  auto adding = std::async(std::launch::async, [&] { return addFailures(*writer, 1, 200); });
  EXPECT_TRUE(eventually([&] { return writer->status().waits > 0; }));
  disk->recover();
  EXPECT_EQ(adding.get(), 0);
  EXPECT_TRUE(writer->flush());
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 200)));
}

TEST(WriterFailure, CloseReportsWhatIsLost) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_TRUE(writer->flush());
  disk->failAfter(0, EIO);
  addFailures(*writer, 1, 6);
  const auto closed = writer->close();
  ASSERT_FALSE(closed);
  EXPECT_THAT(closed.error().message.english(), HasSubstr("5 records"));
  EXPECT_EQ(writer->status().recordsLost, 5U);
}

TEST(WriterFailure, SyncReachesTheDiskAndItsFailureTheCaller) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  EXPECT_TRUE(writer->flush(true));
  EXPECT_EQ(disk->syncs(), 1);
  EXPECT_EQ(writer->status().bytesUnsynced, 0U);
  disk->refuseSync(EIO);
  ASSERT_EQ(addFailures(*writer, 1, 10), 0);
  const auto flushed = writer->flush(true);
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, ErrorCode::kIo);
  EXPECT_THAT(flushed.error().message.english(), HasSubstr("Input/output error"));
  EXPECT_THAT(flushed.error().message.english(), HasSubstr(writer->file().string()));
  EXPECT_THAT(flushed.error().message.english(),
              HasSubstr(std::to_string(records(1, 10).size()) + " bytes"));
  auto status = writer->status();
  EXPECT_EQ(status.failure.english(), flushed.error().message.english());
  EXPECT_EQ(status.syncFailures, 1U);
  EXPECT_EQ(status.bytesUnsynced, records(1, 10).size());
  EXPECT_FALSE(status.failing);  // the bytes are written
  EXPECT_EQ(status.recordsLost, 0U);
  EXPECT_TRUE(writer->flush());
}

TEST(WriterFailure, FlushOfADiskThatHangsFailsInsteadOfWaitingForEver) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk, {.stallTimeout = std::chrono::milliseconds(50)});
  ASSERT_TRUE(writer->flush(true));
  const auto expectStalled = [&] {
    const auto flushed = writer->flush(true);
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, ErrorCode::kIo);
    EXPECT_THAT(flushed.error().message.english(), HasSubstr("has not answered for 0.05 s"));
    EXPECT_THAT(flushed.error().message.english(), HasSubstr(writer->file().string()));
  };
  disk->hang();
  addFailures(*writer, 1, 5);
  expectStalled();
  disk->recover();
  EXPECT_TRUE(eventually([&] { return writer->status().recordsWritten == 4; }));
  disk->hangSync();
  expectStalled();
  disk->recover();
  ASSERT_TRUE(eventually([&] { return bool(writer->flush(true)); }));
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 5)));
}

TEST(WriterFailure, FlushOfADiskThatRefusesFailsEachTime) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_TRUE(writer->flush(true));
  disk->failAfter(10, EIO);
  addFailures(*writer, 1, 5);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(writer->flush(true));
  disk->recover();
  disk->refuseSync(EIO);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(writer->flush(true));
}

TEST(WriterFailure, FileMadeInPlaceOfARemovedOneAnnouncesTheSameRestarts) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk, {.purgeStep = 50});
  addFailures(*writer, 50, 60);
  for (const std::int64_t step : {90, 70, 80}) EXPECT_TRUE(writer->restartFrom(step));
  ASSERT_TRUE(writer->flush());
  const std::string first = disk->bytesOf(writer->file());
  disk->removeAll();
  addFailures(*writer, 80, 81);
  ASSERT_TRUE(writer->flush());
  const std::string second = disk->bytesOf(writer->file());
  ASSERT_TRUE(second.ends_with(records(80, 81)));
  // Steps 50, 70 and 80, with the times that they had in the first file.
  const std::size_t start = record(event_bytes::sessionStart(50)).size();
  const std::string starts = second.substr(second.size() - records(80, 81).size() - 3 * start);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_THAT(first, HasSubstr(starts.substr(i * start, start))) << i;
  }
  EXPECT_TRUE(first.ends_with(starts.substr(2 * start, start)));
}

TEST(WriterFailure, SyncThatSucceedsLaterDoesNotVouchForWhatAnEarlierOneFailedToWrite) {
  const auto disk = std::make_shared<FakeDisk>();
  const auto writer = open(disk);
  ASSERT_TRUE(writer->flush(true));
  disk->refuseSync(ENOSPC);
  addFailures(*writer, 1, 5);
  ASSERT_FALSE(writer->flush(true));
  const auto failures = writer->status().failureCount;
  addFailures(*writer, 5, 7);
  const auto again = writer->flush(true);
  ASSERT_FALSE(again);
  EXPECT_THAT(again.error().message.english(), HasSubstr("free some space"));
  EXPECT_GT(writer->status().failureCount, failures);
  EXPECT_EQ(writer->status().bytesUnsynced, records(1, 7).size());
  disk->refuseSync(0);
  addFailures(*writer, 7, 9);
  EXPECT_TRUE(writer->flush(true));
  EXPECT_EQ(writer->status().bytesUnsynced, records(1, 7).size());
  EXPECT_EQ(writer->status().syncFailures, 2U);
  EXPECT_TRUE(disk->bytesOf(writer->file()).ends_with(records(1, 9)));
}

TEST(WriterFailure, SyncOnTheRealDisk) {
  const TemporaryFolder folder;
  auto writer = SummaryWriter::create(folder / "run", {.flushInterval = kQuick});
  ASSERT_TRUE(writer);
  addFailures(**writer, 1, 10);
  EXPECT_TRUE((*writer)->flush(true));
  EXPECT_EQ((*writer)->status().bytesUnsynced, 0U);
}

TEST(WriterFailure, FolderThatCannotBeMadeFailsAtOnce) {
  const TemporaryFolder folder;
  writeFile(folder / "file", "not a folder");
  const auto writer = SummaryWriter::create(folder / "file/run");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kIo);
  EXPECT_THAT(writer.error().message.english(), HasSubstr((folder / "file/run").string()));
}

TEST(WriterFailure, RemovedFolderOnTheRealDisk) {
  const TemporaryFolder folder;
  auto writer = SummaryWriter::create(folder / "run", {.flushInterval = kQuick});
  ASSERT_TRUE(writer);
  addFailures(**writer, 1, 10);
  ASSERT_TRUE((*writer)->flush());
  std::filesystem::remove_all(folder / "run");
  addFailures(**writer, 10, 20);
  ASSERT_TRUE((*writer)->flush());
  EXPECT_TRUE(readFile((*writer)->file()).ends_with(records(10, 20)));
}

TEST(WriterFailure, AReplacedMovedOrShortenedFileIsReportedAndTheLogGoesOnInANewOne) {
  using Path = std::filesystem::path;
  const std::map<std::string, std::function<void(const Path&)>> damages = {
      {"removed", [](const Path& file) { std::filesystem::remove(file); }},
      {"moved", [](const Path& file) { std::filesystem::rename(file, file.string() + ".old"); }},
      {"emptied", [](const Path& file) { std::filesystem::resize_file(file, 0); }},
      {"cut",
       [](const Path& file) {
         std::filesystem::resize_file(file, std::filesystem::file_size(file) - 1);
       }},
      {"replaced",
       [](const Path& file) {
         const std::string bytes = readFile(file);
         std::filesystem::remove(file);
         writeFile(file.string() + ".new", bytes);
         std::filesystem::rename(file.string() + ".new", file);
       }},
  };
  for (const auto& [name, damage] : damages) {
    const TemporaryFolder folder;
    auto writer = SummaryWriter::create(folder / "run", {.flushInterval = kQuick});
    ASSERT_TRUE(writer);
    addFailures(**writer, 1, 10);
    ASSERT_TRUE((*writer)->flush());
    EXPECT_EQ((*writer)->status().filesLost, 0U) << name;
    const Path first = (*writer)->file();
    damage(first);
    addFailures(**writer, 10, 20);
    ASSERT_TRUE((*writer)->flush());
    EXPECT_NE((*writer)->file(), first) << name;
    EXPECT_TRUE(readFile((*writer)->file()).ends_with(records(10, 20))) << name;
    EXPECT_EQ((*writer)->status().filesLost, 1U) << name;
    EXPECT_THAT((*writer)->status().fileLoss.english(), HasSubstr(first.string())) << name;
  }
}

/// A file system of 64 KiB; empty when this user may not mount one.
class SmallDisk {
 public:
  SmallDisk() {
    m_mounted = ::mount("tmpfs", m_folder.path().c_str(), "tmpfs", 0, "size=64k") == 0;
  }
  ~SmallDisk() {
    if (m_mounted) ::umount2(m_folder.path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  [[nodiscard]] bool mounted() const { return m_mounted; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return m_folder / name;
  }

 private:
  TemporaryFolder m_folder;
  bool m_mounted = false;
};

TEST(WriterFailure, RealFullDisk) {
  const SmallDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "may not mount a small file system here";
  writeFile(disk / "ballast", std::string(40000, 'x'));
  auto writer = SummaryWriter::create(disk / "run", {.flushInterval = kQuick});
  ASSERT_TRUE(writer);
  addFailures(**writer, 1, 1000);
  const auto flushed = (*writer)->flush();
  ASSERT_FALSE(flushed);
  EXPECT_THAT(flushed.error().message.english(), HasSubstr("No space left on device"));
  std::filesystem::remove(disk / "ballast");
  ASSERT_TRUE(eventually([&] { return !(*writer)->status().failing; }));
  ASSERT_TRUE((*writer)->flush());
  EXPECT_TRUE(readFile((*writer)->file()).ends_with(records(1, 1000)));
}

}  // namespace
