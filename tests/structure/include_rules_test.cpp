// SPDX-License-Identifier: GPL-3.0-or-later
// The house's rules on who may include what, checked on the sources themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Include {
  fs::path file;
  std::string what;  // as written between the brackets or quotes
};

std::vector<Include> includesOf(const std::string& folder) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
  std::vector<Include> found;
  const fs::path root = fs::path(TRAINDECK_SOURCE_DIR) / folder;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".h" && extension != ".cpp") continue;
    std::ifstream stream(entry.path());
    std::smatch match;
    for (std::string line; std::getline(stream, line);) {
      if (std::regex_search(line, match, kInclude)) {
        found.push_back({fs::relative(entry.path(), TRAINDECK_SOURCE_DIR), match[1]});
      }
    }
  }
  return found;
}

bool startsWithAny(const std::string& text, const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (text.rfind(prefix, 0) == 0) return true;
  }
  return false;
}

bool isTorch(const Include& include) {
  return startsWithAny(include.what, {"torch/", "ATen/", "c10/", "caffe2/"});
}
bool isQt(const Include& include) {
  return std::regex_search(include.what, std::regex("^Q[A-Z]|^Qt|^qcustomplot"));
}
bool isProtobuf(const Include& include) {
  return startsWithAny(include.what, {"google/protobuf"}) ||
         include.what.find(".pb.h") != std::string::npos;
}
bool isOf(const Include& include, const std::string& folder) {
  return startsWithAny(include.what, {folder + "/"});
}

std::vector<std::string> offenders(const std::vector<Include>& includes, auto&& forbidden) {
  std::vector<std::string> lines;
  for (const Include& include : includes) {
    if (forbidden(include)) lines.push_back(include.file.string() + " includes " + include.what);
  }
  return lines;
}

TEST(IncludeRules, EventioStandsAlone) {
  const auto includes = includesOf("eventio");
  ASSERT_FALSE(includes.empty());
  EXPECT_THAT(offenders(includes,
                        [](const Include& include) {
                          return isTorch(include) || isQt(include) || isOf(include, "training") ||
                                 isOf(include, "widgets") || isOf(include, "app");
                        }),
              testing::IsEmpty());
}

TEST(IncludeRules, TrainingKnowsNoWindow) {
  const auto includes = includesOf("training");
  ASSERT_FALSE(includes.empty());
  EXPECT_THAT(offenders(includes,
                        [](const Include& include) {
                          return isQt(include) || isProtobuf(include) || isOf(include, "widgets") ||
                                 isOf(include, "app");
                        }),
              testing::IsEmpty());
}

TEST(IncludeRules, SnapshotsNeedNoTorch) {
  const auto includes = includesOf("training/snapshots");
  ASSERT_FALSE(includes.empty());
  EXPECT_THAT(offenders(includes,
                        [](const Include& include) {
                          return isTorch(include) || isOf(include, "training/torch");
                        }),
              testing::IsEmpty());
}

TEST(IncludeRules, WidgetsKnowNeitherTrainingNorTorch) {
  const auto includes = includesOf("widgets");
  ASSERT_FALSE(includes.empty());
  EXPECT_THAT(offenders(includes,
                        [](const Include& include) {
                          return isTorch(include) || isProtobuf(include) ||
                                 isOf(include, "training") || isOf(include, "app");
                        }),
              testing::IsEmpty());
}

TEST(IncludeRules, AppTouchesNeitherTorchNorProtobuf) {
  const auto includes = includesOf("app");
  ASSERT_FALSE(includes.empty());
  EXPECT_THAT(
      offenders(includes,
                [](const Include& include) { return isTorch(include) || isProtobuf(include); }),
      testing::IsEmpty());
}

TEST(IncludeRules, HeadersOfTheFoldersShowNeitherTorchNorProtobuf) {
  for (const char* folder : {"eventio", "training", "widgets", "app"}) {
    EXPECT_THAT(offenders(includesOf(folder),
                          [](const Include& include) {
                            return include.file.extension() == ".h" &&
                                   (isTorch(include) || isProtobuf(include));
                          }),
                testing::IsEmpty())
        << folder;
  }
}

/// widgets/style/number_text.h says how numbers are written; the system's locale would mix a second
/// style in.
TEST(StyleRules, NumbersAreNotWrittenAsTheSystemsLocaleDoes) {
  const std::regex locale(R"re(QLocale\(\)|QLocale\(QLocale::|QLocale::system\(\)|%L[0-9])re");
  std::vector<std::string> offending;
  for (const char* folder : {"widgets", "app"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(TRAINDECK_SOURCE_DIR) / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        if (!std::regex_search(line, locale)) continue;
        if (line.find("ofQt->load(") != std::string::npos) continue;  // the language of buttons
        offending.push_back(entry.path().filename().string() + ": " + line);
      }
    }
  }
  EXPECT_THAT(offending, testing::IsEmpty());
}

TEST(IncludeRules, TopLevelHoldsTheFoldersOfTheHouse) {
  for (const char* folder : {"app", "widgets", "training", "eventio", "resources", "tests"}) {
    EXPECT_TRUE(fs::is_directory(fs::path(TRAINDECK_SOURCE_DIR) / folder)) << folder;
  }
}

}  // namespace
