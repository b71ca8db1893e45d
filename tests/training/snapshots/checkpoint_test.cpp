// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>
#include <cstring>
#include <limits>

#include "checkpoint_states.h"
#include "tests/support/temporary_folder.h"
#include "training/snapshots/checkpoint_format.h"
#include "training/snapshots/safetensors_file.h"

namespace {

using namespace training;
using eventio::ErrorCode;
using testing::HasSubstr;

void expectSame(const TrainingState& loaded, const TrainingState& state) {
  EXPECT_EQ(loaded.parameters, state.parameters);
  EXPECT_EQ(loaded.optimiser, state.optimiser);
  EXPECT_EQ(loaded.phase, state.phase);
  EXPECT_EQ(loaded.epoch, state.epoch);
  EXPECT_EQ(loaded.batch, state.batch);
  EXPECT_EQ(loaded.step, state.step);
  EXPECT_EQ(loaded.lossSum, state.lossSum);
  EXPECT_EQ(loaded.metricSums, state.metricSums);
  EXPECT_EQ(loaded.samples, state.samples);
  EXPECT_EQ(loaded.live, state.live);
  EXPECT_EQ(loaded.metricAfterTraining, state.metricAfterTraining);
  EXPECT_EQ(loaded.metricAfterFineTuning, state.metricAfterFineTuning);
  EXPECT_EQ(loaded.validationMetric, state.validationMetric);
  EXPECT_EQ(loaded.bestMetric, state.bestMetric);
  EXPECT_EQ(loaded.bestLoss, state.bestLoss);
  EXPECT_EQ(loaded.lossHistory, state.lossHistory);
  EXPECT_EQ(loaded.diverged, state.diverged);
  EXPECT_EQ(loaded.seed, state.seed);
  EXPECT_EQ(loaded.batchSize, state.batchSize);
  EXPECT_EQ(loaded.trainImages, state.trainImages);
}

/// The bytes with a checksum that belongs to them, as a hostile writer would make them.
std::string signedAnew(std::string bytes) {
  const std::string field = R"("traindeck.crc32c":")";
  const std::size_t place = bytes.find(field);
  if (place != std::string::npos) {
    bytes.replace(place + field.size(), 8, checkpointChecksum(bytes));
  }
  return bytes;
}

std::string replaced(std::string bytes, std::string_view from, std::string_view to) {
  EXPECT_EQ(from.size(), to.size());
  const std::size_t place = bytes.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  return bytes.replace(place, from.size(), to);
}

