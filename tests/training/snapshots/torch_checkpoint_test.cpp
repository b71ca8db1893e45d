// SPDX-License-Identifier: GPL-3.0-or-later
// Old model.pt files. What they hold was read by torch.jit.load of Python: data/expected.py.
#include "training/snapshots/torch_checkpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <sstream>

#include "checkpoint_states.h"
#include "tests/support/temporary_folder.h"
#include "training/snapshots/checkpoint.h"
#include "training/snapshots/checkpoint_format.h"

namespace {

using namespace training;
using testing::HasSubstr;

std::filesystem::path dataFile(const std::string& name) {
  return std::filesystem::path(TRAINDECK_SOURCE_DIR) / "tests/training/saved_by_torch" / name;
}

using Lines = std::map<std::string, std::string>;

/// The lines of a text that expected.py wrote, by their first word.
Lines expectedLines(const std::string& name) {
  std::istringstream text(readFile(dataFile(name)));
  Lines lines;
  for (std::string word, rest; text >> word && std::getline(text >> std::ws, rest);) {
    lines[word] = rest;
  }
  return lines;
}

double number(const Lines& lines, const std::string& name) {
  return std::strtod(lines.at(name).c_str(), nullptr);
}

std::int64_t count(const Lines& lines, const std::string& name) {
  return std::strtoll(lines.at(name).c_str(), nullptr, 10);
}

void expectNumbers(const TrainingState& state, const Lines& lines) {
  EXPECT_EQ(static_cast<int>(state.phase), count(lines, "phase"));
  EXPECT_EQ(state.epoch, count(lines, "epoch"));
  EXPECT_EQ(state.batch, count(lines, "batch"));
  EXPECT_EQ(state.step, count(lines, "step"));
  EXPECT_EQ(state.lossSum, number(lines, "loss_sum"));
  EXPECT_EQ(state.metricSums[0], count(lines, "correct"));
  EXPECT_EQ(state.samples, count(lines, "samples"));
  EXPECT_EQ(state.live.learningRate, number(lines, "learning_rate"));
  EXPECT_EQ(state.live.momentum, number(lines, "momentum"));
  EXPECT_EQ(state.live.weightDecay, number(lines, "weight_decay"));
  EXPECT_EQ(state.live.histogramInterval, count(lines, "histogram_interval"));
  EXPECT_TRUE(std::isnan(state.live.beta1));  // it had none
  EXPECT_TRUE(std::isnan(state.live.beta2));
  EXPECT_EQ(state.metricAfterTraining, number(lines, "accuracy_after_training"));
  EXPECT_EQ(state.metricAfterFineTuning, number(lines, "accuracy_after_fine_tuning"));
  EXPECT_EQ(state.seed, static_cast<std::uint64_t>(count(lines, "seed")));
  EXPECT_EQ(state.batchSize, count(lines, "batch_size"));
  EXPECT_EQ(state.trainImages, count(lines, "train_images"));
}

/// The values in PyTorch's order: element by element through a channels-last buffer.
std::vector<float> rowMajor(const ParameterPlace& place, const std::vector<float>& flat) {
  std::vector<float> values;
  if (place.shape[3] == 0) {
    const auto begin = flat.begin() + static_cast<std::ptrdiff_t>(place.offset);
    return {begin, begin + static_cast<std::ptrdiff_t>(place.size)};
  }
  const auto [outs, ins, height, width] = place.shape;
  for (std::int64_t out = 0; out < outs; ++out) {
    for (std::int64_t in = 0; in < ins; ++in) {
      for (std::int64_t y = 0; y < height; ++y) {
        for (std::int64_t x = 0; x < width; ++x) {
          values.push_back(flat[place.offset + static_cast<std::size_t>(
                                                   ((out * height + y) * width + x) * ins + in)]);
        }
      }
    }
  }
  return values;
}

void expectTensors(const std::vector<float>& flat, const std::string& part, const Lines& lines,
                   std::span<const ParameterPlace> places) {
  for (const ParameterPlace& place : places) {
    const std::string name = part + '.' + place.layer + '.' + place.name;
    std::istringstream line(lines.at(name));
    std::string shape;
    std::string crc;
    std::string first;
    std::string last;
    line >> shape >> crc >> first >> last;
    const std::vector<float> values = rowMajor(place, flat);
    EXPECT_EQ(values.front(), std::strtof(first.c_str(), nullptr)) << name;
    EXPECT_EQ(values.back(), std::strtof(last.c_str(), nullptr)) << name;
    EXPECT_EQ(crc32_z(0, reinterpret_cast<const Bytef*>(values.data()), 4 * values.size()),
              std::strtoul(crc.c_str(), nullptr, 16))
        << name;
  }
}

bool sameBits(const TrainingState& a, const TrainingState& b, const Model& model) {
  return encodeCheckpoint(a, model).value() == encodeCheckpoint(b, model).value();
}

std::string whyNot(std::string_view bytes) {
  const auto state = decodeTorchCheckpoint(bytes, tinyModel());
  if (state) return "it was read";
  EXPECT_EQ(state.error().code, eventio::ErrorCode::kCorrupt) << state.error().message.english();
  EXPECT_EQ(state.error().message.english().find('\n'), std::string::npos);
  return state.error().message.english();
}

std::string tiny() {
  return readFile(dataFile("tiny.pt"));
}

/// Changes every place where `from` stands, and leaves out the CRCs, so that the change is read.
std::string changed(std::string bytes, const std::string& from, const std::string& to) {
  EXPECT_EQ(from.size(), to.size());
  EXPECT_NE(bytes.find(from), std::string::npos);
  for (std::size_t at = bytes.find(from); at != std::string::npos; at = bytes.find(from, at + 1)) {
    bytes.replace(at, from.size(), to);
  }
  for (std::size_t at = bytes.find("PK\1\2"); at != std::string::npos;
       at = bytes.find("PK\1\2", at + 1)) {
    bytes.replace(at + 16, 4, 4, '\0');
  }
  return bytes;
}

TEST(TorchCheckpoint, IsReadAsPyTorchReadsIt) {
  const auto state = loadCheckpoint(dataFile("conv_net.pt"), convNet());
  ASSERT_TRUE(state) << state.error().message.english();
  const Lines lines = expectedLines("conv_net.txt");
  expectNumbers(*state, lines);
  expectTensors(state->parameters, "model", lines, convNet().parameters);
  expectTensors(state->optimiser.buffers.front(), "momentum_buffers", lines, convNet().parameters);
}

TEST(TorchCheckpoint, IsReadWhoeverSavedIt) {
  for (const char* name : {"tiny.pt", "tiny_saved_by_python.pt"}) {
    const auto state = decodeCheckpoint(readFile(dataFile(name)), tinyModel());
    ASSERT_TRUE(state) << name << ": " << state.error().message.english();
    const Lines lines = expectedLines("tiny.txt");
    expectNumbers(*state, lines);
    expectTensors(state->parameters, "model", lines, tinyModel().parameters);
    expectTensors(state->optimiser.buffers.front(), "momentum_buffers", lines,
                  tinyModel().parameters);
  }
}

// A flip in what is not read (padding, code, times) is harmless; one in what is read is found.
TEST(TorchCheckpoint, NoFlippedByteChangesWhatIsRead) {
  const std::string whole = tiny();
  const TrainingState state = decodeTorchCheckpoint(whole, tinyModel()).value();
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      const auto read = decodeTorchCheckpoint(bytes, tinyModel());
      if (!read) {
        ++refused;
        continue;
      }
      ASSERT_TRUE(sameBits(*read, state, tinyModel())) << "byte " << at << " flip " << flip;
    }
  }
  EXPECT_GT(refused, whole.size());
}

