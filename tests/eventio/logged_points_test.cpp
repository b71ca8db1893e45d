// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/logged_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eventio/summary_writer.h"
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
  ASSERT_TRUE(points) << points.error().message;
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
  const auto points = readLoggedPoints(folder.path(), tags);
  ASSERT_TRUE(points);
  EXPECT_EQ(points->at("loss").size(), 9U);
}

TEST(LoggedPoints, OfAFolderThatIsNotThereAreAnError) {
  TemporaryFolder folder;
  const auto points = readLoggedPoints(folder / "missing", {});
  ASSERT_FALSE(points);
  EXPECT_EQ(points.error().code, ErrorCode::kIo);
  EXPECT_THAT(points.error().message, testing::HasSubstr("missing"));
}

}  // namespace
