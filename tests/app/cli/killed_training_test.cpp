// SPDX-License-Identifier: GPL-3.0-or-later
// A training run that is killed at a random moment and continued equals one that never stopped.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <random>
#include <thread>

#include "eventio/sources/load_runs.h"
#include "tests/support/temporary_folder.h"
#include "tests/training/conv_net_model.h"
#include "tests/training/idx_files.h"
#include "training/job/trainer.h"
#include "training/snapshots/checkpoint.h"
#include "training/snapshots/saved_states.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using training::TrainingState;

pid_t start(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<std::string> words{TRAINDECK_PROGRAM};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int null = ::open("/dev/null", O_WRONLY);
  ::dup2(null, STDOUT_FILENO);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

int waitFor(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::shared_ptr<eventio::Run> load(const fs::path& folder) {
  const auto loaded = eventio::loadRuns(folder);
  return loaded && !loaded->runs.empty() ? loaded->runs.front() : nullptr;
}

std::vector<std::int64_t> stepsOf(const eventio::ScalarView& points) {
  std::vector<std::int64_t> steps(points.size());
  points.copySteps(0, steps);
  return steps;
}

std::vector<double> valuesOf(const eventio::ScalarView& points) {
  std::vector<double> values(points.size());
  points.copyValues(0, values);
  return values;
}

template <class Points>
std::vector<std::int64_t> stepsOfEach(const Points& points) {
  std::vector<std::int64_t> steps;
  for (const auto& point : points) steps.push_back(point.step);
  return steps;
}

std::vector<std::vector<std::string>> textsOf(const eventio::Run& run, const std::string& tag) {
  std::vector<std::vector<std::string>> texts;
  for (const eventio::TextPoint& point : run.texts(tag)) texts.push_back(point.value);
  return texts;
}

class KilledTraining : public testing::Test {
 protected:
  KilledTraining() {
    writeDataSet(m_folder / "digits", 2000, 200);
    m_arguments = {"train",
                   "--data",
                   (m_folder / "digits").string(),
                   "--epochs",
                   "3",
                   "--batch-size",
                   "10",
                   "--threads",
                   "1",
                   "--fine-tune-epochs",
                   "1",
                   "--histogram-interval",
                   "50",
                   "--quiet",
                   "--logdir",
                   (m_folder / "runs").string(),
                   "--name"};
  }

  [[nodiscard]] fs::path runPath(const std::string& name) const { return m_folder / "runs" / name; }
  [[nodiscard]] pid_t startTraining(const std::string& name) const {
    std::vector<std::string> arguments = m_arguments;
    arguments.push_back(name);
    return start(arguments);
  }

  void expectTheLogReachesTheModel(const fs::path& folder) const;
  void expectTheSame(const fs::path& folder, const fs::path& whole) const;

  TemporaryFolder m_folder;
  std::vector<std::string> m_arguments;
};

void KilledTraining::expectTheLogReachesTheModel(const fs::path& folder) const {
  const auto state = training::stateToContinue(folder, &convNet());
  ASSERT_TRUE(state) << state.error().message.english();
  if (!state->has_value() || (*state)->step == 0) return;
  const auto run = load(folder);
  ASSERT_NE(run, nullptr);
  std::vector<std::int64_t> steps = stepsOf(run->scalars("train/loss"));
  ASSERT_GE(steps.size(), static_cast<std::size_t>((*state)->step));
  std::vector<std::int64_t> expected(steps.size());
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(steps, expected);
}

void KilledTraining::expectTheSame(const fs::path& folder, const fs::path& whole) const {
  const auto run = load(folder);
  const auto reference = load(whole);
  ASSERT_NE(run, nullptr);
  ASSERT_NE(reference, nullptr);
  for (const eventio::TagInfo& tag : reference->tags()) {
    switch (tag.kind) {
      case eventio::TagKind::kScalar:
        EXPECT_EQ(stepsOf(run->scalars(tag.tag)), stepsOf(reference->scalars(tag.tag))) << tag.tag;
        if (tag.tag == "train/samples_per_s") break;
        EXPECT_EQ(valuesOf(run->scalars(tag.tag)), valuesOf(reference->scalars(tag.tag)))
            << tag.tag;
        break;
      case eventio::TagKind::kHistogram:
        EXPECT_EQ(stepsOfEach(run->histograms(tag.tag)),
                  stepsOfEach(reference->histograms(tag.tag)))
            << tag.tag;
        break;
      case eventio::TagKind::kText:
        EXPECT_EQ(stepsOfEach(run->texts(tag.tag)), stepsOfEach(reference->texts(tag.tag)))
            << tag.tag;
        if (tag.tag == "traindeck/checkpoints/text_summary") break;  // names the folder
        EXPECT_EQ(textsOf(*run, tag.tag), textsOf(*reference, tag.tag)) << tag.tag;
        break;
      default:
        break;
    }
  }
  const auto last =
      training::loadCheckpoint(folder / "checkpoints" / "last.safetensors", convNet());
  const auto expected =
      training::loadCheckpoint(whole / "checkpoints" / "last.safetensors", convNet());
  ASSERT_TRUE(last && expected);
  EXPECT_EQ(last->parameters, expected->parameters);
  EXPECT_EQ(last->optimiser, expected->optimiser);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    EXPECT_EQ(entry.path().string().find(".new-"), std::string::npos) << entry.path();
  }
}

// TRAINDECK_KILLS=200 kills as many runs.
TEST_F(KilledTraining, GoesOnAsIfItHadNeverStopped) {
  const char* const wanted = std::getenv("TRAINDECK_KILLS");
  const int kills = wanted != nullptr ? std::atoi(wanted) : 6;
  const Clock::time_point begin = Clock::now();
  ASSERT_EQ(waitFor(startTraining("whole")), 0);
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();

  std::mt19937 random(7);
  std::uniform_real_distribution<double> moment(0.1, seconds);
  int killed = 0;
  for (int attempt = 0; killed < kills && attempt < 3 * kills; ++attempt) {
    const std::string name = "run" + std::to_string(attempt);
    SCOPED_TRACE(name);
    const pid_t child = startTraining(name);
    std::this_thread::sleep_for(std::chrono::duration<double>(moment(random)));
    ::kill(child, SIGKILL);
    const int status = waitFor(child);
    const bool begun =
        fs::exists(runPath(name) / "run.json") || fs::exists(runPath(name) / "traindeck.json");
    if (status != 128 + SIGKILL || !begun) continue;  // over already, or nothing to go on with
    ++killed;
    expectTheLogReachesTheModel(runPath(name));
    const auto saved = training::readSavedRun(runPath(name).string());
    ASSERT_TRUE(saved) << saved.error().message.english();
    if (!saved->finished) {
      ASSERT_EQ(waitFor(start({"train", "--continue", runPath(name).string(), "--quiet"})), 0);
    }
    expectTheSame(runPath(name), runPath("whole"));
    if (HasFailure()) return;
    fs::remove_all(runPath(name));
  }
  EXPECT_EQ(killed, kills);
}

}  // namespace