std::string whyNot(std::string_view bytes) {
  const auto state = decodeCheckpoint(bytes, tinyModel());
  if (state) return "it was read";
  EXPECT_EQ(state.error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(state.error().message.english().find('\n'), std::string::npos);
  return state.error().message.english();
}

std::string tinyCheckpoint() {
  return encodeCheckpoint(someState(tinyModel()), tinyModel()).value();
}

TEST(Checkpoint, ReturnsEveryBit) {
  const TemporaryFolder folder;
  const TrainingState state = someState();
  ASSERT_TRUE(saveCheckpoint(folder / "last.safetensors", state, convNet()));
  const auto loaded = loadCheckpoint(folder / "last.safetensors", convNet());
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  expectSame(*loaded, state);
}

TEST(Checkpoint, KeepsParametersThatAreNotNumbers) {
  TrainingState state = someState(tinyModel());
  state.parameters[1] = std::numeric_limits<float>::quiet_NaN();
  state.optimiser.buffers[0][2] = -std::numeric_limits<float>::infinity();
  const auto loaded = decodeCheckpoint(encodeCheckpoint(state, tinyModel()).value(), tinyModel());
  ASSERT_TRUE(loaded) << loaded.error().message.english();
  EXPECT_EQ(
      std::memcmp(loaded->parameters.data(), state.parameters.data(), 4 * state.parameters.size()),
      0);
  EXPECT_EQ(loaded->optimiser.buffers[0][2], state.optimiser.buffers[0][2]);
}

// By hand: the flat buffer of tinyModel() has a.weight as (out, height, width, in).
TEST(Checkpoint, TensorsLieRowByRowInPyTorchsOrder) {
  TrainingState state = someState(tinyModel());
  for (std::size_t i = 0; i < 12; ++i) state.parameters[i] = static_cast<float>(i);
  const std::string bytes = encodeWeights(state, tinyModel()).value();
  const auto file = readSafetensors(bytes);
  ASSERT_TRUE(file) << file.error().message.english();
  ASSERT_EQ(file->tensors.size(), 2U);
  EXPECT_EQ(file->tensors[0].name, "a.weight");
  EXPECT_EQ(file->tensors[0].type, "F32");
  EXPECT_THAT(file->tensors[0].shape, testing::ElementsAre(2, 3, 1, 2));
  EXPECT_EQ(file->tensors[1].name, "a.bias");
  EXPECT_THAT(file->tensors[1].shape, testing::ElementsAre(2));
  std::vector<float> values(12);
  std::memcpy(values.data(), file->tensors[0].data.data(), file->tensors[0].data.size());
  EXPECT_THAT(values, testing::ElementsAre(0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11));
}

TEST(Checkpoint, WeightsAreTheParametersUnderPyTorchsNames) {
  const TemporaryFolder folder;
  ASSERT_TRUE(saveWeights(folder / "model.safetensors", someState(), convNet()));
  const std::string bytes = readFile(folder / "model.safetensors");
  const auto file = readSafetensors(bytes);
  ASSERT_TRUE(file) << file.error().message.english();
  std::vector<std::string> names;
  for (const SafetensorsTensor& tensor : file->tensors) names.push_back(tensor.name);
  EXPECT_THAT(names,
              testing::ElementsAre("conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias",
                                   "fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"));
  EXPECT_EQ(file->metadata.at("format"), "pt");
}

TEST(Checkpoint, TheBuffersSizeIsTheModels) {
  EXPECT_EQ(flatSize(convNet().parameters), someState().parameters.size());
}

TEST(Checkpoint, RefusesToSaveWhatCouldNotBeLoaded) {
  const TemporaryFolder folder;
  TrainingState state = someState();
  state.lossSum = std::numeric_limits<double>::quiet_NaN();
  const auto saved = saveCheckpoint(folder / "last.safetensors", state, convNet());
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(saved.error().message.english(), HasSubstr("loss_sum"));
  for (const std::int64_t count : {std::int64_t{-1}, std::int64_t{1} << 54}) {
    state = someState();
    state.samples = count;
    EXPECT_FALSE(saveCheckpoint(folder / "last.safetensors", state, convNet())) << count;
  }
  state = someState();
  state.optimiser.buffers.front().pop_back();
  EXPECT_FALSE(saveCheckpoint(folder / "last.safetensors", state, convNet()));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Checkpoint, FindsEveryFlippedBit) {
  const std::string whole = tinyCheckpoint();
  ASSERT_TRUE(decodeCheckpoint(whole, tinyModel()));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      ASSERT_FALSE(decodeCheckpoint(bytes, tinyModel())) << "byte " << at << " bit " << bit;
    }
  }
}

TEST(Checkpoint, FindsFlippedBytesOfTheConvNet) {
  const std::string whole = encodeCheckpoint(someState(), convNet()).value();
  for (std::size_t at = 0; at < whole.size(); at += at < 3000 ? 7 : 997) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    ASSERT_FALSE(decodeCheckpoint(bytes, convNet())) << at;
  }
}

TEST(Checkpoint, RefusesEveryTruncationAndEveryExcess) {
  const std::string whole = tinyCheckpoint();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_NE(whyNot(whole.substr(0, size)), "it was read") << size;
    EXPECT_NE(whyNot(signedAnew(whole.substr(0, size))), "it was read") << size;
  }
  EXPECT_THAT(whyNot(whole + '\0'), HasSubstr("checksum"));
  EXPECT_THAT(whyNot(signedAnew(whole + "more")), HasSubstr("longer"));
}

