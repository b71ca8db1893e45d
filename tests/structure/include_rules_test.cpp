// SPDX-License-Identifier: GPL-3.0-or-later
// The table "folder, holds, may include" of ARCHITECTURE.md against the sources themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace fs = std::filesystem;
using testing::IsEmpty;
using Names = std::set<std::string>;

const fs::path kSource = TRAINDECK_SOURCE_DIR;
const std::vector<std::string> kLibraries = {"eventio", "training", "widgets", "app"};

/// What the table calls a library from outside, by how its headers are included.
const std::vector<std::pair<std::string, std::regex>> kOutside = {
    {"LibTorch", std::regex("^(torch|ATen|c10|caffe2)/")},
    {"protobuf", std::regex(R"(^google/protobuf|\.pb\.h$)")},
    {"QCustomPlot", std::regex("^qcustomplot")},
    {"Qt", std::regex("^Q[A-Z]|^Qt")},
    {"JSON", std::regex("^nlohmann/")},
    {"codecs", std::regex(R"(^(png|jpeglib|gif_lib)\.h$)")},
    {"zlib", std::regex(R"(^zlib\.h$)")},
    {"CLI11", std::regex("^CLI/")},
    {"libmagic", std::regex(R"(^magic\.h$)")},
};

bool isSource(const fs::path& file) {
  return file.extension() == ".h" || file.extension() == ".cpp";
}

/// "eventio/data" of "eventio/data/run.h".
std::string folderOf(const fs::path& file) {
  return file.parent_path().generic_string();
}

/// The folders of the libraries that directly hold sources.
Names foldersOfTree() {
  Names folders;
  for (const std::string& library : kLibraries) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / library)) {
      if (isSource(entry.path())) folders.insert(folderOf(fs::relative(entry.path(), kSource)));
    }
  }
  return folders;
}

struct Include {
  fs::path file;
  std::string what;  // as written between the brackets or quotes
};

