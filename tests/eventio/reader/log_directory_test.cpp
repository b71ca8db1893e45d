// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/log_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include "event_bytes.h"
#include "eventio/base/natural_order.h"
#include "eventio/sources/load_runs.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

using event_bytes::record;
using event_bytes::scalarEvent;
using event_bytes::versionEvent;
using eventio::LogDirectory;
using eventio::RunStore;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::chrono::milliseconds kLong{30000};

/// A file of scalar events of tag "a" with steps [first, last), values as the steps.
std::string steps(int first, int last) {
  std::string bytes;
  for (int i = first; i < last; ++i) bytes += record(scalarEvent("a", static_cast<float>(i), i));
  return bytes;
}

std::string file(int first, int last, double wallTime = 1.5e9) {
  return record(versionEvent(wallTime)) + steps(first, last);
}

/// A folder that is followed.
struct Following {
  explicit Following(const std::filesystem::path& path) {
    auto opened = LogDirectory::open(
        path, store, {.threads = 2, .follow = true, .pollInterval = std::chrono::milliseconds(3)});
    EXPECT_TRUE(opened);
    if (!opened) return;
    directory = std::move(*opened);
    EXPECT_TRUE(directory->waitUntilLoaded(kLong));
  }
  [[nodiscard]] std::shared_ptr<eventio::Run> run(const std::string& name = ".") const {
    return store->find(directory->path(), name);
  }
  [[nodiscard]] std::size_t count(const std::string& name = ".") const {
    const auto found = run(name);
    return found ? found->scalars("a").size() : 0;
  }

  std::shared_ptr<RunStore> store = std::make_shared<RunStore>();
  std::unique_ptr<LogDirectory> directory;
};

std::vector<std::string> names(const eventio::LoadedRuns& loaded) {
  std::vector<std::string> found;
  for (const auto& run : loaded.runs) found.push_back(run->name());
  return found;
}

std::vector<double> valuesOf(const eventio::Run& run, std::string_view tag = "a") {
  const auto view = run.scalars(tag);
  std::vector<double> found(view.size());
  view.copyValues(0, found);
  return found;
}

TEST(LogDirectory, FindsRunsBelowTheFolder) {
  const TemporaryFolder folder;
  writeFile(folder / "events.out.tfevents.1", file(0, 1));
  writeFile(folder / "run10/x.tfevents", file(0, 2));
  writeFile(folder / "run2/deep/er/tfevents", file(0, 3));
  writeFile(folder / "run2/notes.txt", "no events");
  std::filesystem::create_directories(folder / "empty");
  std::filesystem::create_directories(folder / "tfevents.folder");
  writeFile(folder / "tfevents.folder/a.tfevents", file(0, 4));
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  EXPECT_THAT(names(*loaded), ElementsAre(".", "run2/deep/er", "run10", "tfevents.folder"));
  EXPECT_EQ(loaded->runs[1]->scalars("a").size(), 3U);
  EXPECT_EQ(loaded->runs[3]->scalars("a").size(), 4U);
  EXPECT_EQ(loaded->runs[0]->logDirectory(), folder.path().string());
  EXPECT_THAT(loaded->problems, IsEmpty());
}

TEST(LogDirectory, PathIsMadeAbsoluteAndNormal) {
  const TemporaryFolder folder;
  writeFile(folder / "run/x.tfevents", file(0, 1));
  const auto store = std::make_shared<RunStore>();
  const auto directory = LogDirectory::open(folder.path() / "run" / ".." / "run" / "", store);
  ASSERT_TRUE(directory);
  EXPECT_EQ((*directory)->path(), (folder / "run").string());
}

TEST(LogDirectory, SaysWhatItCannotOpen) {
  const TemporaryFolder folder;
  const auto missing = LogDirectory::open(folder / "nowhere", std::make_shared<RunStore>());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, eventio::ErrorCode::kNotFound);
  EXPECT_THAT(missing.error().message.english(), HasSubstr((folder / "nowhere").string()));
}

TEST(LogDirectory, SingleFileIsTheRunOfItsFolder) {
  const TemporaryFolder folder;
  writeFile(folder / "any.name", file(0, 3));
  writeFile(folder / "b.tfevents", file(0, 9));
  const auto loaded = eventio::loadRuns(folder / "any.name");
  ASSERT_TRUE(loaded);
  ASSERT_THAT(names(*loaded), ElementsAre("."));
  EXPECT_EQ(loaded->runs[0]->logDirectory(), folder.path().string());
  EXPECT_EQ(loaded->runs[0]->scalars("a").size(), 3U);
}