TEST(Checkpoint, RefusesAStateThatCannotBe) {
  const std::string whole = tinyCheckpoint();
  const auto changed = [&](std::string_view from, std::string_view to) {
    return whyNot(signedAnew(replaced(whole, from, to)));
  };
  EXPECT_THAT(changed(R"(\"epoch\":3)", R"(\"epoch\": )"), HasSubstr("not JSON"));
  EXPECT_THAT(changed(R"(\"batch\":17)", R"(\"batch\":-7)"), HasSubstr("'batch'"));
  EXPECT_THAT(changed(R"(\"metric_sums\":[77.0)", R"(\"metric_sums\":[.770)"),
              HasSubstr("not JSON"));
  EXPECT_THAT(changed(R"(\"phase\":1)", R"(\"phase\":2)"), HasSubstr("'phase'"));
  EXPECT_THAT(changed(R"(\"momentum\":0.456)", R"(\"momentum\":1e999)"), HasSubstr("not JSON"));
  EXPECT_THAT(changed(R"(\"momentum\":0.456)", R"(\"momentum\":"NaN")"), HasSubstr("not JSON"));
  EXPECT_THAT(changed(R"(\"momentum\":0.456)", R"(\"momentum\":null )"), HasSubstr("'momentum'"));
  EXPECT_THAT(changed(R"(\"momentum\":0.456)", R"(\"momentum\":  NaN)"), HasSubstr("not JSON"));
  EXPECT_THAT(changed(R"(\"batch_size\":64)", R"(\"batch_sizf\":64)"), HasSubstr("'batch_size'"));
  EXPECT_THAT(changed(R"(\"step\":12345678901)", R"(\"step\":1234567.901)"), HasSubstr("'step'"));
  EXPECT_THAT(changed(R"(\"optimiser\":\"sgd\")", R"(\"optimiser\":\"sgf\")"),
              HasSubstr("optimiser 'sgf' is not known: a newer version"));
  EXPECT_THAT(changed(R"(\"optimiser\":\"sgd\")", R"(\"optimiser\":1234567)"),
              HasSubstr("'optimiser'"));
  EXPECT_THAT(changed(R"("traindeck.checkpoint":"1")", R"("traindeck.checkpoint":"2")"),
              HasSubstr("newer"));
}

