// SPDX-License-Identifier: GPL-3.0-or-later
// Following of what others write, reported by the system or found by looking.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "event_bytes.h"
#include "eventio/reader/directory_walk.h"
#include "eventio/reader/directory_watch.h"
#include "eventio/reader/event_file.h"
#include "eventio/reader/log_directory.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using event_bytes::file;
using event_bytes::points;
using event_bytes::record;
using event_bytes::scalarEvent;
using eventio::LogDirectory;
using eventio::RunSourceOptions;
using eventio::RunStore;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Following {
 public:
  Following(const fs::path& path, std::size_t watches) {
    RunSourceOptions options;
    options.maxWatches = watches;
    auto opened = LogDirectory::open(path, m_store, options);
    EXPECT_TRUE(opened);
    if (!opened) return;
    m_directory = std::move(*opened);
    EXPECT_TRUE(m_directory->waitUntilLoaded(std::chrono::seconds(60)));
  }
  [[nodiscard]] std::shared_ptr<eventio::Run> run(const std::string& name) const {
    return m_store->find(m_directory->path(), name);
  }
  [[nodiscard]] std::size_t count(const std::string& name) const {
    const auto found = run(name);
    return found ? found->scalars("a").size() : 0;
  }
  [[nodiscard]] bool reaches(const std::string& name, std::size_t points) const {
    return eventually([&] { return count(name) == points; });
  }
  [[nodiscard]] const LogDirectory& directory() const { return *m_directory; }
  [[nodiscard]] const RunStore& store() const { return *m_store; }

 private:
  std::shared_ptr<RunStore> m_store = std::make_shared<RunStore>();
  std::unique_ptr<LogDirectory> m_directory;
};

/// With no watch at all, with fewer than there are folders, and with enough.
class Follow : public testing::TestWithParam<std::size_t> {
 protected:
  TemporaryFolder folder;
};

INSTANTIATE_TEST_SUITE_P(Watches, Follow, testing::Values(0, 2, 1000),
                         [](const auto& limit) { return std::to_string(limit.param); });

TEST_P(Follow, PointsFilesRunsAndFoldersOfRunsAppear) {
  writeFile(folder / "one/tfevents.1", file(0, 2));
  writeFile(folder / "two/tfevents.1", file(0, 2));
  const Following following(folder.path(), GetParam());
  for (const std::string run : {"one", "two"}) {
    appendFile(folder.path() / run / "tfevents.1", points(2, 3));
    EXPECT_TRUE(following.reaches(run, 3));
    writeFile(folder.path() / run / "tfevents.2", file(3, 5));
    EXPECT_TRUE(following.reaches(run, 5));
    appendFile(folder.path() / run / "tfevents.2", points(5, 6));
    EXPECT_TRUE(following.reaches(run, 6));
  }
  writeFile(folder / "deep/er/run/tfevents", file(0, 1));
  EXPECT_TRUE(following.reaches("deep/er/run", 1));
  appendFile(folder / "deep/er/run/tfevents", points(1, 2));
  EXPECT_TRUE(following.reaches("deep/er/run", 2));
  fs::create_directories(folder / "empty/at/first");
  writeFile(folder / "empty/at/first/tfevents", file(0, 4));
  EXPECT_TRUE(following.reaches("empty/at/first", 4));
  EXPECT_THAT(following.directory().problems(), IsEmpty());
}

TEST_P(Follow, FolderThatIsRenamedIsANewRunAndIsFollowedThere) {
  writeFile(folder / "old/tfevents", file(0, 2));
  const Following following(folder.path(), GetParam());
  fs::rename(folder / "old", folder / "new");
  EXPECT_TRUE(following.reaches("new", 2));
  appendFile(folder / "new/tfevents", points(2, 4));
  EXPECT_TRUE(following.reaches("new", 4));
  EXPECT_EQ(following.count("old"), 2U);
  EXPECT_TRUE(eventually([&] { return !following.run("old")->damage().empty(); }));
  EXPECT_THAT(following.run("old")->damage()[0].what.english(), HasSubstr("removed"));
}