TEST(LogDirectory, FilesOfARunAreReadInOrderOfName) {
  const TemporaryFolder folder;
  writeFile(folder / "tfevents.2", file(5, 8));
  writeFile(folder / "tfevents.1", file(0, 5));
  writeFile(folder / "tfevents.3", record(versionEvent()) +
                                       record(event_bytes::sessionStart(6, 1.6e9)) +
                                       record(scalarEvent("a", 60, 6)));
  const auto loaded = eventio::loadRuns(folder.path());
  EXPECT_THAT(valuesOf(*loaded->runs[0]), ElementsAre(0, 1, 2, 3, 4, 5, 60));
}

TEST(LogDirectory, LinksAreFollowedOnce) {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  writeFile(folder / "real/x.tfevents", file(0, 1));
  writeFile(elsewhere / "run/y.tfevents", file(0, 2));
  std::filesystem::create_directory_symlink(folder.path(), folder / "real/up");
  std::filesystem::create_directory_symlink(folder / "real", folder / "again");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "out");
  std::filesystem::create_directory_symlink(elsewhere.path(), folder / "out2");
  std::filesystem::create_symlink(folder / "nowhere", folder / "dangling.tfevents");
  std::filesystem::create_symlink(folder / "real/x.tfevents", folder / "link.tfevents");
  const auto loaded = eventio::loadRuns(folder.path());
  ASSERT_TRUE(loaded);
  const auto found = names(*loaded);
  ASSERT_EQ(found.size(), 2U) << testing::PrintToString(found);
  EXPECT_THAT(found, testing::Contains("real"));
  EXPECT_THAT(found, testing::Contains(testing::AnyOf("out/run", "out2/run")));
}

TEST(LogDirectory, DamageIsReportedWithItsPlace) {
  const TemporaryFolder folder;
  const std::string good = file(0, 3);
  std::string bytes = good + steps(3, 6);
  bytes[good.size() + 20] ^= 1;
  writeFile(folder / "x.tfevents", bytes);
  const auto loaded = eventio::loadRuns(folder.path());
  EXPECT_THAT(valuesOf(*loaded->runs[0]), ElementsAre(0, 1, 2, 4, 5));
  const auto damage = loaded->runs[0]->damage();
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].file, (folder / "x.tfevents").string());
  EXPECT_EQ(damage[0].offset, good.size());
  EXPECT_EQ(damage[0].bytes, steps(3, 4).size());
}

TEST(LogDirectory, FilesThatHoldNoEventsAreDamageNotFailure) {
  const TemporaryFolder folder;
  writeFile(folder / "a/x.tfevents", "");
  writeFile(folder / "b/x.tfevents", std::string(100000, 'q') + '\0');
  writeFile(folder / "b/y.tfevents", std::string(511, 'q') + std::string(1, '\0'));
  writeFile(folder / "c/x.tfevents", "short");
  const auto loaded = eventio::loadRuns(folder.path());
  EXPECT_THAT(names(*loaded), ElementsAre("a", "b", "c"));
  EXPECT_THAT(loaded->runs[0]->damage(), IsEmpty());
  ASSERT_EQ(loaded->runs[1]->damage().size(), 1U);
  EXPECT_EQ(loaded->runs[1]->damage()[0].bytes, 512U);
  ASSERT_EQ(loaded->problems.size(), 1U);           // x is text
  ASSERT_EQ(loaded->runs[2]->damage().size(), 1U);  // may be the beginning of a record
  EXPECT_TRUE(loaded->runs[2]->damage()[0].isNotice);
  EXPECT_THAT(loaded->runs[2]->damage()[0].what.english(), HasSubstr("of which 5 bytes are there"));
}

TEST(LogDirectory, UnreadablePlacesAreReported) {
  const TemporaryFolder folder;
  writeFile(folder / "good/x.tfevents", file(0, 1));
  std::filesystem::create_directories(folder / "pipe");
  if (::geteuid() == 0) {
    // root reads everything: a loop of links is a place that nobody can read
    std::filesystem::create_symlink(folder / "loop.tfevents", folder / "loop.tfevents");
    const auto loaded = eventio::loadRuns(folder.path());
    ASSERT_TRUE(loaded);
    EXPECT_THAT(names(*loaded), ElementsAre("good"));
    return;
  }
  writeFile(folder / "secret/x.tfevents", file(0, 1));
  writeFile(folder / "closed/x.tfevents", file(0, 1));
  std::filesystem::permissions(folder / "secret/x.tfevents", std::filesystem::perms::none);
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::none);
  const auto loaded = eventio::loadRuns(folder.path());
  std::filesystem::permissions(folder / "closed", std::filesystem::perms::owner_all);
  ASSERT_TRUE(loaded);
  EXPECT_THAT(names(*loaded), ElementsAre("good", "secret"));
  EXPECT_THAT(english(loaded->problems),
              testing::UnorderedElementsAre(HasSubstr("secret/x.tfevents"), HasSubstr("closed")));
}

