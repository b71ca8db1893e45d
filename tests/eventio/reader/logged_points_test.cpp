// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/logged_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "eventio/writer/summary_writer.h"
#include "tests/support/english.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace eventio;

std::unique_ptr<SummaryWriter> writerIn(const TemporaryFolder& folder,
                                        std::optional<std::int64_t> purgeStep) {
  SummaryWriterOptions options;
  options.purgeStep = purgeStep;
  return std::move(*SummaryWriter::create(folder.path(), options));
}

TEST(LoggedPoints, AreTheNewestOfEachStepAndTag) {
  TemporaryFolder folder;
  {
    const auto writer = writerIn(folder, 0);
    ASSERT_TRUE(writer->addScalar("loss", 1, 0));
    ASSERT_TRUE(writer->addScalar("loss", 2, 1));
    ASSERT_TRUE(writer->addScalar("loss", 3, 1));
    ASSERT_TRUE(writer->addScalar("other", 4, 1));
    ASSERT_TRUE(writer->addText("mark", "saved", 5));
  }
  const std::array<std::string_view, 3> tags{"loss", "mark/text_summary", "missing"};
  const auto points = readLoggedPoints(folder.path(), tags);
  ASSERT_TRUE(points) << points.error().message.english();
  EXPECT_EQ(points->size(), 3U);
  EXPECT_EQ(points->at("loss").size(), 2U);
  EXPECT_EQ(points->at("loss").at(0).value, 1);
  EXPECT_EQ(points->at("loss").at(1).value, 3);
  EXPECT_EQ(points->at("mark/text_summary").at(5).text, "saved");
  EXPECT_TRUE(points->at("missing").empty());
}

TEST(LoggedPoints, AStartDropsWhatIsAtAndAfterItsStep) {
  TemporaryFolder folder;
  {
    const auto writer = writerIn(folder, 0);
    for (int step = 0; step < 10; ++step) ASSERT_TRUE(writer->addScalar("loss", 1, step));
  }
  {
    const auto writer = writerIn(folder, 6);
    ASSERT_TRUE(writer->addScalar("loss", 2, 6));
  }
  const std::array<std::string_view, 1> tags{"loss"};
  const auto points = readLoggedPoints(folder.path(), tags);
  ASSERT_TRUE(points);
  EXPECT_EQ(points->at("loss").size(), 7U);
  EXPECT_EQ(points->at("loss").at(5).value, 1);
  EXPECT_EQ(points->at("loss").at(6).value, 2);
}

TEST(LoggedPoints, PassOverDamage) {
  TemporaryFolder folder;
  {
    const auto writer = writerIn(folder, 0);
    for (int step = 0; step < 10; ++step) ASSERT_TRUE(writer->addScalar("loss", 1, step));
  }
  const auto file = std::filesystem::directory_iterator(folder.path())->path();
  std::string bytes = readFile(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0xff);
  writeFile(file, bytes);
  const std::array<std::string_view, 1> tags{"loss"};
  LogCoverage coverage("loss");
  const auto points = readLoggedPoints(folder.path(), tags, &coverage);
  ASSERT_TRUE(points);
  EXPECT_EQ(points->at("loss").size(), 9U);
  EXPECT_THAT(english(coverage.passedOver()),
              testing::ElementsAre(testing::AllOf(testing::HasSubstr(file.string()),
                                                  testing::HasSubstr("bytes, the first at offset"),
                                                  testing::HasSubstr("are damaged"))));
}

TEST(LoggedPoints, OfAFolderThatIsNotThereAreAnError) {
  TemporaryFolder folder;
  const auto points = readLoggedPoints(folder / "missing", {});
  ASSERT_FALSE(points);
  EXPECT_EQ(points.error().code, ErrorCode::kIo);
  EXPECT_THAT(points.error().message.english(), testing::HasSubstr("missing"));
}

TEST(LoggedPoints, PassOverWhatIsNoRegularFile) {
  TemporaryFolder folder;
  {
    const auto writer = writerIn(folder, 0);
    ASSERT_TRUE(writer->addScalar("loss", 1, 0));
  }
  const auto pipe = folder / "events.out.tfevents.1.pipe";
  const auto directory = folder / "events.out.tfevents.2.folder";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_directory(directory);
  const std::array<std::string_view, 1> tags{"loss"};
  LogCoverage coverage("loss");
  const auto points = readLoggedPoints(folder.path(), tags, &coverage);
  ASSERT_TRUE(points) << points.error().message.english();
  EXPECT_EQ(points->at("loss").size(), 1U);
  EXPECT_THAT(english(coverage.passedOver()),
              testing::ElementsAre(testing::HasSubstr(pipe.string()),
                                   testing::HasSubstr(directory.string())));
}

TEST(LoggedPoints, NameTheStepsThatAreMissing) {
  TemporaryFolder folder;
  {
    const auto writer = writerIn(folder, 0);
    for (int step = 0; step < 4; ++step) ASSERT_TRUE(writer->addScalar("loss", 1, step));
  }
  const std::string file = std::filesystem::directory_iterator(folder.path())->path().string();
  {
    const auto writer = writerIn(folder, 3);
    for (const int step : {6, 5, 9}) ASSERT_TRUE(writer->addScalar("loss", 1, step));
  }
  LogCoverage coverage("loss");
  ASSERT_TRUE(readLoggedPoints(folder.path(), {}, &coverage));
  const auto missing = coverage.missingBefore(12);
  ASSERT_EQ(missing.size(), 3U);
  EXPECT_EQ(std::pair(missing[0].from, missing[0].to), std::pair(3L, 4L));
  EXPECT_EQ(missing[0].afterFile, file);
  EXPECT_EQ(std::pair(missing[1].from, missing[1].to), std::pair(7L, 8L));
  EXPECT_EQ(std::pair(missing[2].from, missing[2].to), std::pair(10L, 11L));
  EXPECT_EQ(LogCoverage("loss").missingBefore(2).front().to, 1);
  EXPECT_TRUE(LogCoverage("loss").missingBefore(0).empty());
}

}  // namespace
