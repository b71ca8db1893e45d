// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_set.h"
#include "training/data/data_sources.h"

namespace {

using namespace training;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Labels = std::vector<std::int64_t>;
using Floats = std::vector<float>;

class Csv : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    writeBytes(m_folder / name, bytesOfText(text));
  }
  eventio::Result<LoadedData> load(const std::string& name, const DataOptions& options = {}) {
    return loadData(m_folder / name, options);
  }
  /// All rows, as train and test of a folder.
  LoadedData table(const std::string& text) {
    write("both/train.csv", text);
    write("both/test.csv", text);
    auto data = load("both");
    EXPECT_TRUE(data) << data.error().message.english();
    return data ? std::move(*data) : LoadedData{};
  }
  std::string error(const std::string& text) {
    write("wrong.csv", text);
    const auto data = load("wrong.csv");
    EXPECT_FALSE(data);
    return data ? std::string() : data.error().message.english();
  }

  TemporaryFolder m_folder;
};

TEST_F(Csv, TextInTheLastColumnIsClasses) {
  const LoadedData data = table("5.1,3.5,setosa\n4.9, 3e0 ,virginica\n-1,+2,setosa\n");
  EXPECT_EQ(std::get<Floats>(data.train.values), (Floats{5.1F, 3.5F, 4.9F, 3, -1, 2}));
  EXPECT_EQ(std::get<Labels>(data.train.targets), (Labels{0, 1, 0}));
  EXPECT_THAT(data.description.classNames, ElementsAre("setosa", "virginica"));
  EXPECT_EQ(data.description.shape.text(), "2");
  EXPECT_EQ(data.description.classes, 2);
}

TEST_F(Csv, ATableOfAnotherNameIsReadWhereTheFormatIsGiven) {
  std::string rows;
  for (int i = 0; i < 20; ++i) rows += std::to_string(i) + ".5,1.5," + std::to_string(i) + ".25\n";
  write("table.dat", rows);
  const std::string path = (m_folder / "table.dat").string();
  EXPECT_FALSE(loadDataSet(path));
  const auto data = loadDataSet(path, "csv");
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.format, "csv");
  EXPECT_EQ(data->train.count + data->test.count, 20);
  const auto probed = probeDataSet(path, "csv");
  ASSERT_TRUE(probed) << probed.error().message.english();
  EXPECT_EQ(probed->description.format, "csv");
  EXPECT_FALSE(probeDataSet(path));
  EXPECT_THAT(loadDataSet(path, "parquet").error().message.english(), HasSubstr("no data format"));
}

TEST_F(Csv, AQuoteThatIsNotClosedLosesNoRowsInSilence) {
  EXPECT_THAT(error("a,label\n1,0\n2,\"1\n3,0\n4,1\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("a quote that is not closed")));
}

TEST_F(Csv, AHeaderMayBeAComment) {
  const LoadedData data = table("# label,a,b\n1,2,3\n0,5,6\n");
  EXPECT_EQ(std::get<Labels>(data.train.targets), (Labels{1, 0}));
  EXPECT_EQ(std::get<Floats>(data.train.values), (Floats{2, 3, 5, 6}));
  EXPECT_THAT(english(data.description.remarks), testing::IsEmpty());
}

TEST_F(Csv, OtherCommentsAreLeftOutWithARemark) {
  const LoadedData data = table("a,label\n1,0\n#2,1\n3,1\n");
  EXPECT_EQ(data.train.count, 2);
  EXPECT_THAT(english(data.description.remarks),
              ElementsAre(HasSubstr("2 lines that begin with # are left out")));
}

TEST_F(Csv, AHeaderNamesTheTarget) {
  const LoadedData data = table(
      "\xef\xbb\xbf"
      "Label;a;b\r\n# a comment\r\n3;1;2\r\n\r\n1;3;4\r\n");
  EXPECT_EQ(std::get<Floats>(data.train.values), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(std::get<Labels>(data.train.targets), (Labels{1, 0}));
  EXPECT_THAT(data.description.classNames, ElementsAre("1", "3"));
}

TEST_F(Csv, NumbersWithFractionsAreValues) {
  const LoadedData data = table("x,target,y\n1,0.5,2\n3,2,4\n");
  EXPECT_EQ(std::get<Floats>(data.train.values), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(std::get<Floats>(data.train.targets), (Floats{0.5F, 2}));
  EXPECT_EQ(data.description.classes, 0);
}

TEST_F(Csv, WholeNumbersAreClassesWhereTheyRepeat) {
  EXPECT_TRUE(table("1,0\n2,1\n3,0\n4,1\n").train.hasLabels());
  write("prices.csv", "1,100\n2,250\n3,375\n");
  EXPECT_FALSE(load("prices.csv")->train.hasLabels());
  write("values.csv", "1,0\n2,1\n3,0\n4,1\n");
  const auto data = load("values.csv", {.targets = TargetKind::kValues});
  ASSERT_TRUE(data);
  EXPECT_FALSE(data->train.hasLabels());
}

TEST_F(Csv, QuotesKeepSeparatorsLinesAndQuotes) {
  const LoadedData data = table("x,y,label\n1,2,\"a, \"\"b\"\"\nc\"\n\"3\",4,z\n");
  EXPECT_THAT(data.description.classNames, ElementsAre("a, \"b\"\nc", "z"));
  EXPECT_THAT(error("x,y,label\n1,2,\"a\nb\"\n3,,z\n"), HasSubstr("line 4"));
}

TEST_F(Csv, OneTableIsSplitTheSameEveryTime) {
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += std::to_string(i) + ',' + (i % 2 == 0 ? "even" : "odd") + '\n';
  write("numbers.csv", text);
  const auto first = load("numbers.csv");
  const auto second = load("numbers.csv");
  const auto other = load("numbers.csv", {.testShare = 0.5, .splitSeed = 2});
  ASSERT_TRUE(first && second && other);
  EXPECT_EQ(first->train.count, 40);
  EXPECT_EQ(first->test.count, 10);
  EXPECT_EQ(dataFingerprint(*first), dataFingerprint(*second));
  EXPECT_EQ(other->test.count, 25);
  Floats all = std::get<Floats>(first->train.values);
  for (const float value : std::get<Floats>(first->test.values)) all.push_back(value);
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i], static_cast<float>(i));
  for (std::size_t i = 0; i < 10; ++i) {  // each keeps its target
    EXPECT_EQ(std::get<Labels>(first->test.targets)[i],
              static_cast<std::int64_t>(std::get<Floats>(first->test.values)[i]) % 2);
  }
}

TEST_F(Csv, SplitsMayUseDifferentClassesAndGzip) {
  writeBytes(m_folder / "three/train.csv.gz", gzipped(bytesOfText("1,b\n2,c\n")));
  write("three/val.csv", "3,a\n");
  write("three/test.csv", "4,d\n5,b\n");
  const auto data = load("three");
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{1, 2}));
  EXPECT_EQ(std::get<Labels>(data->validation.targets), (Labels{0}));
  EXPECT_EQ(std::get<Labels>(data->test.targets), (Labels{3, 1}));
}