TEST(LogDirectory, FollowsNewBytesFilesAndRuns) {
  const TemporaryFolder folder;
  writeFile(folder / "x.tfevents.1", file(0, 2));
  const Following following(folder.path());
  EXPECT_EQ(following.count(), 2U);
  const std::string more = steps(2, 4);
  appendFile(folder / "x.tfevents.1", more.substr(0, more.size() - 5));
  ASSERT_TRUE(eventually([&] { return following.count() == 3; }));
  appendFile(folder / "x.tfevents.1", more.substr(more.size() - 5));
  ASSERT_TRUE(eventually([&] { return following.count() == 4; }));
  writeFile(folder / "x.tfevents.2", file(4, 6));
  ASSERT_TRUE(eventually([&] { return following.count() == 6; }));
  writeFile(folder / "new/run/y.tfevents", file(0, 7));
  ASSERT_TRUE(eventually([&] { return following.count("new/run") == 7; }));
  EXPECT_THAT(following.run()->damage(), IsEmpty());
}

TEST(LogDirectory, FolderThatIsEmptyAtFirstFillsLater) {
  const TemporaryFolder folder;
  const Following following(folder.path());
  EXPECT_TRUE(following.directory->progress().loaded);
  EXPECT_TRUE(following.store->runs().empty());
  writeFile(folder / "run/x.tfevents", file(0, 2));
  EXPECT_TRUE(eventually([&] { return following.count("run") == 2; }));
}

TEST(LogDirectory, RemovedFileKeepsWhatWasReadAndIsReported) {
  const TemporaryFolder folder;
  writeFile(folder / "run/x.tfevents", file(0, 5));
  const Following following(folder.path());
  std::filesystem::remove_all(folder / "run");
  ASSERT_TRUE(eventually([&] { return !following.run("run")->damage().empty(); }));
  EXPECT_THAT(following.run("run")->damage()[0].what.english(), HasSubstr("removed"));
  EXPECT_EQ(following.count("run"), 5U);
  writeFile(folder / "run/x.tfevents", file(0, 3, 1.6e9));
  ASSERT_TRUE(eventually([&] { return following.count("run") == 8; }));
}

TEST(LogDirectory, ReplacedFileIsReadFromItsStart) {
  const TemporaryFolder folder;
  writeFile(folder / "x.tfevents", file(0, 5));
  const Following following(folder.path());
  writeFile(folder / "new", file(100, 120, 1.6e9));
  std::filesystem::rename(folder / "new", folder / "x.tfevents");
  ASSERT_TRUE(eventually([&] { return following.count() == 25; }));
  EXPECT_THAT(following.run()->damage()[0].what.english(), HasSubstr("replaced"));
}

TEST(LogDirectory, RewrittenInPlaceIsReadFromItsStart) {
  const TemporaryFolder folder;
  writeFile(folder / "x.tfevents", file(0, 5));
  const Following following(folder.path());
  writeFile(folder / "x.tfevents", file(100, 103, 1.6e9));
  ASSERT_TRUE(eventually([&] { return following.count() == 8; }));
  EXPECT_FALSE(following.run()->damage().empty());
}

TEST(LogDirectory, CopyThatGrewGoesOnSilently) {
  const TemporaryFolder folder;
  writeFile(folder / "x.tfevents", file(0, 5));
  const Following following(folder.path());
  writeFile(folder / "copy", file(0, 9));
  std::filesystem::rename(folder / "copy", folder / "x.tfevents");
  ASSERT_TRUE(eventually([&] { return following.count() == 9; }));
  EXPECT_THAT(following.run()->damage(), IsEmpty());
}

TEST(LogDirectory, ShortenedFileKeepsWhatWasReadAndGoesOn) {
  const TemporaryFolder folder;
  const auto path = folder / "x.tfevents";
  writeFile(path, file(0, 5));
  const Following following(folder.path());
  std::filesystem::resize_file(path, file(0, 2).size() + 7);
  ASSERT_TRUE(eventually([&] { return !following.run()->damage().empty(); }));
  EXPECT_THAT(following.run()->damage()[0].what.english(), HasSubstr("shortened"));
  EXPECT_EQ(following.count(), 5U);
  appendFile(path, steps(5, 8));
  ASSERT_TRUE(eventually([&] { return following.count() == 8; }));
}

