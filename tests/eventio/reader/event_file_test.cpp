// SPDX-License-Identifier: GPL-3.0-or-later
// Which files are event files, and what becomes of those that only look like one.
#include "eventio/reader/event_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "event_bytes.h"
#include "eventio/reader/log_directory.h"
#include "eventio/sources/load_runs.h"
#include "memory_file.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using eventio::FileBeginning;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kName = "events.out.tfevents.1700000000.host.1234.0";

TEST(EventFileName, TakesWhatWritersWrite) {
  for (const char* name :
       {"events.out.tfevents.1700000000.host.1234.0", "events.out.tfevents.1700000000.host",
        "events.out.tfevents.1700000000.host.1234.0.v2", "events.out.tfevents.17.host.1.a.suffix",
        "events.out.tfevents.1700000000.deadbeef", "events.out.tfevents.1.h.profile-empty",
        "tfevents", "my.tfevents", "events.out.tfevents.1700000000.host~part.0"}) {
    EXPECT_TRUE(eventio::isEventFileName(name)) << name;
  }
}

TEST(EventFileName, PassesOverWhatCopyToolsHaveNotFinished) {
  const std::vector<std::string> names = {
      "." + kName + ".x8Tj2Q",                                       // rsync
      ".syncthing." + kName + ".tmp",                                // syncthing
      "~syncthing~" + kName + ".tmp",                                //
      kName + ".sync-conflict-20260101-120000-ABCDEFG",              //
      kName + ".filepart",                                           // WinSCP
      kName + ".part",                                               // Firefox, KDE
      kName + ".crdownload",                                         // Chromium
      kName + ".opdownload",                                         // Opera
      kName + ".7c3ab2f1.partial",                                   // rclone
      kName + "_.gstmp",                                             // gsutil
      kName + ".part.minio",                                         // MinIO
      kName + ".aria2",                                              // aria2
      kName + ".incomplete",                                         // Hugging Face
      kName + ".tmp",                                                //
      kName + "~",                                                   // editors
      ".azDownload-0a1b-" + kName,                                   // AzCopy
      ".in." + kName + ".",                                          // lftp
      "._" + kName,                                                  // macOS
      "." + kName + ".swp",                                          // Vim
      "#" + kName + "#",                                             // Emacs
      kName + " (conflicted copy 2026-01-01 120000)",                // Nextcloud
      "events.out.tfevents.1 (Ann's conflicted copy 2026-01-01).0",  // Dropbox
      kName + "_conflict-20260101-120000"};                          // ownCloud

  for (const std::string& name : names) {
    EXPECT_FALSE(eventio::isEventFileName(name)) << name;
  }
  EXPECT_FALSE(eventio::isEventFileName("events.log"));
  EXPECT_FALSE(eventio::isEventFileName(""));
}

TEST(EventFileName, DownloadsOfAwsAreKnownByTheFileBesideThem) {
  std::vector<std::string> names = {kName, kName + ".6eF5d5c2", kName + ".6eF5d5c2g",
                                    kName + ".6eF5d5cg", "tfevents.1234abcd"};
  eventio::dropDownloads(names);
  EXPECT_THAT(names,
              ElementsAre(kName, kName + ".6eF5d5c2g", kName + ".6eF5d5cg", "tfevents.1234abcd"));
}

FileBeginning beginningOf(const std::string& bytes) {
  MemoryFile file(bytes);
  const auto found = eventio::beginningOf(file);
  EXPECT_TRUE(found);
  return *found;
}

TEST(EventFileBeginning, DistinguishesTextFromRecords) {
  EXPECT_EQ(beginningOf(""), FileBeginning::kEmpty);
  EXPECT_EQ(beginningOf(event_bytes::file(0, 3)), FileBeginning::kRecord);
  EXPECT_EQ(beginningOf(event_bytes::file(0, 3).substr(0, 12)), FileBeginning::kRecord);
  EXPECT_EQ(beginningOf(event_bytes::file(0, 3).substr(0, 7)), FileBeginning::kOther);
  EXPECT_EQ(beginningOf(event_bytes::file(0, 3).substr(1)), FileBeginning::kOther);
  EXPECT_EQ(beginningOf("step,loss\n1,0.5\n"), FileBeginning::kText);
  EXPECT_EQ(beginningOf("学习率: 0.1\n"), FileBeginning::kText);
  EXPECT_EQ(beginningOf(std::string(4096, 'x')), FileBeginning::kText);
  EXPECT_EQ(beginningOf(std::string(4096, '\0')), FileBeginning::kOther);
}

