// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/models/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace training;
using testing::AllOf;
using testing::HasSubstr;

std::int64_t parametersOf(const Model& model) {
  std::int64_t count = 0;
  for (const LayerInfo& layer : model.layers) count += layer.parameters;
  return count;
}

Model made(const std::string& name, std::vector<std::int64_t> shape, std::int64_t outputs = 10) {
  ModelSettings settings;
  settings.name = name;
  return makeModel(settings, {std::move(shape)}, outputs).value();
}

std::string refusal(const std::string& name, std::vector<std::int64_t> shape) {
  ModelSettings settings;
  settings.name = name;
  const auto model = makeModel(settings, {std::move(shape)}, 10);
  return model ? "taken" : model.error().message.english();
}

// By hand: of each layer inputs x kernel x outputs, and biases; of batch norm two a channel.
TEST(Models, HaveTheParametersOfTheirLayers) {
  EXPECT_EQ(parametersOf(made("conv_net", {1, 28, 28})), 260 + 5020 + 16'050 + 510);
  EXPECT_EQ(parametersOf(made("conv_net", {1, 28, 28}, 26)), 260 + 5020 + 16'050 + 26 * 51);
  EXPECT_EQ(parametersOf(made("lenet5", {1, 28, 28})), 61'706);
  EXPECT_EQ(parametersOf(made("lenet5", {1, 32, 32})), 61'706);
  EXPECT_EQ(parametersOf(made("lenet5", {3, 32, 32})), 61'706 + 2 * 25 * 6);
  EXPECT_EQ(parametersOf(made("linear", {3, 4, 5})), 60 * 10 + 10);
  EXPECT_EQ(parametersOf(made("linear", {13}, 1)), 13 + 1);
  EXPECT_EQ(parametersOf(made("mlp", {1, 28, 28})), 784 * 256 + 256 + 256 * 128 + 128 + 1290);
  EXPECT_EQ(parametersOf(made("mlp", {13}, 1)), 13 * 256 + 256 + 256 * 128 + 128 + 129);
  EXPECT_EQ(parametersOf(made("resnet", {3, 32, 32})), 464 + 4672 + 14'528 + 57'728 + 650);
}

TEST(Models, AreDescribedToTheirOutputs) {
  for (const ModelKind& kind : modelKinds()) {
    ModelSettings settings;
    settings.name = kind.name;
    const auto model = makeModel(settings, kind.example, 7);
    ASSERT_TRUE(model) << model.error().message.english();
    EXPECT_EQ(model->outputs, 7);
    EXPECT_EQ(model->name, kind.name);
    EXPECT_EQ(model->input, kind.example);
    EXPECT_EQ(findModel(kind.name), &kind);
    EXPECT_THAT(modelNames(), HasSubstr(std::string(kind.name)));
    std::size_t end = 0;
    for (const ParameterPlace& place : model->parameters) {
      EXPECT_EQ(place.offset % 16, 0U);
      EXPECT_GE(place.offset, end) << place.tag();
      end = place.offset + place.size;
    }
    EXPECT_EQ(model->initialParameters(1).size(), flatSize(model->parameters));
    EXPECT_EQ(model->initialParameters(1), model->initialParameters(1));
    EXPECT_NE(model->initialParameters(1), model->initialParameters(2));
  }
}

TEST(Models, RefuseShapesThatDoNotFit) {
  EXPECT_THAT(refusal("conv_net", {3, 32, 32}),
              AllOf(HasSubstr("3 x 32 x 32"), HasSubstr("takes grey images, 1 x 28 x 28")));
  EXPECT_THAT(refusal("lenet5", {1, 64, 64}), HasSubstr("28 x 28 or 32 x 32"));
  EXPECT_THAT(refusal("lenet5", {2, 28, 28}), HasSubstr("grey or colour"));
  EXPECT_THAT(refusal("resnet", {784}), HasSubstr("takes images"));
  EXPECT_THAT(refusal("resnet", {3, 4, 32}), HasSubstr("at least 8 x 8"));
  EXPECT_THAT(refusal("mlp", {}), HasSubstr("any shape"));
  EXPECT_THAT(refusal("linear", {}), HasSubstr("any shape"));
  EXPECT_EQ(refusal("mlp", {5}), "taken");
  EXPECT_EQ(refusal("resnet", {1, 17, 30}), "taken");
  EXPECT_THAT(refusal("vgg", {3, 32, 32}), HasSubstr("conv_net, lenet5, linear, mlp, resnet"));
}

TEST(Models, AreMadeForTheData) {
  DataDescription data;
  data.path = "somewhere/letters";
  data.format = "npz";
  data.shape = {{1, 28, 28}};
  data.classes = 26;
  EXPECT_EQ(modelFor({}, data, 26)->outputs, 26);
  data.shape = {{3, 32, 32}};
  EXPECT_THAT(modelFor({}, data, 26).error().message.english(),
              AllOf(HasSubstr("somewhere/letters"), HasSubstr("samples of 3 x 32 x 32")));
  EXPECT_FALSE(checkModelTakes({}, data));
  data.shape = {};
  EXPECT_TRUE(checkModelTakes({}, data));
}

TEST(Models, SettingsThatAreWrongAreNoFaultOfTheData) {
  DataDescription data;
  data.shape = {{1, 28, 28}};
  data.classes = 10;
  EXPECT_TRUE(checkModelTakes({.name = "mlp", .hidden = {0}}, data));
}

TEST(Models, TheMlpTakesItsSettings) {
  ModelSettings settings;
  settings.name = "mlp";
  settings.hidden = {};
  EXPECT_EQ(makeModel(settings, {{4}}, 3)->parameters.size(), 2U);
  settings.hidden = {0};
  EXPECT_THAT(makeModel(settings, {{4}}, 3).error().message.english(), HasSubstr("from 1 to"));
  settings.hidden = {65'536, 65'536};
  EXPECT_THAT(makeModel(settings, {{4}}, 3).error().message.english(), HasSubstr("parameters"));
  settings.hidden = {5};
  settings.dropout = 1;
  EXPECT_THAT(makeModel(settings, {{4}}, 3).error().message.english(), HasSubstr("below 1"));
}

TEST(Models, TheResNetHasTorchvisionsNames) {
  const Model model = made("resnet", {3, 32, 32});
  std::vector<std::string> names;
  for (const ParameterPlace& place : model.parameters) names.push_back(place.key());
  for (const ParameterPlace& place : model.buffers) names.push_back(place.key());
  for (const char* name :
       {"conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "layer2.0.downsample.0.weight",
        "layer3.0.bn2.bias", "fc.bias", "bn1.running_mean", "layer2.0.downsample.1.running_var"}) {
    EXPECT_THAT(names, testing::Contains(name));
  }
  EXPECT_EQ(model.parameters[3].tag(), "layer1.0.conv1/weight");
  const std::vector<float> flat = model.initialParameters(5);
  EXPECT_EQ(flat[model.parameters[1].offset], 1.0F);  // bn1.weight
  EXPECT_EQ(flat[model.parameters[2].offset], 0.0F);  // bn1.bias
  const std::vector<float> buffers = model.initialBuffers();
  EXPECT_EQ(buffers[model.buffers[0].offset + 15], 0.0F);
  EXPECT_EQ(buffers[model.buffers[1].offset + 15], 1.0F);
}

}  // namespace