TEST(LogDirectory, FilesOfThisProcessArePassedOver) {
  const TemporaryFolder folder;
  const auto store = std::make_shared<RunStore>();
  eventio::SummaryWriterOptions options;
  options.onNewFile = [&](const std::filesystem::path& path) { store->addOwnFile(path.string()); };
  auto writer = eventio::SummaryWriter::create(folder / "run", options);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->addScalar("a", 1, 1));
  ASSERT_TRUE((*writer)->flush());
  writeFile(folder / "run/a.tfevents.other", file(0, 2));
  const auto directory = LogDirectory::open(folder.path(), store);
  ASSERT_TRUE((*directory)->waitUntilLoaded(kLong));
  const auto run = store->find(folder.path().string(), "run");
  ASSERT_NE(run, nullptr);
  EXPECT_THAT(valuesOf(*run), ElementsAre(0, 1));
}

TEST(LogDirectory, ProgressEndsComplete) {
  const TemporaryFolder folder;
  std::uint64_t bytes = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string content = file(0, 10 * i);
    bytes += content.size();
    writeFile(folder.path() / std::to_string(i) / "x.tfevents", content);
  }
  const auto directory = LogDirectory::open(
      folder.path(), std::make_shared<RunStore>(),
      {.threads = 3, .follow = false, .pollInterval = std::chrono::milliseconds(1)});
  ASSERT_TRUE((*directory)->waitUntilLoaded(kLong));
  const auto progress = (*directory)->progress();
  EXPECT_TRUE(progress.loaded);
  EXPECT_FALSE(progress.discovering);
  EXPECT_EQ(progress.bytesFound, bytes);
  EXPECT_EQ(progress.bytesRead, bytes);
  EXPECT_EQ(progress.filesFound, 30U);
  EXPECT_EQ(progress.filesDone, 30U);
}

TEST(LogDirectory, RescanLooksAtOnce) {
  const TemporaryFolder folder;
  const auto store = std::make_shared<RunStore>();
  const auto directory = LogDirectory::open(
      folder.path(), store, {.threads = 1, .follow = true, .pollInterval = std::chrono::hours(1)});
  ASSERT_TRUE((*directory)->waitUntilLoaded(kLong));
  writeFile(folder / "x.tfevents", file(0, 2));
  (*directory)->rescan();
  EXPECT_TRUE(eventually([&] {
    const auto run = store->find(folder.path().string(), ".");
    return run && run->scalars("a").size() == 2;
  }));
}

TEST(LogDirectory, LargeRunIsReadInSlicesWithoutLossAndSeenEarly) {
  const TemporaryFolder folder;
  std::string bytes = file(0, 0);
  constexpr int kPoints = 500000;
  for (int i = 0; i < kPoints; i += 1000) {
    std::string block;
    for (int k = 0; k < 20; ++k)
      block += record(scalarEvent("a", static_cast<float>(i + k), i + k));
    bytes += block;
    bytes += record(event_bytes::event(
        1, i,
        event_bytes::summary({event_bytes::tensorValue(
            "t",
            event_bytes::tensorHead(7, {}) + event_bytes::bytesField(8, std::string(40000, 'x')),
            event_bytes::metadata("text"))})));
  }
  writeFile(folder / "x.tfevents", bytes);
  const auto loaded = eventio::loadRuns(folder.path());
  const auto view = loaded->runs[0]->scalars("a");
  ASSERT_EQ(view.size(), 20U * kPoints / 1000);
  for (std::size_t i = 0; i < view.size(); ++i) {
    ASSERT_EQ(view.step(i), static_cast<std::int64_t>(i / 20 * 1000 + i % 20));
  }
  EXPECT_EQ(loaded->runs[0]->texts("t").size(), 500U);
}