TEST(LogDirectoryOfOtherFiles, RefusesAFileThatHoldsNoEvents) {
  const TemporaryFolder folder;
  writeFile(folder / "empty.txt", "");
  writeFile(folder / "notes.txt", "lower the learning rate\n");
  writeFile(folder / "tfevents.txt", "no events, in spite of the name\n");
  writeFile(folder / "data.bin", std::string(100, '\1') + std::string(100, '\0'));
  const auto refusal = [&](const char* name) {
    const auto loaded = eventio::loadRuns(folder / name);
    EXPECT_FALSE(loaded) << name;
    if (loaded) return std::string();
    EXPECT_EQ(loaded.error().code, eventio::ErrorCode::kInvalidArgument);
    EXPECT_THAT(loaded.error().message.english(), HasSubstr((folder / name).string()));
    EXPECT_THAT(loaded.error().message.english(), HasSubstr("give a log directory, an event file"));
    return loaded.error().message.english();
  };
  EXPECT_THAT(refusal("empty.txt"), HasSubstr("is empty"));
  EXPECT_THAT(refusal("notes.txt"), HasSubstr("is a text file"));
  EXPECT_THAT(refusal("tfevents.txt"), HasSubstr("is a text file"));
  EXPECT_THAT(refusal("data.bin"), HasSubstr("does not begin as an event file does"));
  writeFile(folder / "renamed.log", event_bytes::file(0, 3));
  EXPECT_TRUE(eventio::loadRuns(folder / "renamed.log"));
  writeFile(folder / kName, "");  // its writer has just begun
  EXPECT_TRUE(eventio::loadRuns(folder / kName));
}

TEST(LogDirectoryOfOtherFiles, TextUnderAnEventFilesNameIsNoRun) {
  const TemporaryFolder folder;
  writeFile(folder / "text" / kName, "version https://git-lfs.github.com/spec/v1\n");
  writeFile(folder / "both" / kName, event_bytes::file(0, 3));
  writeFile(folder / "both" / (kName + ".md5"), "d41d8cd98f00b204e9800998ecf8427e\n");
  writeFile(folder / "none" / "notes.txt", "");
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  ASSERT_THAT(loaded->runs, SizeIs(1));
  EXPECT_EQ(loaded->runs[0]->name(), "both");
  EXPECT_EQ(loaded->runs[0]->scalars("a").size(), 3U);
  EXPECT_THAT(loaded->runs[0]->damage(), IsEmpty());
  EXPECT_THAT(english(loaded->problems),
              testing::UnorderedElementsAre(
                  HasSubstr("text/" + kName + "' has an event file's name, but is a text file"),
                  HasSubstr(kName + ".md5' has an event file's name, but is a text file")));
}

TEST(LogDirectoryOfOtherFiles, RunAppearsWhenItsTextIsReplacedByEvents) {
  const TemporaryFolder folder;
  writeFile(folder / "run" / kName, "version https://git-lfs.github.com/spec/v1\n");
  const auto store = std::make_shared<eventio::RunStore>();
  const auto directory = eventio::LogDirectory::open(folder.path(), store);
  ASSERT_TRUE(directory);
  ASSERT_TRUE((*directory)->waitUntilLoaded(std::chrono::minutes(1)));
  EXPECT_THAT(store->runs(), IsEmpty());
  writeFile(folder / "run" / kName, event_bytes::file(0, 3));
  ASSERT_TRUE(eventually([&] {
    const auto runs = store->runs();
    return runs.size() == 1 && runs[0]->scalars("a").size() == 3;
  }));
  EXPECT_THAT(store->runs()[0]->damage(), IsEmpty());
}

std::vector<std::string> damageOf(const eventio::Run& run) {
  std::vector<std::string> sentences;
  for (const auto& damage : run.damage())
    sentences.push_back(damage.file + ": " + damage.what.english());
  return sentences;
}

/// Copies as rsync, WinSCP and AWS's tools do, while the log directory is followed.
TEST(FollowingCopies, FileRenamedIntoPlaceHasItsPointsOnce) {
  for (const std::string& temporary :
       {"." + kName + ".x8Tj2Q", kName + ".filepart", kName + ".6eF5d5c2", kName + "._COPYING_",
        kName + ".!ut", kName + ".sb-1a2b-xyz", kName + ".new-7-1"}) {
    const TemporaryFolder folder;
    writeFile(folder / "run" / "events.out.tfevents.1.other",
              event_bytes::record(event_bytes::versionEvent()));
    const auto store = std::make_shared<eventio::RunStore>();
    const auto directory = eventio::LogDirectory::open(folder.path(), store);
    ASSERT_TRUE(directory);
    ASSERT_TRUE((*directory)->waitUntilLoaded(std::chrono::minutes(1)));
    const std::string whole = event_bytes::file(0, 100);
    const bool isKnown = temporary.ends_with("part") || temporary.starts_with('.');
    writeFile(folder / "run" / temporary, whole.substr(0, whole.size() / 2));
    const auto points = [&] { return store->runs()[0]->scalars("a").size(); };
    if (!isKnown) {
      ASSERT_TRUE(eventually([&] { return points() > 40; })) << temporary;
    }
    appendFile(folder / "run" / temporary, whole.substr(whole.size() / 2));
    fs::rename(folder / "run" / temporary, folder / "run" / kName);
    ASSERT_TRUE(eventually([&] { return points() >= 100; })) << temporary;
    // Once more, longer, over the first one.
    const std::string longer = whole + event_bytes::points(100, 150);
    writeFile(folder / "run" / temporary, longer);
    fs::rename(folder / "run" / temporary, folder / "run" / kName);
    ASSERT_TRUE(eventually([&] { return points() >= 150; })) << temporary;
    (*directory)->rescan();
    EXPECT_EQ(points(), 150U) << temporary;
    EXPECT_THAT(store->runs(), SizeIs(1)) << temporary;
    EXPECT_THAT(damageOf(*store->runs()[0]), IsEmpty()) << temporary;
  }
}