TEST_P(Follow, FolderThatIsRemovedAndMadeAgainIsFollowedAgain) {
  writeFile(folder / "run/tfevents", file(0, 2));
  const Following following(folder.path(), GetParam());
  fs::remove_all(folder / "run");
  EXPECT_TRUE(eventually([&] { return !following.run("run")->damage().empty(); }));
  writeFile(folder / "run/tfevents", file(10, 13, 1.6e9));
  EXPECT_TRUE(following.reaches("run", 5));
  appendFile(folder / "run/tfevents", points(13, 14));
  EXPECT_TRUE(following.reaches("run", 6));
}

TEST_P(Follow, ReplacedShortenedAndRewrittenFilesAreReported) {
  const auto path = folder / "tfevents";
  writeFile(path, file(0, 5));
  const Following following(folder.path(), GetParam());
  const auto expectDamage = [&](std::size_t places, const char* what) {
    EXPECT_TRUE(eventually([&] { return following.run(".")->damage().size() == places; }));
    EXPECT_THAT(following.run(".")->damage().back().what.english(), HasSubstr(what));
  };
  fs::resize_file(path, file(0, 3).size());
  expectDamage(1, "shortened");
  EXPECT_EQ(following.run(".")->damage()[0].offset, file(0, 5).size());
  appendFile(path, points(7, 8));
  EXPECT_TRUE(following.reaches(".", 6));
  writeFile(folder / "other", file(20, 22, 1.6e9));
  fs::rename(folder / "other", path);
  expectDamage(2, "replaced");
  EXPECT_TRUE(following.reaches(".", 8));
  writeFile(path, file(30, 32, 1.7e9));  // of the same length, in place
  EXPECT_TRUE(eventually([&] { return following.run(".")->damage().size() >= 3; }));
  EXPECT_TRUE(eventually([&] {
    const auto view = following.run(".")->scalars("a");
    return view.value(view.size() - 1) == 31;
  }));
}

TEST_P(Follow, LinksToFilesAndFoldersElsewhereAreFollowed) {
  const TemporaryFolder elsewhere;
  writeFile(elsewhere / "run/tfevents", file(0, 1));
  writeFile(elsewhere / "single", file(0, 1));
  fs::create_directory_symlink(elsewhere / "run", folder / "linked");
  fs::create_directories(folder / "holder");
  fs::create_symlink(elsewhere / "single", folder / "holder/tfevents");
  const Following following(folder.path(), GetParam());
  EXPECT_EQ(following.count("linked"), 1U);
  EXPECT_EQ(following.count("holder"), 1U);
  appendFile(elsewhere / "run/tfevents", points(1, 3));
  appendFile(elsewhere / "single", points(1, 2));
  EXPECT_TRUE(following.reaches("linked", 3));
  EXPECT_TRUE(following.reaches("holder", 2));
}

TEST_P(Follow, ManyRunsNeedFewDescriptors) {
  constexpr int kRuns = 2000;
  for (int i = 0; i < kRuns; ++i) {
    writeFile(folder.path() / std::to_string(i % 20) / std::to_string(i) / "tfevents", file(0, 1));
  }
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  {
    const Following following(folder.path(), GetParam());
    EXPECT_EQ(following.store().runs().size(), static_cast<std::size_t>(kRuns));
    for (const int run : {7, 555, 1999}) {
      const std::string name = std::to_string(run % 20) + "/" + std::to_string(run);
      appendFile(folder.path() / name / "tfevents", points(1, 2));
      EXPECT_TRUE(following.reaches(name, 2));
      writeFile(folder.path() / name / "new/tfevents", file(0, 3));
      EXPECT_TRUE(following.reaches(name + "/new", 3));
    }
    EXPECT_THAT(following.directory().problems(), IsEmpty());
    EXPECT_LT(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()), 32);
  }
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(DirectoryWatch, ReportsContentAndStructureAndKeepsToItsLimit) {
  const TemporaryFolder folder;
  fs::create_directories(folder / "a");
  fs::create_directories(folder / "b");
  eventio::DirectoryWatch watch(1);
  const auto device = eventio::fileState(folder.path().string())->device;
  if (!watch.add((folder / "a").string(), device)) GTEST_SKIP() << "no watch to be had here";
  EXPECT_TRUE(watch.add((folder / "a").string(), device));
  EXPECT_FALSE(watch.add((folder / "b").string(), device));
  writeFile(folder / "a/file", "x");
  watch.wait(std::chrono::seconds(10));
  auto changes = watch.take();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].folder, (folder / "a").string());
  EXPECT_EQ(changes[0].name, "file");
  EXPECT_EQ(changes[0].kind, eventio::DirectoryChange::Kind::kStructure);
  appendFile(folder / "a/file", "y");
  watch.wait(std::chrono::seconds(10));
  changes = watch.take();
  ASSERT_FALSE(changes.empty());
  EXPECT_EQ(changes[0].kind, eventio::DirectoryChange::Kind::kContent);
  watch.dropUnused();  // `a` was named
  watch.dropUnused();
  EXPECT_TRUE(watch.add((folder / "b").string(), device));
}