TEST_F(Csv, ErrorsNameFileLineAndReason) {
  EXPECT_THAT(error(""), AllOf(HasSubstr("wrong.csv"), HasSubstr("line 1"), HasSubstr("empty")));
  EXPECT_THAT(error("1,a\n2\n"), AllOf(HasSubstr("line 2"), HasSubstr("1 cells")));
  EXPECT_THAT(error("x,y,label\n1,two,a\n"),
              AllOf(HasSubstr("line 2"), HasSubstr("'y'"), HasSubstr("'two' is not a number")));
  EXPECT_THAT(error("1,2,a\n1,nan,a\n"), AllOf(HasSubstr("line 2"), HasSubstr("not finite")));
  EXPECT_THAT(error("1,2,a\n1,1e99,a\n"), AllOf(HasSubstr("line 2"), HasSubstr("not finite")));
  EXPECT_THAT(error("1,2,a\n\n1,,a\n"), AllOf(HasSubstr("line 3"), HasSubstr("empty cell")));
  EXPECT_THAT(error("x,label\n"), HasSubstr("without rows"));
  EXPECT_THAT(error("x,label\n1,0\n2,NA\n3,1\n"),
              AllOf(HasSubstr("line 3"), HasSubstr("'NA' stands for a missing")));
  EXPECT_THAT(error("x,label\n1,0\n2,inf\n3,1\n"), HasSubstr("line 3"));
  EXPECT_THAT(error("x,target,class\n1,0,1\n"), HasSubstr("several columns are named"));
  EXPECT_THAT(error("x,label\r1,0\r2,1\r"), HasSubstr("CR alone"));
  EXPECT_THAT(error("1,NA,3,0\n2,1,3,1\n"), AllOf(HasSubstr("line 1"), HasSubstr("'NA'")));
  EXPECT_THAT(error(std::string("\xff\xfe") + "1\0,\0002\0\n\0"),
              HasSubstr("save the table as UTF-8"));
  write("text.csv", "x,target\n1,low\n2,high\n");
  const auto text = load("text.csv", {.targets = TargetKind::kValues});
  ASSERT_FALSE(text);
  EXPECT_THAT(text.error().message.english(),
              AllOf(HasSubstr("'low'"), HasSubstr("task classification")));
  EXPECT_THAT(error("1\n2\n"), HasSubstr("one column"));
  EXPECT_THAT(error("1,a\n"), HasSubstr("single sample"));
}

TEST_F(Csv, NumbersTooSmallForADoubleAreZeroAndWordsAreClassesAmongWords) {
  const LoadedData data = table("x,label\n1e-400,NA\n-0.5,DE\n2,NA\n");
  EXPECT_EQ(std::get<Floats>(data.train.values), (Floats{0, -0.5, 2}));
  EXPECT_THAT(data.description.classNames, ElementsAre("DE", "NA"));
}

TEST_F(Csv, OfALargeTableAFirstLookFindsTheColumnsAlone) {
  std::string text = "a,b,c,label\n";
  while (text.size() < (std::size_t{16} << 20U)) text += "0.123456789,0.23456789,0.3456789,1\n";
  write("large.csv", text + "one,two\n");
  const auto probed = probeData(m_folder / "large.csv");
  ASSERT_TRUE(probed) << probed.error().message.english();
  EXPECT_EQ(probed->shape.text(), "3");
  EXPECT_EQ(probed->classes, 0);
  EXPECT_FALSE(load("large.csv"));
}

TEST_F(Csv, NoDamageCrashes) {
  write("small.csv", "x,y,label\n1,2,\"a\"\n3,4,b\n5,6,a\n");
  expectNoDamageCrashes(m_folder / "small.csv", m_folder / "small.csv");
}

}  // namespace
