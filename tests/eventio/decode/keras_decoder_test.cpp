// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "eventio/decode/stored_decoder.h"

namespace {

using eventio::decodeKerasModel;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(KerasDecoder, FunctionalModelsOfKeras2And3) {
  const std::string functional = R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "in", "config": {"name": "in", "dtype": "float32"},
       "inbound_nodes": []},
      {"class_name": "Dense", "name": "a", "config": {"name": "a"},
       "inbound_nodes": [[["in", 0, 0, {}]]]},
      {"class_name": "Add", "name": "sum", "config": {"name": "sum",
        "dtype": {"class_name": "DTypePolicy", "config": {"name": "float16"}}},
       "inbound_nodes": [{"args": [[
          {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0]}},
          {"class_name": "__keras_tensor__", "config": {"keras_history": ["in", 0, 0]}}]],
        "kwargs": {}}]}],
      "input_layers": [["in", 0, 0]], "output_layers": [["sum", 0, 0]]}})";
  const auto graph = decodeKerasModel(functional);
  ASSERT_TRUE(graph) << graph.error().message.english();
  ASSERT_THAT(graph->nodes, SizeIs(3));
  EXPECT_EQ(graph->nodes[0].name, "m/in");
  EXPECT_EQ(graph->nodes[0].operation, "InputLayer");
  EXPECT_THAT(graph->nodes[0].inputs, IsEmpty());
  EXPECT_THAT(graph->nodes[1].inputs, ElementsAre("m/in"));
  EXPECT_THAT(graph->nodes[2].inputs, ElementsAre("m/a", "m/in"));
  EXPECT_EQ(graph->nodes[2].attributes.front().second, "float16");
}

TEST(KerasDecoder, SequentialModelsAreChains) {
  const std::string sequential = R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "Dense", "config": {"name": "a"}},
      {"class_name": "Sequential", "config": {"name": "inner", "layers": [
          {"class_name": "Dense", "config": {"name": "x"}},
          {"class_name": "Dense", "config": {"name": "y"}}]}},
      {"class_name": "Dense", "config": {"name": "b"}}]}})";
  const auto chain = decodeKerasModel(sequential);
  ASSERT_TRUE(chain) << chain.error().message.english();
  ASSERT_THAT(chain->nodes, SizeIs(4));
  EXPECT_EQ(chain->nodes[1].name, "s/inner/x");
  EXPECT_THAT(chain->nodes[1].inputs, ElementsAre("s/a"));
  EXPECT_THAT(chain->nodes[2].inputs, ElementsAre("s/inner/x"));
  EXPECT_THAT(chain->nodes[3].inputs, ElementsAre("s/inner/y"));
}

TEST(KerasDecoder, WhatIsNoModelIsAnError) {
  EXPECT_FALSE(decodeKerasModel("{}"));
  EXPECT_FALSE(decodeKerasModel("{"));
  EXPECT_FALSE(decodeKerasModel(std::string(1 << 20, '[')));
}

}  // namespace
