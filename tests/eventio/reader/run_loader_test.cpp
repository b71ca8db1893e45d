// SPDX-License-Identifier: GPL-3.0-or-later
// What a loader makes of files that fail, change under its hands or come back as others. The rows
// of the table of damage and of "Restarts", with the offsets and bytes that are reported.
#include "eventio/reader/run_loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include "event_bytes.h"
#include "memory_file.h"

namespace {

using event_bytes::file;
using event_bytes::points;
using event_bytes::record;
using event_bytes::scalarEvent;
using eventio::Damage;
using eventio::FileState;
using eventio::SystemError;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// A run's folder in memory.
class Folder {
 public:
  struct File {
    std::string bytes;
    std::uint64_t inode = 1;
  };

  std::map<std::string, File> files;
  int openError = 0;
  int readError = 0;
  std::vector<std::string> problems;

  /// Shows the loader what stands there.
  eventio::RunLoader::Outcome look() {
    std::vector<eventio::FoundFile> found;
    ++m_clock;
    for (const auto& [path, content] : files) found.push_back({path, stateOf(content)});
    m_loader.setFiles(found);
    const std::atomic<bool> stop{false};
    auto outcome = m_loader.read(~std::uint64_t{0}, stop);
    EXPECT_FALSE(outcome.more);
    return outcome;
  }
  [[nodiscard]] std::vector<double> values() const {
    const auto view = m_run->scalars("a");
    std::vector<double> found(view.size());
    view.copyValues(0, found);
    return found;
  }
  [[nodiscard]] std::vector<Damage> damage() const { return m_run->damage(); }

 private:
  class Open : public MemoryFile {
   public:
    Open(const Folder& folder, const File& content, FileState state)
        : MemoryFile(content.bytes), m_folder(folder), m_state(state) {}
    tl::expected<std::size_t, SystemError> readAt(std::uint64_t offset, char* out,
                                                  std::size_t size) override {
      if (m_folder.readError != 0) {
        return tl::unexpected<SystemError>(SystemError{m_folder.readError});
      }
      return MemoryFile::readAt(offset, out, size);
    }
    tl::expected<FileState, SystemError> state() override { return m_state; }

   private:
    const Folder& m_folder;
    FileState m_state;
  };

  [[nodiscard]] FileState stateOf(const File& content) const {
    return {1, content.inode, content.bytes.size(), m_clock};
  }

  std::int64_t m_clock = 0;
  std::shared_ptr<eventio::Run> m_run = std::make_shared<eventio::Run>("/logs", ".");
  eventio::RunLoader m_loader{
      m_run, [this](const eventio::Message& problem) { problems.push_back(problem.english()); },
      [this](const std::string& path)
          -> tl::expected<std::unique_ptr<eventio::InputFile>, SystemError> {
        if (openError != 0) return tl::unexpected<SystemError>(SystemError{openError});
        const File& content = files.at(path);
        return std::make_unique<Open>(*this, content, stateOf(content));
      }};
};

TEST(RunLoader, FileThatCannotBeOpenedIsTriedAgainThoughItDidNotChange) {
  Folder folder;
  folder.files["/logs/tfevents"] = {file(0, 3)};
  folder.openError = EMFILE;
  EXPECT_TRUE(folder.look().failed);
  ASSERT_THAT(folder.problems, SizeIs(1));
  EXPECT_THAT(folder.problems[0], HasSubstr("/logs/tfevents"));
  EXPECT_THAT(folder.problems[0], HasSubstr("Too many open files"));
  folder.openError = 0;
  EXPECT_FALSE(folder.look().failed);
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2));
  EXPECT_THAT(folder.damage(), IsEmpty());
}

TEST(RunLoader, ReadErrorIsNoReplacement) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  log = {file(0, 3)};
  folder.look();
  log.bytes += points(3, 5);
  folder.readError = EIO;
  EXPECT_TRUE(folder.look().failed);
  EXPECT_THAT(folder.problems, ElementsAre(HasSubstr("Input/output error")));
  folder.readError = 0;
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(folder.damage(), IsEmpty());
}