TEST(LogDirectory, ManyFilesNeedFewDescriptors) {
  const TemporaryFolder folder;
  constexpr int kFiles = 600;
  for (int i = 0; i < kFiles; ++i) {
    writeFile(folder.path() / std::to_string(i) / "x.tfevents", file(0, 2));
  }
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 48;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  {
    const Following following(folder.path());
    EXPECT_THAT(following.directory->problems(), IsEmpty());
    EXPECT_EQ(following.store->runs().size(), static_cast<std::size_t>(kFiles));
    for (int i = 0; i < kFiles; i += 7) {
      appendFile(folder.path() / std::to_string(i) / "x.tfevents", steps(2, 3));
    }
    EXPECT_TRUE(eventually([&] {
      for (int i = 0; i < kFiles; ++i) {
        if (following.count(std::to_string(i)) != (i % 7 == 0 ? 3U : 2U)) return false;
      }
      return true;
    }));
    EXPECT_THAT(following.directory->problems(), IsEmpty());
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(LogDirectory, WriterFollowerAndReadersTogether) {
  const TemporaryFolder folder;
  auto writer = eventio::SummaryWriter::create(folder / "run",
                                               {.flushInterval = std::chrono::milliseconds(2)});
  ASSERT_TRUE(writer);
  const Following following(folder.path());
  constexpr std::size_t kPoints = 30000;
  std::atomic<bool> done{false};
  const auto read = [&] {
    std::size_t seen = 0;
    while (!done) {
      for (const auto& run : following.store->runs()) {
        static_cast<void>(run->tags());
        const auto view = run->scalars("a");
        EXPECT_GE(view.size(), seen);
        seen = view.size();
        if (seen == 0) continue;
        EXPECT_EQ(view.step(seen - 1), static_cast<std::int64_t>(seen - 1));
        EXPECT_EQ(view.range(0, seen).max, static_cast<double>(seen - 1));
      }
      static_cast<void>(following.directory->progress());
    }
  };
  std::thread one(read);
  std::thread two(read);
  for (std::size_t i = 0; i < kPoints; ++i) {
    ASSERT_TRUE((*writer)->addScalar("a", static_cast<float>(i), static_cast<std::int64_t>(i)));
    if (i % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_TRUE((*writer)->close());
  EXPECT_TRUE(eventually([&] { return following.count("run") == kPoints; }));
  done = true;
  one.join();
  two.join();
  EXPECT_THAT(following.run("run")->damage(), IsEmpty());
}

TEST(LogDirectory, StopsInTheMiddleOfLoading) {
  const TemporaryFolder folder;
  for (int i = 0; i < 20; ++i) {
    writeFile(folder.path() / std::to_string(i) / "x.tfevents", file(0, 2000));
  }
  for (int round = 0; round < 10; ++round) {
    const auto directory = LogDirectory::open(folder.path(), std::make_shared<RunStore>());
    std::this_thread::sleep_for(std::chrono::microseconds(300 * round));
  }
}

TEST(LogDirectory, RunsAreFoundInNaturalOrder) {
  const TemporaryFolder folder;
  for (const char* name : {"lr/run10", "lr/run9", "lr/run100", "b10", "b2"}) {
    writeFile(folder.path() / name / "x.tfevents", file(0, 1));
  }
  const auto store = std::make_shared<RunStore>();
  const auto directory = LogDirectory::open(folder.path(), store);
  ASSERT_TRUE((*directory)->waitUntilLoaded(std::chrono::seconds(10)));
  std::vector<std::string> names;
  for (const auto& run : store->runs()) names.push_back(run->name());
  EXPECT_THAT(names, ElementsAre("b2", "b10", "lr/run9", "lr/run10", "lr/run100"));
}

TEST(NaturalOrder, ComparesNumbersByTheirSize) {
  std::vector<std::string> names = {"run10", "run2", "a/10/b", "a/9/c",
                                    "run02", "run1", "Run3",   "run",
                                    "run2b", "",     "run2a",  "x99999999999999999999",
                                    "x9"};
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return eventio::naturalLess(a, b); });
  EXPECT_THAT(names, ElementsAre("", "a/9/c", "a/10/b", "run", "run1", "run02", "run2", "run2a",
                                 "run2b", "Run3", "run10", "x9", "x99999999999999999999"));
}

TEST(NaturalOrder, DecimalsCountByTheirValueAndVersionsByTheirParts) {
  std::vector<std::string> names = {"lr_0.1",   "lr_0.05", "lr_1e-3", "lr_2E-4", "lr_0.1_b",
                                    "v1.2.10",  "v1.2.9",  "v1.10.1", "v1.9.1",  "2024.10.01",
                                    "2024.9.1", "1epoch",  "10epoch", "2epoch"};
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return eventio::naturalLess(a, b); });
  EXPECT_THAT(names, ElementsAre("1epoch", "2epoch", "10epoch", "2024.9.1", "2024.10.01", "lr_2E-4",
                                 "lr_1e-3", "lr_0.05", "lr_0.1", "lr_0.1_b", "v1.2.9", "v1.2.10",
                                 "v1.9.1", "v1.10.1"));
}

}  // namespace