TEST(TorchCheckpoint, NoFlippedByteOfTheConvNetChangesWhatIsRead) {
  const std::string whole = readFile(dataFile("conv_net.pt"));
  const TrainingState state = decodeTorchCheckpoint(whole, convNet()).value();
  for (std::size_t at = 0; at < whole.size(); at += 1009) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    const auto read = decodeTorchCheckpoint(bytes, convNet());
    ASSERT_TRUE(!read || sameBits(*read, state, convNet())) << at;
  }
}

// The case of the report: a third and half of the file turned.
TEST(TorchCheckpoint, FindsTwoFlippedBytesInTheWeights) {
  const TemporaryFolder folder;
  std::string bytes = readFile(dataFile("conv_net.pt"));
  for (const std::size_t at : {bytes.size() / 2, bytes.size() / 3}) {
    bytes[at] = static_cast<char>(~bytes[at]);
  }
  writeFile(folder / "model.pt", bytes);
  const auto state = loadCheckpoint(folder / "model.pt", convNet());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, eventio::ErrorCode::kCorrupt);
  EXPECT_THAT(state.error().message.english(), HasSubstr("checksum of"));
}

TEST(TorchCheckpoint, RefusesEveryTruncation) {
  const std::string whole = tiny();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ASSERT_FALSE(decodeTorchCheckpoint(whole.substr(0, size), tinyModel())) << size;
  }
}