TEST(RunLoader, RewrittenWithTheSameLengthIsNoticed) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  log = {file(0, 3)};
  folder.look();
  log.bytes = file(5, 8, 1.6e9);
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 5, 6, 7));
  const auto damage = folder.damage();
  ASSERT_THAT(damage, SizeIs(1));
  EXPECT_THAT(damage[0].what.english(), HasSubstr("replaced"));
  EXPECT_EQ(damage[0].offset, file(0, 3).size());
  EXPECT_EQ(damage[0].bytes, 0U);
}

TEST(RunLoader, TruncatedTailWaitsAndIsNoDamage) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  const std::string whole = file(0, 3);
  log = {whole.substr(0, whole.size() - 9)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1));
  log.bytes = whole;
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2));
  EXPECT_THAT(folder.damage(), IsEmpty());
}

TEST(RunLoader, BadLengthChecksumIsReportedWithItsPlaceAndReadingGoesOn) {
  Folder folder;
  const std::string before = file(0, 2);
  std::string bad = points(2, 3);
  bad[1] = static_cast<char>(bad[1] ^ 1);
  folder.files["/logs/tfevents"] = {before + bad + points(3, 4)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 3));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_EQ(folder.damage()[0].offset, before.size());
  EXPECT_EQ(folder.damage()[0].bytes, bad.size());
}

TEST(RunLoader, ZeroTailIsReportedAndWhatIsAppendedBehindItIsRead) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  const std::string before = file(0, 2);
  log = {before + std::string(4096, '\0')};
  folder.look();
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_EQ(folder.damage()[0].offset, before.size());
  EXPECT_EQ(folder.damage()[0].bytes, 4096U);
  log.bytes += points(2, 4);
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(folder.damage(), SizeIs(1));
}

TEST(RunLoader, BadDataChecksumLosesThatRecordAlone) {
  Folder folder;
  const std::string before = file(0, 2);
  std::string bad = points(2, 3);
  bad[20] = static_cast<char>(bad[20] ^ 1);
  folder.files["/logs/tfevents"] = {before + bad + points(3, 4)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 3));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_EQ(folder.damage()[0].offset, before.size());
  EXPECT_EQ(folder.damage()[0].bytes, bad.size());
}

TEST(RunLoader, RecordThatIsNoEventIsReportedWithItsPlace) {
  Folder folder;
  const std::string before = file(0, 2);
  const std::string bad = record("\xff\xff\xff\xff");
  folder.files["/logs/tfevents"] = {before + bad + points(3, 4)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 3));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_EQ(folder.damage()[0].offset, before.size());
  EXPECT_EQ(folder.damage()[0].bytes, bad.size());
}

TEST(RunLoader, LengthOf2To63IsReportedWithItsPlace) {
  Folder folder;
  const std::string before = file(0, 2);
  const std::string length = event_bytes::raw(std::uint64_t{1} << 63);
  const std::string bad = length + event_bytes::raw(event_bytes::masked(length));
  folder.files["/logs/tfevents"] = {before + bad + points(3, 4)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 3));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_EQ(folder.damage()[0].offset, before.size());
  EXPECT_EQ(folder.damage()[0].bytes, bad.size());
}

TEST(RunLoader, RemovedReplacedAndShortenedFilesKeepWhatWasRead) {
  Folder folder;
  folder.files["/logs/tfevents"] = {file(0, 3)};
  folder.look();
  folder.files.clear();
  folder.look();
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_THAT(folder.damage()[0].what.english(), HasSubstr("removed"));
  EXPECT_EQ(folder.damage()[0].offset, file(0, 3).size());

  auto& log = folder.files["/logs/tfevents"];
  log = {file(10, 14, 1.6e9), 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 10, 11, 12, 13));
  ASSERT_THAT(folder.damage(), SizeIs(2));
  EXPECT_THAT(folder.damage()[1].what.english(), HasSubstr("replaced"));

  log.bytes.resize(file(10, 12).size() + 5);
  folder.look();
  ASSERT_THAT(folder.damage(), SizeIs(3));
  EXPECT_THAT(folder.damage()[2].what.english(), HasSubstr("shortened"));
  EXPECT_EQ(folder.damage()[2].offset, file(10, 14).size());
  log.bytes += points(20, 22);
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 10, 11, 12, 13, 20, 21));

  log.bytes = file(30, 40, 1.7e9);
  folder.look();
  EXPECT_THAT(folder.values(), testing::Contains(39));
  EXPECT_THAT(folder.values(), SizeIs(19));
}

