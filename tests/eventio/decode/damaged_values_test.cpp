// SPDX-License-Identifier: GPL-3.0-or-later
// Every decoder of values against damaged bytes.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/eventio/decode_anything.h"
#include "tests/eventio/event_bytes.h"
#include "tests/eventio/picture_files.h"

namespace {

using namespace event_bytes;

constexpr int kFloat = 1;
constexpr int kString = 7;

std::string graphDef() {
  const std::string attribute =
      bytesField(1, "shape") + bytesField(2, bytesField(7, bytesField(2, intField(1, 7))));
  return bytesField(
      1, bytesField(1, "a") + bytesField(2, "Op") + bytesField(3, "b") + bytesField(5, attribute));
}

TEST(DamagedValues, CrashNoDecoder) {
  const std::vector<std::string> seeds = {
      picture_files::kPngPalette,
      picture_files::kJpegProgressive,
      picture_files::kJpegCmyk,
      picture_files::kGifFrames,
      graphDef(),
      bytesField(2, graphDef()),
      tensorHead(kString, {3}) + bytesField(8, "6") + bytesField(8, "5") +
          bytesField(8, picture_files::kGifDisposed),
      tensorHead(kFloat, {1, 1, 3}) + bytesField(4, packed<float>({0, 0, 0})),
      "RIFF\x24\x01\x01\x01WAVEfmt \x10" + std::string(3, '\0') + "\x01" + std::string(40, '\0'),
      "embeddings { tensor_name: 'a:1' sprite { single_image_dim: 3 } }",
      R"({"config": {"name": "m", "layers": [{"config": {"name": "a"}, "inbound_nodes": []}]}})",
      "epoch;\"a;b\";loss\r\n1;NA;-1e-07\r\n2;\"x\ny\";nan\r\n",
      "a\tstep\n1152921504606846976\t7\n"};
  std::mt19937 random(5);  // NOLINT(bugprone-random-generator-seed): the same bytes every time
  for (const std::string& seed : seeds) {
    for (int round = 0; round < 300; ++round) {
      std::string bytes = seed;
      for (unsigned flips = 1 + random() % 4; flips > 0; --flips) {
        bytes[random() % bytes.size()] = static_cast<char>(random());
      }
      if (random() % 4 == 0) bytes.resize(random() % bytes.size());
      decoders::decodeAnything(bytes);
    }
  }
}

}  // namespace