TEST(TorchCheckpoint, RefusesOtherFilesOfPyTorch) {
  EXPECT_THAT(whyNot(readFile(dataFile("state_dict.pt"))), HasSubstr("no state of a run"));
  EXPECT_THAT(whyNot(readFile(dataFile("conv_net.pt"))), HasSubstr("missing"));
  EXPECT_THAT(whyNot(changed(tiny(), "checkpoint 1", "checkpoint 2")),
              HasSubstr("no state of a run"));
}

TEST(TorchCheckpoint, SaysWhenTheArchiveIsCompressed) {
  std::string bytes = tiny();
  const std::size_t name = bytes.rfind("tiny/data.pkl");
  bytes[name - 46 + 10] = 8;  // the method, in the central directory
  const auto state = decodeTorchCheckpoint(bytes, tinyModel());
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, eventio::ErrorCode::kUnsupported);
  EXPECT_THAT(state.error().message.english(), HasSubstr("'tiny/data.pkl' is compressed"));
}

TEST(TorchCheckpoint, RefusesNumbersThatCannotBe) {
  // LONG1: 12,345,678,901 steps.
  const std::string step("\x8a\x08\x35\x1c\xdc\xdf\2\0\0\0", 10);
  std::string large = step;
  large[8] = '\x40';
  EXPECT_THAT(whyNot(changed(tiny(), step, large)), HasSubstr("'step'"));
  std::string negative = step;
  negative[9] = '\x80';
  EXPECT_THAT(whyNot(changed(tiny(), step, negative)), HasSubstr("'step'"));
}

TEST(TorchCheckpoint, RefusesTensorsThatCannotBe) {
  ASSERT_TRUE(decodeTorchCheckpoint(changed(tiny(), "weight", "weight"), tinyModel()));
  EXPECT_THAT(whyNot(changed(tiny(), "FloatStorage", "DoublStorage")), HasSubstr("type float"));
  EXPECT_THAT(whyNot(changed(tiny(), "_rebuild_tensor_v2", "_rebuild_tensor_v9")),
              HasSubstr("not a tensor"));
  // BININT1 sizes, strides and the number of elements of a.weight.
  EXPECT_THAT(whyNot(changed(tiny(), "K\2K\3K\1K\2t", "K\3K\2K\1K\2t")), HasSubstr("shape"));
  EXPECT_THAT(whyNot(changed(tiny(), "K\6K\2K\2K\1t", "K\7K\2K\2K\1t")), HasSubstr("beyond"));
  EXPECT_THAT(whyNot(changed(tiny(), "K\x0ctQ", "K\x0dtQ")), HasSubstr("size"));
}

TEST(TorchCheckpoint, ReadsTensorsByTheirStrides) {
  // Both of a.weight's planes from the first one, in another order of the last two dimensions.
  const auto state = decodeTorchCheckpoint(
      changed(tiny(), "K\6K\2K\2K\1t", std::string("K\0K\1K\1K\3t", 9)), tinyModel());
  ASSERT_TRUE(state) << state.error().message.english();
  const std::vector<float> values = rowMajor(tinyModel().parameters[0], state->parameters);
  const auto saved = [](int i) { return static_cast<float>(i) + 0.1F; };
  EXPECT_THAT(values,
              testing::ElementsAre(saved(0), saved(3), saved(1), saved(4), saved(2), saved(5),
                                   saved(0), saved(3), saved(1), saved(4), saved(2), saved(5)));
}

}  // namespace
