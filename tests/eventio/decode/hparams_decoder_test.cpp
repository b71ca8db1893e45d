// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "eventio/decode/value_decoder.h"
#include "tests/eventio/event_bytes.h"

namespace {

using namespace event_bytes;
using eventio::decodeHparams;
using eventio::Hparams;
using testing::ElementsAre;
using testing::SizeIs;

TEST(HparamsDecoder, ReadsExperimentAndSession) {
  const auto named = [](const char* field) {
    return bytesField(1, field) + bytesField(2, "Shown") + bytesField(3, "About");
  };
  const std::string interval =
      named("lr") + intField(4, 3) + bytesField(6, doubleField(1, 0.1) + doubleField(2, 0.5));
  const std::string choices =
      named("opt") + intField(4, 1) +
      bytesField(5, bytesField(1, bytesField(3, "sgd")) + bytesField(1, bytesField(3, "adam")));
  const std::string metric = bytesField(1, bytesField(1, "test") + bytesField(2, "acc")) +
                             bytesField(3, "Accuracy") + bytesField(4, "Of the test");
  const std::string experiment =
      bytesField(2, bytesField(1, "About") + bytesField(2, "me") + bytesField(6, "Name") +
                        bytesField(4, interval) + bytesField(4, choices) + bytesField(5, metric));
  const std::string begin =
      bytesField(3, bytesField(1, bytesField(1, "lr") + bytesField(2, doubleField(2, 0.25))) +
                        bytesField(4, "group 1") + doubleField(5, 1e9));
  const std::string end = bytesField(4, intField(1, 2) + doubleField(2, 2e9));
  Hparams hparams;
  for (const std::string& content : {experiment, begin, end}) {
    ASSERT_TRUE(decodeHparams(content, hparams));
  }
  EXPECT_EQ(hparams.experiment, "Name");
  EXPECT_EQ(hparams.description, "About");
  EXPECT_EQ(hparams.user, "me");
  EXPECT_EQ(hparams.groupName, "group 1");
  EXPECT_EQ(hparams.status, eventio::SessionStatus::kFailure);
  EXPECT_EQ(hparams.startTime, 1e9);
  EXPECT_EQ(hparams.endTime, 2e9);
  ASSERT_THAT(hparams.infos, SizeIs(2));
  EXPECT_EQ(hparams.infos[0].displayName, "Shown");
  EXPECT_EQ(hparams.infos[0].type, eventio::HparamInfo::Type::kNumber);
  EXPECT_EQ(hparams.infos[0].interval, std::make_pair(0.1, 0.5));
  EXPECT_THAT(hparams.infos[1].choices,
              ElementsAre(eventio::HparamValue("sgd"), eventio::HparamValue("adam")));
  ASSERT_THAT(hparams.metrics, SizeIs(1));
  EXPECT_EQ(hparams.metrics[0].tag, "test/acc");
  EXPECT_EQ(hparams.metrics[0].displayName, "Accuracy");
}

TEST(HparamsDecoder, WhatIsNoContentIsAnError) {
  Hparams hparams;
  EXPECT_FALSE(decodeHparams("\xff", hparams));
  EXPECT_FALSE(decodeHparams(bytesField(2, bytesField(1, std::string(3U << 20, 'x'))), hparams));
}

}  // namespace