TEST(FollowingCopies, CopyBesideItsFileIsReadOnce) {
  for (const std::string& copy :
       {kName + ".bak", kName + ".new-1-2", kName + "._COPYING_", "Copy of " + kName}) {
    const TemporaryFolder folder;
    writeFile(folder / "run" / kName, event_bytes::file(0, 100));
    writeFile(folder / "run" / copy, event_bytes::file(0, 60));
    const auto anHourAgo = fs::file_time_type::clock::now() - std::chrono::hours(1);
    fs::last_write_time(folder / "run" / copy, anHourAgo);
    const auto loaded = eventio::loadRuns(folder.path());
    ASSERT_TRUE(loaded);
    ASSERT_THAT(loaded->runs, SizeIs(1));
    EXPECT_EQ(loaded->runs[0]->scalars("a").size(), 100U) << copy;
    EXPECT_THAT(damageOf(*loaded->runs[0]), IsEmpty()) << copy;
    EXPECT_THAT(english(loaded->problems), ElementsAre(HasSubstr(copy + "' begins with the same")));
  }
}

/// TensorFlow writes whole seconds into a file's first record.
TEST(FollowingCopies, FilesBegunInTheSameSecondAreBothRead) {
  const std::string first = event_bytes::record(event_bytes::versionEvent());
  const TemporaryFolder folder;
  writeFile(folder / kName, first);
  writeFile(folder / (kName + ".v2"), first);
  const auto store = std::make_shared<eventio::RunStore>();
  const auto directory = eventio::LogDirectory::open(folder.path(), store);
  ASSERT_TRUE(directory);
  ASSERT_TRUE((*directory)->waitUntilLoaded(std::chrono::minutes(1)));
  appendFile(folder / (kName + ".v2"), event_bytes::points(0, 100));
  const auto points = [&] { return store->runs()[0]->scalars("a").size(); };
  EXPECT_TRUE(eventually([&] { return points() == 100; }));
  appendFile(folder / kName, event_bytes::points(100, 250));
  EXPECT_TRUE(eventually([&] { return points() == 250; }));
  EXPECT_EQ(eventio::loadRuns(folder.path())->runs[0]->scalars("a").size(), 250U);
}

TEST(FollowingCopies, CopyIsReadOnWhereItsFileWasRemoved) {
  const TemporaryFolder folder;
  writeFile(folder / kName, event_bytes::file(0, 100));
  writeFile(folder / (kName + ".new"), event_bytes::file(0, 60));
  const auto store = std::make_shared<eventio::RunStore>();
  const auto directory = eventio::LogDirectory::open(folder.path(), store);
  ASSERT_TRUE(directory);
  ASSERT_TRUE((*directory)->waitUntilLoaded(std::chrono::minutes(1)));
  writeFile(folder / (kName + ".new"), event_bytes::file(0, 150));
  fs::remove(folder / kName);
  const auto points = [&] { return store->runs()[0]->scalars("a").size(); };
  EXPECT_TRUE(eventually([&] { return points() >= 150; }));
  (*directory)->rescan();
  appendFile(folder / (kName + ".new"), event_bytes::points(150, 170));
  EXPECT_TRUE(eventually([&] { return points() >= 170; }));
  EXPECT_EQ(points(), 170U);
}

TEST(FollowingCopies, FoldersOfCopyToolsAreNoRuns) {
  const TemporaryFolder folder;
  for (const char* below : {"run", "run/.~tmp~", "run/.rsync-partial", ".stversions/run"}) {
    writeFile(folder / below / kName, event_bytes::file(0, 3));
  }
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  ASSERT_THAT(loaded->runs, SizeIs(1));
  EXPECT_EQ(loaded->runs[0]->name(), "run");
}

}  // namespace