TEST(DirectoryTree, SeesWhatChangedInAFolderThatItKnows) {
  const TemporaryFolder folder;
  writeFile(folder / "run/tfevents.1", "x");
  eventio::DirectoryTree tree(folder.path(), eventio::isEventFileName);
  std::vector<std::string> names;
  const auto walk = [&] {
    names.clear();
    tree.walk(
        {.run =
             [&](const eventio::FoundRun& run) {
               for (const auto& found : run.files) {
                 names.push_back(fs::path(found.path).lexically_relative(folder.path()));
               }
             },
         .folder = {},
         .links = {},
         .problem = [](const eventio::Message& problem) { ADD_FAILURE() << problem.english(); },
         .stop = {}});
  };
  walk();
  EXPECT_THAT(names, ElementsAre("run/tfevents.1"));
  // Long ago, so that what was read is taken again while the time is the same.
  const auto longAgo = fs::file_time_type::clock::now() - std::chrono::hours(1);
  fs::last_write_time(folder / "run", longAgo);
  walk();
  writeFile(folder / "run/tfevents.2", "x");
  walk();
  EXPECT_THAT(names, ElementsAre("run/tfevents.1", "run/tfevents.2"));
  fs::remove(folder / "run/tfevents.1");
  walk();
  EXPECT_THAT(names, ElementsAre("run/tfevents.2"));
}

/// Several writers, a follower and readers at once; every point arrives once and in order.
TEST(FollowAll, WritersFollowerAndReadersAtOnce) {
  constexpr int kWriters = 4;
  constexpr std::size_t kPoints = 4000;
  const TemporaryFolder folder;
  const Following following(folder.path(), 1000);
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      eventio::SummaryWriterOptions options;
      options.flushInterval = std::chrono::milliseconds(5);
      auto writer = eventio::SummaryWriter::create(folder.path() / std::to_string(i), options);
      ASSERT_TRUE(writer);
      for (std::size_t step = 0; step < kPoints; ++step) {
        const auto number = static_cast<std::int64_t>(step);
        ASSERT_TRUE((*writer)->addScalar("a", static_cast<float>(step), number));
        if (step % 100 != 0) continue;
        ASSERT_TRUE((*writer)->addText("t", "words", number));
        ASSERT_TRUE((*writer)->flush());
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
      }
      ASSERT_TRUE((*writer)->close());
    });
  }
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        for (const auto& run : following.store().runs()) {
          const auto view = run->scalars("a");
          if (view.empty()) continue;
          EXPECT_EQ(view.step(view.size() - 1), static_cast<std::int64_t>(view.size()) - 1);
          static_cast<void>(run->tags());
          static_cast<void>(run->texts("t"));
          static_cast<void>(run->damage());
        }
        static_cast<void>(following.directory().progress());
        static_cast<void>(following.directory().problems());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < kWriters; ++i) EXPECT_TRUE(following.reaches(std::to_string(i), kPoints));
  done = true;
  for (std::thread& reader : readers) reader.join();
  for (const auto& run : following.store().runs()) EXPECT_THAT(run->damage(), IsEmpty());
}

}  // namespace