std::vector<Include> includesOf(const std::string& folder) {
  static const std::regex kInclude(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
  std::vector<Include> found;
  for (const auto& entry : fs::directory_iterator(kSource / folder)) {
    if (!isSource(entry.path())) continue;
    std::ifstream stream(entry.path());
    std::smatch match;
    for (std::string line; std::getline(stream, line);) {
      if (std::regex_search(line, match, kInclude)) {
        found.push_back({fs::relative(entry.path(), kSource), match[1]});
      }
    }
  }
  return found;
}

/// The name of what is included as the table writes it: a folder of ours, a library from outside,
/// or nothing for the standard library and the system.
std::string nameOf(const Include& include) {
  for (const auto& [name, pattern] : kOutside) {
    if (std::regex_search(include.what, pattern)) return name;
  }
  const std::string folder = folderOf(include.what);
  for (const std::string& library : kLibraries) {
    if (folder == library || folder.starts_with(library + "/")) return folder;
  }
  return {};
}

/// Folder to what it may include. A cell names folders as `eventio/data` and libraries as words.
std::map<std::string, Names> readTable() {
  static const std::regex kRow(R"(^\| `([a-z_/]+)/` \|.*\|([^|]*)\|\s*$)");
  static const std::regex kName(R"(`([a-z_/]+)`|([A-Za-z0-9]+))");
  std::map<std::string, Names> table;
  std::ifstream stream(kSource / "ARCHITECTURE.md");
  std::smatch row;
  for (std::string line; std::getline(stream, line);) {
    if (!std::regex_match(line, row, kRow)) continue;
    Names& names = table[row[1]];
    const std::string cell = row[2];
    for (std::sregex_iterator name(cell.begin(), cell.end(), kName), end; name != end; ++name) {
      names.insert((*name)[1].matched ? (*name)[1].str() : (*name)[2].str());
    }
  }
  return table;
}

TEST(IncludeRules, TableListsTheFoldersThatThereAre) {
  Names ofTable;
  for (const auto& [folder, names] : readTable()) ofTable.insert(folder);
  EXPECT_EQ(ofTable, foldersOfTree());
}

TEST(IncludeRules, FoldersIncludeWhatTheTableAllowsAndNothingElse) {
  const auto table = readTable();
  for (const std::string& folder : foldersOfTree()) {
    const auto row = table.find(folder);
    if (row == table.end()) continue;
    Names used;
    for (const Include& include : includesOf(folder)) {
      const std::string name = nameOf(include);
      if (name.empty() || name == folder) continue;
      used.insert(name);
      EXPECT_TRUE(row->second.contains(name)) << include.file << " includes " << include.what;
    }
    Names unused;
    for (const std::string& name : row->second) {
      if (name != "std" && !used.contains(name)) unused.insert(name);
    }
    EXPECT_THAT(unused, IsEmpty()) << folder << " may include what it does not";
  }
}

TEST(IncludeRules, TableHasNoCircles) {
  const auto table = readTable();
  ASSERT_FALSE(table.empty());
  std::set<std::string> done;
  std::vector<std::string> way;
  const std::function<void(const std::string&)> visit = [&](const std::string& folder) {
    if (done.contains(folder)) return;
    const bool isCircle = std::find(way.begin(), way.end(), folder) != way.end();
    ASSERT_FALSE(isCircle) << testing::PrintToString(way) << " leads back to " << folder;
    way.push_back(folder);
    if (const auto row = table.find(folder); row != table.end()) {
      for (const std::string& name : row->second) visit(name);
    }
    way.pop_back();
    done.insert(folder);
  };
  for (const auto& [folder, names] : table) visit(folder);
}

TEST(IncludeRules, LibrariesDependOnEachOtherInOneDirection) {
  const std::map<std::string, Names> allowed = {{"eventio", {}},
                                                {"training", {"eventio", "LibTorch"}},
                                                {"widgets", {"eventio", "Qt", "QCustomPlot"}},
                                                {"app", {"eventio", "training", "widgets", "Qt"}}};
  const Names guarded = {"eventio", "training", "widgets", "app", "Qt", "QCustomPlot", "LibTorch"};
  for (const auto& [folder, names] : readTable()) {
    const std::string library = folder.substr(0, folder.find('/'));
    for (const std::string& name : names) {
      const std::string other = name.substr(0, name.find('/'));
      if (other == library || !guarded.contains(other)) continue;
      EXPECT_TRUE(allowed.at(library).contains(other)) << folder << " may include " << name;
    }
  }
}

TEST(IncludeRules, TorchStandsInOneFolderAndTheCommandLineNeedsNoQt) {
  for (const auto& [folder, names] : readTable()) {
    EXPECT_EQ(names.contains("LibTorch"), folder == "training/torch") << folder;
  }
  EXPECT_FALSE(readTable().at("app/cli").contains("Qt"));
}

TEST(IncludeRules, HeadersShowNeitherTorchNorProtobuf) {
  for (const std::string& folder : foldersOfTree()) {
    for (const Include& include : includesOf(folder)) {
      if (include.file.extension() != ".h") continue;
      const std::string name = nameOf(include);
      EXPECT_TRUE(name != "LibTorch" && name != "protobuf")
          << include.file << " includes " << include.what;
    }
  }
}

/// Headers of eventio that say in their second line that other libraries may include them.
Names publicHeaders() {
  Names headers;
  for (const auto& entry : fs::recursive_directory_iterator(kSource / "eventio")) {
    if (entry.path().extension() != ".h") continue;
    std::ifstream stream(entry.path());
    std::string line;
    std::getline(stream, line);
    std::getline(stream, line);
    if (line != "// Public: other libraries may include it.") continue;
    headers.insert(fs::relative(entry.path(), kSource).generic_string());
  }
  return headers;
}

TEST(IncludeRules, OtherLibrariesIncludeThePublicHeadersOfEventioAndNoOthers) {
  Names included;
  for (const std::string& folder : foldersOfTree()) {
    if (folder.starts_with("eventio/")) continue;
    for (const Include& include : includesOf(folder)) {
      if (include.what.starts_with("eventio/")) included.insert(include.what);
    }
  }
  EXPECT_EQ(included, publicHeaders());
}

TEST(Layout, EachFolderHasATargetAndSaysWhatItIs) {
  for (const std::string& folder : foldersOfTree()) {
    EXPECT_TRUE(fs::is_regular_file(kSource / folder / "CMakeLists.txt")) << folder;
    if (folder != "app") {
      EXPECT_TRUE(fs::is_regular_file(kSource / folder / "README.md")) << folder;
    }
  }
}

TEST(Layout, NoSourceIsLongerThan500Lines) {
  std::vector<std::string> offending;
  for (const char* folder : {"eventio", "training", "widgets", "app", "tests"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      if (!isSource(entry.path())) continue;
      std::ifstream stream(entry.path());
      int lines = 0;
      for (std::string line; std::getline(stream, line);) ++lines;
      if (lines > 500) offending.push_back(fs::relative(entry.path(), kSource).generic_string());
    }
  }
  EXPECT_THAT(offending, IsEmpty());
}

/// widgets/style/number_text.h says how numbers are written; the system's locale would mix a second
/// style in.
TEST(StyleRules, NumbersAreNotWrittenAsTheSystemsLocaleDoes) {
  const std::regex locale(R"re(QLocale\(\)|QLocale\(QLocale::|QLocale::system\(\)|%L[0-9])re");
  std::vector<std::string> offending;
  for (const char* folder : {"widgets", "app"}) {
    for (const auto& entry : fs::recursive_directory_iterator(kSource / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      std::ifstream stream(entry.path());
      for (std::string line; std::getline(stream, line);) {
        if (!std::regex_search(line, locale)) continue;
        if (line.find("ofQt->load(") != std::string::npos) continue;  // the language of buttons
        offending.push_back(entry.path().filename().string() + ": " + line);
      }
    }
  }
  EXPECT_THAT(offending, IsEmpty());
}

}  // namespace
