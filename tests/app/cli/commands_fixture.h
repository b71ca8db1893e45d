// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/commands.h"
#include "eventio/writer/summary_writer.h"
#include "tests/support/temporary_folder.h"

inline std::string textOf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

/// Sends one of the process's output descriptors into a file while it lives.
class Redirected {
 public:
  Redirected(std::FILE* stream, std::filesystem::path file)
      : m_stream(stream), m_file(std::move(file)) {
    std::fflush(m_stream);
    m_before = ::dup(::fileno(m_stream));
    const int to = ::open(m_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(to, ::fileno(m_stream));
    ::close(to);
  }
  ~Redirected() { restore(); }
  Redirected(const Redirected&) = delete;
  Redirected& operator=(const Redirected&) = delete;

  std::string text() {
    restore();
    return textOf(m_file);
  }

 private:
  void restore() {
    if (m_before < 0) return;
    std::fflush(m_stream);
    ::dup2(m_before, ::fileno(m_stream));
    ::close(m_before);
    m_before = -1;
  }

  std::FILE* m_stream;
  std::filesystem::path m_file;
  int m_before = -1;
};

/// Logs of three runs, and what inspect and export print of them.
class Commands : public testing::Test {
 protected:
  Commands() {
    const float inf = std::numeric_limits<float>::infinity();
    write("run10", {0.1F, 2.5F});
    write("run2", {std::numeric_limits<float>::quiet_NaN(), inf, -inf});
    auto writer = eventio::SummaryWriter::create(logs() / "kinds");
    eventio::Histogram bins{.min = -0.1,
                            .max = 1.5,
                            .num = 3,
                            .sum = 2,
                            .sumSquares = 3,
                            .limits = {-1, 0.3, 2},
                            .counts = {0, 1, 2}};
    EXPECT_TRUE((*writer)->addHistogram("h", bins, 5, 1.6e9));
    EXPECT_TRUE((*writer)->addText("note", "say \"hi\",\n你好\x01", 6, 1.6e9));
    EXPECT_TRUE((*writer)->addHparams({{"lr", 0.1}}, {"loss"}, 1.6e9));
  }

  [[nodiscard]] std::filesystem::path logs() const { return m_folder / "logs"; }
  [[nodiscard]] std::filesystem::path outputFile() const { return m_folder / "output"; }

  void write(const std::string& run, const std::vector<float>& values) const {
    auto writer = eventio::SummaryWriter::create(logs() / run);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto step = static_cast<std::int64_t>(i);
      EXPECT_TRUE((*writer)->addScalar("tag10", values[i], step, 1.6e9 + 0.25));
      EXPECT_TRUE((*writer)->addScalar("tag9", 1, -step, 1.6e9));
    }
  }

  /// Standard output of inspect.
  std::string inspect(bool asJson, const std::filesystem::path& path, int expectedStatus = 0) {
    Redirected output(stdout, m_folder / "stdout");
    Redirected errors(stderr, m_folder / "stderr");
    EXPECT_EQ(app::runInspect({path.string(), asJson}), expectedStatus);
    m_errors = errors.text();
    return output.text();
  }
  /// What export writes into its file.
  std::vector<std::string> exported(app::ExportOptions options, int expectedStatus = 0) {
    std::filesystem::remove(outputFile());
    options.path = options.path.empty() ? logs().string() : options.path;
    options.outputFile = outputFile().string();
    Redirected errors(stderr, m_folder / "stderr");
    EXPECT_EQ(app::runExport(options), expectedStatus);
    m_errors = errors.text();
    return lines(textOf(outputFile()));
  }
  [[nodiscard]] std::vector<std::string> errors() const { return lines(m_errors); }

  const TemporaryFolder m_temporary;
  const std::filesystem::path& m_folder = m_temporary.path();

 private:
  std::string m_errors;
};

inline app::ExportOptions only(const char* run, const char* tag = "") {
  app::ExportOptions options;
  options.runPattern = run;
  options.tagPattern = tag;
  return options;
}