TEST(RunLoader, ReplacedRightAfterItWasShortenedIsReadFromItsStart) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  log = {file(0, 6)};
  folder.look();
  log.bytes.resize(file(0, 2).size());
  folder.look();
  log.bytes = file(10, 20, 1.6e9);
  folder.look();
  EXPECT_THAT(folder.values(), SizeIs(16));
}

TEST(RunLoader, AnotherFileOfAFewEqualBytesIsReadFromItsStart) {
  Folder folder;
  auto& log = folder.files["/logs/tfevents"];
  log = {points(0, 1).substr(0, 6) + std::string(20, 'x'), 1};
  folder.look();
  log = {points(0, 3), 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2));
}

std::string restart(std::int64_t step, double wallTime = 1.5e9) {
  return record(event_bytes::versionEvent()) + record(event_bytes::sessionStart(step, wallTime));
}

TEST(RunLoader, StartInASecondFilePurgesEveryTagFromItsStepOn) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {file(0, 5) + record(scalarEvent("b", 1, 1)) +
                                      record(scalarEvent("b", 1, 4))};
  folder.look();
  folder.files["/logs/tfevents.2"] = {restart(3, 1.6e9) + record(scalarEvent("a", 30, 3))};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 30));
}

/// A file as SummaryWriter begins it: with START at these steps.
std::string ours(std::initializer_list<std::int64_t> starts, double wallTime = 1.5e9) {
  std::string bytes = record(event_bytes::versionEvent(wallTime) +
                             event_bytes::bytesField(10, event_bytes::bytesField(1, "traindeck")));
  for (const std::int64_t step : starts) bytes += record(event_bytes::sessionStart(step, wallTime));
  return bytes;
}

TEST(RunLoader, StartOfAnotherProcessDropsOnlyWhatIsOlder) {
  Folder folder;
  std::string worker = record(event_bytes::versionEvent(1000));
  for (int step = 0; step < 10; ++step) {
    worker += record(scalarEvent("a", static_cast<float>(step), step, 1010 + step));
  }
  folder.files["/logs/tfevents.1.worker"] = {worker, 1};
  folder.files["/logs/tfevents.2.chief"] = {record(event_bytes::versionEvent(1001)) +
                                                record(event_bytes::sessionStart(0, 1001)) +
                                                record(scalarEvent("lr", 1, 0, 1010)),
                                            2};
  folder.look();
  EXPECT_THAT(folder.values(), SizeIs(10));
  EXPECT_THAT(folder.damage(), IsEmpty());
}

TEST(RunLoader, StartOfARestartedJobDropsTheOlderFileFromItsStepOnAndSaysSo) {
  Folder folder;
  std::string before = record(event_bytes::versionEvent(1000));
  for (int step = 0; step < 10; ++step) {
    before += record(scalarEvent("a", static_cast<float>(step), step, 1010 + step)) +
              record(scalarEvent("only before", 1, step, 1010 + step));
  }
  const std::string head = record(event_bytes::versionEvent(2000));
  folder.files["/logs/tfevents.1"] = {before, 1};
  folder.files["/logs/tfevents.2"] = {
      head + record(event_bytes::sessionStart(6, 2000)) + record(scalarEvent("a", 60, 6, 2001)), 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 4, 5, 60));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  const Damage notice = folder.damage()[0];
  EXPECT_TRUE(notice.isNotice);
  EXPECT_EQ(notice.file, "/logs/tfevents.2");
  EXPECT_EQ(notice.offset, head.size());
  EXPECT_EQ(notice.bytes, 0U);
  EXPECT_EQ(notice.what.english(),
            "the run was started again from step 6: 8 points written before that were dropped, of "
            "'a' (4 from step 6), 'only before' (4 from step 6)");
}

