// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <numeric>

#include "tests/support/temporary_folder.h"
#include "training/conv_net.h"

namespace {

using namespace training;

TrainingState someState() {
  TrainingState state;
  state.parameters.resize(convNetFlatSize());
  state.velocity.resize(convNetFlatSize());
  for (const ParameterPlace& place : convNetParameters()) {
    for (std::size_t i = place.offset; i < place.offset + place.size; ++i) {
      state.parameters[i] = static_cast<float>(i) + 0.1F;
      state.velocity[i] = -static_cast<float>(i) / 3.0F;
    }
  }
  state.phase = Phase::kFineTuning;
  state.epoch = 3;
  state.batch = 17;
  state.step = 12'345'678'901;
  state.lossSum = 0.1 + 0.2;
  state.correct = 77;
  state.samples = 99;
  state.live = {0.123, 0.456, 0.789, 42};
  state.accuracyAfterTraining = 0.8612;
  state.seed = UINT64_MAX - 1;
  state.batchSize = 64;
  state.trainImages = 60'000;
  return state;
}

TEST(Checkpoint, ReturnsEveryBit) {
  const TemporaryFolder folder;
  const TrainingState state = someState();
  ASSERT_TRUE(saveCheckpoint(folder / "model.pt", state));
  const auto loaded = loadCheckpoint(folder / "model.pt");
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->parameters, state.parameters);
  EXPECT_EQ(loaded->velocity, state.velocity);
  EXPECT_EQ(loaded->phase, state.phase);
  EXPECT_EQ(loaded->epoch, state.epoch);
  EXPECT_EQ(loaded->batch, state.batch);
  EXPECT_EQ(loaded->step, state.step);
  EXPECT_EQ(loaded->lossSum, state.lossSum);
  EXPECT_EQ(loaded->correct, state.correct);
  EXPECT_EQ(loaded->samples, state.samples);
  EXPECT_EQ(loaded->live, state.live);
  EXPECT_EQ(loaded->accuracyAfterTraining, state.accuracyAfterTraining);
  EXPECT_EQ(loaded->accuracyAfterFineTuning, -1);
  EXPECT_EQ(loaded->seed, state.seed);
  EXPECT_EQ(loaded->batchSize, state.batchSize);
  EXPECT_EQ(loaded->trainImages, state.trainImages);
}

TEST(Checkpoint, SaysWhenThereIsNone) {
  const auto loaded = loadCheckpoint("/nowhere/model.pt");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, eventio::ErrorCode::kNotFound);
}

TEST(Checkpoint, RefusesEveryTruncation) {
  const TemporaryFolder folder;
  ASSERT_TRUE(saveCheckpoint(folder / "model.pt", someState()));
  const auto size = std::filesystem::file_size(folder / "model.pt");
  for (const std::uintmax_t cut : {std::uintmax_t{0}, std::uintmax_t{3}, size / 2, size - 1}) {
    std::filesystem::copy_file(folder / "model.pt", folder / "cut.pt",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(folder / "cut.pt", cut);
    const auto loaded = loadCheckpoint(folder / "cut.pt");
    ASSERT_FALSE(loaded) << cut;
    EXPECT_EQ(loaded.error().code, eventio::ErrorCode::kCorrupt);
    EXPECT_THAT(loaded.error().message, testing::HasSubstr((folder / "cut.pt").string()));
    EXPECT_EQ(loaded.error().message.find('\n'), std::string::npos);
  }
}

TEST(Checkpoint, RefusesForeignFiles) {
  const TemporaryFolder folder;
  std::ofstream(folder / "text.pt") << "not a model at all";
  EXPECT_EQ(loadCheckpoint(folder / "text.pt").error().code, eventio::ErrorCode::kCorrupt);
  EXPECT_EQ(loadCheckpoint(folder.path()).error().code, eventio::ErrorCode::kNotFound);
}

TEST(Checkpoint, KeepsTheOldOneWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  TrainingState state = someState();
  ASSERT_TRUE(saveCheckpoint(folder / "model.pt", state));
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {10'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  state.step = 5;
  const auto saved = saveCheckpoint(folder / "model.pt", state);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, eventio::ErrorCode::kIo);
  const auto loaded = loadCheckpoint(folder / "model.pt");
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->step, someState().step);
}

}  // namespace