/// As version 0.1 with safetensors files wrote it: SGD's buffers are `momentum`, and neither the
/// optimiser nor the settings' fingerprint is named.
std::string checkpointOfOlderVersion() {
  const std::array<float, 12> weight{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const std::array<float, 2> bias{12, 13};
  const std::string_view weightBytes(reinterpret_cast<const char*>(weight.data()), sizeof weight);
  const std::string_view biasBytes(reinterpret_cast<const char*>(bias.data()), sizeof bias);
  const std::vector<SafetensorsTensor> tensors{
      {"model.a.weight", "F32", {2, 3, 1, 2}, weightBytes},
      {"model.a.bias", "F32", {2}, biasBytes},
      {"momentum.a.weight", "F32", {2, 3, 1, 2}, weightBytes},
      {"momentum.a.bias", "F32", {2}, biasBytes}};
  const char* const state =
      R"({"phase":0,"epoch":1,"batch":0,"step":938,"loss_sum":0.0,"correct":7,"samples":9,)"
      R"("learning_rate":0.01,"momentum":0.9,"weight_decay":0.0,"histogram_interval":100,)"
      R"("accuracy_after_training":-1.0,"accuracy_after_fine_tuning":-1.0,)"
      R"("validation_accuracy":0.8,"best_accuracy":0.8,"best_loss":0.5,"loss_batches":938,)"
      R"("loss_first":2.3,"loss_average":0.5,"loss_best":0.4,"diverged":0,"seed":1,)"
      R"("batch_size":64,"train_images":60000})";
  return signedAnew(writeSafetensors(tensors, {{"format", "pt"},
                                               {"traindeck.checkpoint", "1"},
                                               {"traindeck.state", state},
                                               {"traindeck.crc32c", "00000000"}}));
}

TEST(Checkpoint, ReadsTheMomentumOfVersionsThatKnewNoOtherOptimiser) {
  const auto state = decodeCheckpoint(checkpointOfOlderVersion(), tinyModel());
  ASSERT_TRUE(state) << state.error().message.english();
  EXPECT_EQ(state->step, 938);
  EXPECT_EQ(state->metricSums, MetricValues{7});
  EXPECT_EQ(state->validationMetric, 0.8);
  EXPECT_EQ(state->bestMetric, 0.8);
  EXPECT_EQ(state->optimiser.optimiser, "sgd");
  EXPECT_EQ(state->optimiser.buffers, std::vector<std::vector<float>>{state->parameters});
  const auto bytes = encodeCheckpoint(*state, tinyModel());
  ASSERT_TRUE(bytes) << bytes.error().message.english();
  const auto again = decodeCheckpoint(*bytes, tinyModel());
  ASSERT_TRUE(again) << again.error().message.english();
  EXPECT_EQ(again->optimiser, state->optimiser);
}

TEST(Checkpoint, RefusesToSaveAnUnknownOptimisersState) {
  TrainingState state = someState(tinyModel());
  state.optimiser.optimiser = "other";
  EXPECT_FALSE(encodeCheckpoint(state, tinyModel()));
  state = someState(tinyModel());
  state.optimiser.buffers.emplace_back(state.parameters.size());
  EXPECT_FALSE(encodeCheckpoint(state, tinyModel()));
}

TEST(Checkpoint, RefusesAnotherModelsTensors) {
  const std::string whole = tinyCheckpoint();
  const auto changed = [&](std::string_view from, std::string_view to) {
    return whyNot(signedAnew(replaced(whole, from, to)));
  };
  EXPECT_THAT(changed("model.a.bias", "model.b.bias"), HasSubstr("'model.a.bias' is missing"));
  EXPECT_THAT(changed("momentum_buffer.a.bias", "model.a.weight        "), HasSubstr("is missing"));
  EXPECT_THAT(changed("[2,3,1,2]", "[2,1,3,2]"), HasSubstr("shape"));
  EXPECT_THAT(changed(R"("dtype":"F32")", R"("dtype":"I32")"), HasSubstr("type"));
  EXPECT_THAT(whyNot(encodeCheckpoint(someState(), convNet()).value()),
              HasSubstr("it is of another model: of 'conv_net for 1 x 28 x 28, 10 outputs'"));
  EXPECT_THAT(whyNot(encodeWeights(someState(tinyModel()), tinyModel()).value()),
              HasSubstr("no state"));
}

TEST(Checkpoint, SaysWhenThereIsNone) {
  for (const char* file : {"/nowhere/last.safetensors", "", "/dev/null/last.safetensors"}) {
    const auto loaded = loadCheckpoint(file, convNet());
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound) << loaded.error().message.english();
  }
}

TEST(Checkpoint, RefusesForeignFilesInOneLineThatNamesThem) {
  const TemporaryFolder folder;
  writeFile(folder / "empty", "");
  writeFile(folder / "text", "not a model at all");
  writeFile(folder / "png", "\x89PNG\r\n\x1a\n");
  std::filesystem::create_directory(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  for (const char* name : {"empty", "text", "png", "folder", "pipe"}) {
    const auto loaded = loadCheckpoint(folder / name, convNet());
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << name;
    EXPECT_THAT(loaded.error().message.english(), HasSubstr((folder / name).string()));
    EXPECT_EQ(loaded.error().message.english().find('\n'), std::string::npos);
  }
}

// A sparse file of 8 GB: were it read, or its length taken for memory, the test would be killed.
TEST(Checkpoint, DoesNotReadWhatIsLargerThanACheckpoint) {
  const TemporaryFolder folder;
  writeFile(folder / "large", std::string("\x10\0\0\0\1\0\0\0{", 9));
  std::filesystem::resize_file(folder / "large", std::uintmax_t{1} << 33);
  const auto loaded = loadCheckpoint(folder / "large", convNet());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt);
  EXPECT_THAT(loaded.error().message.english(), HasSubstr("larger"));
}

TEST(Checkpoint, KeepsTheOldOneWhenTheDiskIsFull) {
  const TemporaryFolder folder;
  TrainingState state = someState();
  ASSERT_TRUE(saveCheckpoint(folder / "last.safetensors", state, convNet()));
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {10'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  state.step = 5;
  const auto saved = saveCheckpoint(folder / "last.safetensors", state, convNet());
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kIo);
  const auto loaded = loadCheckpoint(folder / "last.safetensors", convNet());
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->step, someState().step);
}

}  // namespace