TEST(RunLoader, RestartOfOurOwnWriterHoldsWhateverTheClockSays) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {ours({0}, 3000) + points(0, 10), 1};
  folder.files["/logs/tfevents.2"] = {ours({6}, 1000) + points(6, 8), 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(RunLoader, TagThatCountsEpochsGoesBackWithOurOwnRestart) {
  Folder folder;
  const auto epochs = [](int first, int last) {
    std::string bytes;
    for (int i = first; i < last; ++i) bytes += record(scalarEvent("a", 10.0F + i, i));
    return bytes;
  };
  const std::string again = record(scalarEvent("a", 22, 2)) + record(scalarEvent("a", 23, 3));
  // The START's step counts batches: it is far behind the epochs.
  folder.files["/logs/tfevents.1"] = {ours({0}) + epochs(0, 4), 1};
  folder.files["/logs/tfevents.2"] = {ours({500, 500}) + again, 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(10, 11, 22, 23));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_TRUE(folder.damage()[0].isNotice);
  EXPECT_THAT(folder.damage()[0].what.english(), HasSubstr("from step 500: 2 points"));
  EXPECT_THAT(folder.damage()[0].what.english(), HasSubstr("'a' (2 from step 2)"));

  Folder within;  // a run that goes back while it writes
  within.files["/logs/tfevents.1"] = {
      ours({0}) + epochs(0, 4) + record(event_bytes::sessionStart(500)) + again, 1};
  within.look();
  EXPECT_THAT(within.values(), ElementsAre(10, 11, 22, 23));

  Folder foreign;  // others may use a tag as they like
  foreign.files["/logs/tfevents.1"] = {file(0, 4), 1};
  foreign.files["/logs/tfevents.2"] = {restart(500) + again, 2};
  foreign.look();
  EXPECT_THAT(foreign.values(), ElementsAre(0, 1, 2, 3, 22, 23));
  EXPECT_THAT(foreign.damage(), IsEmpty());
}

TEST(RunLoader, StartThatAFileMadeAnewRepeatsDropsNothingMore) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {ours({0}) + points(0, 5), 1};
  folder.look();
  folder.files.clear();
  folder.files["/logs/tfevents.2"] = {ours({0}) + points(5, 8), 2};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(RunLoader, RenamedFileIsFollowedAndItsStoredValuesToo) {
  Folder folder;
  const std::string whole = file(0, 6);
  folder.files["/logs/tfevents.copy"] = {whole.substr(0, whole.size() - 70), 7};
  folder.files["/logs/tfevents.z"] = {record(event_bytes::versionEvent()), 8};
  folder.look();
  EXPECT_THAT(folder.values(), SizeIs(4));
  folder.files.erase("/logs/tfevents.copy");
  folder.files["/logs/tfevents.a"] = {whole, 7};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(folder.damage(), IsEmpty());
  folder.files["/logs/tfevents.a"].bytes += points(6, 8);
  folder.look();
  EXPECT_THAT(folder.values(), SizeIs(8));
}

TEST(RunLoader, NewFileThatGotTheNumberOfARemovedOneIsReadFromItsStart) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {file(0, 3), 7};
  folder.look();
  folder.files.clear();
  folder.files["/logs/tfevents.2"] = {file(10, 13, 1.6e9), 7};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 10, 11, 12));
  ASSERT_THAT(folder.damage(), SizeIs(1));
  EXPECT_THAT(folder.damage()[0].what.english(), HasSubstr("removed"));
  EXPECT_EQ(folder.damage()[0].file, "/logs/tfevents.1");
}

TEST(RunLoader, StartInTheFirstFilePurgesNothing) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {restart(0) + points(0, 3)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2));
}

TEST(RunLoader, FallingStepsWithoutAStartAreKept) {
  Folder folder;
  folder.files["/logs/tfevents.1"] = {points(0, 4) + points(2, 4)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(0, 1, 2, 3, 2, 3));
}

TEST(RunLoader, ListOfDamageStaysShort) {
  Folder folder;
  std::string bad = points(0, 1);
  bad[20] = static_cast<char>(bad[20] ^ 1);
  std::string bytes;
  for (int i = 0; i < 1500; ++i) bytes += bad;
  folder.files["/logs/tfevents"] = {bytes + points(7, 8)};
  folder.look();
  EXPECT_THAT(folder.values(), ElementsAre(7));
  const auto damage = folder.damage();
  ASSERT_THAT(damage, SizeIs(1001));
  EXPECT_THAT(damage.back().what.english(), HasSubstr("500 further damaged places"));
  EXPECT_EQ(damage.back().offset, 1000 * bad.size());
  EXPECT_EQ(damage.back().bytes, 500 * bad.size());
}

}  // namespace
