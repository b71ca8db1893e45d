// SPDX-License-Identifier: GPL-3.0-or-later
// A writer that is killed at any moment leaves a file that opens and holds all that was flushed.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <thread>

#include "eventio/sources/load_runs.h"
#include "tests/support/temporary_folder.h"

extern char** environ;

namespace {

/// Sanitizers make the start of a program many times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kKills = 20;
#else
constexpr int kKills = 200;
#endif

/// The program, writing into a folder; `output` reads what it confirms.
struct Writer {
  pid_t process = -1;
  int output = -1;
};

Writer start(const std::filesystem::path& folder, int seed) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  std::string program = TRAINDECK_KILLED_WRITER;
  std::string path = folder.string();
  std::string number = std::to_string(seed);
  std::array<char*, 4> arguments{program.data(), path.data(), number.data(), nullptr};
  Writer writer;
  const int failed =
      ::posix_spawn(&writer.process, program.c_str(), &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  writer.output = ends[0];
  EXPECT_EQ(failed, 0);
  return writer;
}

bool readConfirmed(const Writer& writer, std::int64_t& step) {
  return ::read(writer.output, &step, sizeof step) == static_cast<ssize_t>(sizeof step);
}

/// The step of the last flush that was confirmed.
std::int64_t killAfter(const Writer& writer, std::chrono::microseconds time) {
  std::int64_t confirmed = 0;
  EXPECT_TRUE(readConfirmed(writer, confirmed)) << "the writer ended before it was killed";
  std::this_thread::sleep_for(time);
  ::kill(writer.process, SIGKILL);
  int status = 0;
  ::waitpid(writer.process, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself";
  while (readConfirmed(writer, confirmed)) {
  }
  ::close(writer.output);
  return confirmed;
}

void expectAllUpTo(const eventio::Run& run, std::int64_t confirmed) {
  // A record that was being written when the process ended is a notice.
  for (const eventio::Damage& damage : run.damage())
    EXPECT_TRUE(damage.isNotice) << damage.what.english();
  const auto scalars = run.scalars("scalar");
  ASSERT_GE(scalars.size(), static_cast<std::size_t>(confirmed));
  for (std::size_t i = 0; i < scalars.size(); ++i) {
    ASSERT_EQ(scalars.step(i), static_cast<std::int64_t>(i) + 1);
    ASSERT_EQ(scalars.value(i), static_cast<double>(i) + 1);
  }
  const auto histograms = run.histograms("histogram");
  const auto texts = run.texts("text/text_summary");
  ASSERT_GE(histograms.size(), static_cast<std::size_t>(confirmed / 20));
  ASSERT_GE(texts.size(), static_cast<std::size_t>(confirmed / 20));
  for (std::size_t i = 0; i < histograms.size(); ++i) {
    ASSERT_EQ(histograms[i].step, static_cast<std::int64_t>(i + 1) * 20);
    ASSERT_EQ(histograms[i].value->num, 1000);
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_EQ(texts[i].value[0], "step " + std::to_string((i + 1) * 20));
  }
}

TEST(KilledWriter, EveryFileOpensAndNothingFlushedIsMissing) {
  std::mt19937 random(4);
  std::uint64_t further = 0;
  for (int i = 0; i < kKills && !HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "kill " << i);
    const TemporaryFolder folder;
    const std::int64_t confirmed =
        killAfter(start(folder.path(), i), std::chrono::microseconds(random() % 60000));
    const auto loaded = eventio::loadRuns(folder.path());
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->problems.empty());
    ASSERT_EQ(loaded->runs.size(), 1U);
    expectAllUpTo(*loaded->runs[0], confirmed);
    further += loaded->runs[0]->scalars("scalar").size() > static_cast<std::size_t>(confirmed);
  }
  // Else the moments were none within the writing.
  EXPECT_GT(further, 0U);
}

}  // namespace
