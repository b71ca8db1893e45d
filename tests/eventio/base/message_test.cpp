// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/message.h"

#include <gtest/gtest.h>

#include "eventio/base/result.h"

namespace eventio {
namespace {

TEST(Message, FillsItsPlacesInAnyOrder) {
  EXPECT_EQ(Message("%2 of %1: %2", "runs/a", 7).english(), "7 of runs/a: 7");
  EXPECT_EQ(Message("no place").english(), "no place");
  EXPECT_TRUE(Message().empty());
  EXPECT_EQ(Message().english(), "");
}

TEST(Message, WhatAnArgumentHoldsIsNoPlace) {
  EXPECT_EQ(Message("'%1' and '%2'", "%2", "%1").english(), "'%2' and '%1'");
  EXPECT_EQ(Message("100 % of %1", "it").english(), "100 % of it");
}

TEST(Message, AMessageCanStandInAnother) {
  const Message cause("cannot read '%1'", std::filesystem::path("/data/a b"));
  const Message whole("%1; free %2 MiB", cause, std::uint64_t{12});
  EXPECT_EQ(whole.english(), "cannot read '/data/a b'; free 12 MiB");
  ASSERT_EQ(whole.arguments().size(), 2U);
  ASSERT_NE(whole.arguments()[0].message(), nullptr);
  EXPECT_EQ(whole.arguments()[0].message()->text(), "cannot read '%1'");
  EXPECT_TRUE(whole.arguments()[1].isNumber());
}

TEST(Message, ASentenceThatGoesOnAnotherBeginsWithASmallLetter) {
  const Message problem("Must be at least %1", 1);
  EXPECT_EQ(Message("epochs: %1", MessageArgument::continuing(problem)).english(),
            "epochs: must be at least 1");
  EXPECT_EQ(Message("epochs: %1", problem).english(), "epochs: Must be at least 1");
}

TEST(Message, PathsBelowAFolderCanBeShortened) {
  const Message cause("%1: is damaged", "/runs/a/checkpoints/last.safetensors");
  const Message whole("%1; not in %2", cause, "/runs/other");
  EXPECT_EQ(whole.relativeTo("/runs/a").english(),
            "checkpoints/last.safetensors: is damaged; not in /runs/other");
}

TEST(Message, AnErrorKeepsTextAndArguments) {
  const Result<int> failed = makeError(ErrorCode::kIo, "cannot read '%1': %2", "x", "no space");
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().message.text(), "cannot read '%1': %2");
  EXPECT_EQ(failed.error().message.english(), "cannot read 'x': no space");
}

TEST(Message, AForeignTextIsNotTranslated) {
  EXPECT_EQ(Message::verbatim("50 %1").text(), "%1");
  EXPECT_EQ(Message::verbatim("50 %1").english(), "50 %1");
  EXPECT_TRUE(Message::verbatim("").empty());
}

}  // namespace
}  // namespace eventio
