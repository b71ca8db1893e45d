// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "tests/training/conv_net_model.h"
#include "training/base/random.h"
#include "training/optimisers/sgd.h"
#include "training/tasks/classification.h"
#include "training/torch/parameter_view.h"
#include "training/torch/replica_group.h"

namespace {

using namespace training;

/// The same network from PyTorch's own modules, losses and optimiser.
struct ReferenceNet : torch::nn::Module {
  ReferenceNet()
      : conv1(register_module("conv1", torch::nn::Conv2d(1, 10, 5))),
        conv2(register_module("conv2", torch::nn::Conv2d(10, 20, 5))),
        fc1(register_module("fc1", torch::nn::Linear(320, 50))),
        fc2(register_module("fc2", torch::nn::Linear(50, 10))) {}

  torch::Tensor forward(torch::Tensor x) {
    x = torch::relu(torch::max_pool2d(conv1(x), 2));
    x = torch::relu(torch::max_pool2d(conv2(x), 2));
    x = torch::relu(fc1(x.flatten(1)));
    return fc2(x);
  }

  torch::nn::Conv2d conv1;
  torch::nn::Conv2d conv2;
  torch::nn::Linear fc1;
  torch::nn::Linear fc2;
};

SampleSet someImages(std::int64_t count) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int64_t> labels;
  Random random(9);
  for (std::int64_t i = 0; i < count; ++i) {
    labels.push_back(static_cast<std::int64_t>(random.below(10)));
    for (int pixel = 0; pixel < 784; ++pixel) {
      // Large dark areas, as in real images, so that pooling meets equal values.
      const bool dark = random.below(3) == 0;
      pixels.push_back(dark ? 0 : static_cast<std::uint8_t>(random.below(256)));
    }
  }
  return {count, {{1, 28, 28}}, std::move(pixels), std::move(labels)};
}

std::pair<torch::Tensor, torch::Tensor> tensorsOf(const SampleSet& set,
                                                  std::span<const std::uint32_t> batch) {
  const auto count = static_cast<std::int64_t>(batch.size());
  torch::Tensor images = torch::empty({count, 1, 28, 28});
  torch::Tensor labels = torch::empty({count}, torch::kLong);
  const auto& bytes = std::get<std::vector<std::uint8_t>>(set.values);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::size_t sample = batch[static_cast<std::size_t>(i)];
    labels[i] = std::get<std::vector<std::int64_t>>(set.targets)[sample];
    for (std::size_t pixel = 0; pixel < 784; ++pixel) {
      images.data_ptr<float>()[static_cast<std::size_t>(i) * 784 + pixel] =
          static_cast<float>(bytes[sample * 784 + pixel]) / 255.0F;
    }
  }
  return {images, labels};
}

TrainingState freshState() {
  TrainingState state;
  state.parameters = convNet().initialParameters(3);
  state.optimiser = newOptimiserState(sgd(), state.parameters.size());
  return state;
}

OptimiserSettings sgdWith(double weightDecay) {
  OptimiserSettings settings;
  settings.learningRate = 0.05;
  settings.momentum = 0.9;
  settings.weightDecay = weightDecay;
  return settings;
}

double largestDifference(TrainingState& state, ReferenceNet& reference) {
  double largest = 0;
  std::size_t i = 0;
  for (const torch::Tensor& expected : reference.parameters()) {
    const torch::Tensor ours = parameterView(convNet().parameters[i++], state.parameters.data());
    largest = std::max(largest, (ours - expected).abs().max().item<double>());
  }
  return largest;
}

void copyParameters(TrainingState& state, ReferenceNet& reference) {
  const torch::NoGradGuard noGradients;
  std::size_t i = 0;
  for (torch::Tensor& parameter : reference.parameters()) {
    parameter.copy_(parameterView(convNet().parameters[i++], state.parameters.data()));
  }
}

TEST(ConvNet, Has21840Parameters) {
  ReferenceNet reference;
  std::int64_t expected = 0;
  for (const torch::Tensor& parameter : reference.parameters()) expected += parameter.numel();
  std::int64_t ours = 0;
  for (const LayerInfo& layer : convNet().layers) ours += layer.parameters;
  EXPECT_EQ(ours, expected);
  EXPECT_EQ(ours, 21'840);
}

TEST(ConvNet, StartsAsPyTorchDoes) {
  const TrainingState state = freshState();
  for (const ParameterPlace& place : convNet().parameters) {
    const double bound = 1 / std::sqrt(static_cast<double>(place.fanIn));
    double sum = 0;
    double largest = 0;
    for (std::size_t i = place.offset; i < place.offset + place.size; ++i) {
      const double value = static_cast<double>(state.parameters[i]);
      sum += value * value;
      largest = std::max(largest, std::abs(value));
    }
    EXPECT_LE(largest, bound);
    // The mean square of a uniform distribution is bound^2 / 3; five standard errors.
    const double expected = bound * bound / 3;
    EXPECT_NEAR(sum / static_cast<double>(place.size), expected,
                5 * 0.9 * expected / std::sqrt(static_cast<double>(place.size)));
  }
}

struct StepCase {
  int replicas;
  std::size_t batch;
};

class ConvNetSteps : public testing::TestWithParam<StepCase> {};

INSTANTIATE_TEST_SUITE_P(Replicas, ConvNetSteps,
                         testing::Values(StepCase{1, 32}, StepCase{2, 32}, StepCase{3, 31},
                                         StepCase{3, 2}));

TEST_P(ConvNetSteps, EqualPlainAutogradAndSgd) {
  useOneTorchThread();
  const SampleSet images = someImages(200);
  TrainingState state = freshState();
  ReplicaGroup group(convNet(), state, {classification(), {}}, GetParam().replicas, "cpu");
  ReferenceNet reference;
  copyParameters(state, reference);
  torch::optim::SGD optimiser(reference.parameters(),
                              torch::optim::SGDOptions(0.05).momentum(0.9).weight_decay(0.01));
  for (std::uint64_t step = 0; step < 6; ++step) {
    const std::vector<std::uint32_t> order = shuffledOrder(200, 1, 0, step);
    const std::span batch = std::span(order).first(GetParam().batch);
    const auto [inputs, labels] = tensorsOf(images, batch);
    optimiser.zero_grad();
    const torch::Tensor logits = reference.forward(inputs);
    const torch::Tensor loss = torch::cross_entropy_loss(logits, labels);
    loss.backward();

    const ReplicaGroup::StepResult result = group.step(images, batch, sgdWith(0.01));
    ASSERT_TRUE(result.finite);
    EXPECT_NEAR(result.sum.loss / static_cast<double>(batch.size()), loss.item<double>(), 1e-5);
    EXPECT_EQ(result.sum.metrics[0], (logits.argmax(1) == labels).sum().item<double>());
    std::size_t i = 0;
    for (const torch::Tensor& parameter : reference.parameters()) {
      const ParameterPlace& place = convNet().parameters[i++];
      const torch::Tensor ours = parameterView(place, const_cast<float*>(group.gradients().data()));
      EXPECT_TRUE(torch::allclose(ours, parameter.grad(), 1e-4, 2e-6)) << place.tag();
    }
    optimiser.step();
    EXPECT_LT(largestDifference(state, reference), 5e-6) << "step " << step;
  }
}

TEST(ConvNet, TrainsChosenLayersAsAutogradDoes) {
  useOneTorchThread();
  const SampleSet images = someImages(64);
  TrainingState state = freshState();
  ReplicaGroup group(convNet(), state, {classification(), {}}, 2, "cpu");
  const std::vector<std::string> layers = {"conv2", "fc2"};
  group.setTrained(layers);
  ReferenceNet reference;
  copyParameters(state, reference);
  for (const auto& layer : {reference.conv1->parameters(), reference.fc1->parameters()}) {
    for (torch::Tensor parameter : layer) parameter.set_requires_grad(false);
  }
  std::vector<torch::Tensor> trained = reference.conv2->parameters();
  for (const torch::Tensor& parameter : reference.fc2->parameters()) trained.push_back(parameter);
  torch::optim::SGD optimiser(trained, torch::optim::SGDOptions(0.05).momentum(0.9));
  const std::vector<std::uint32_t> batch = shuffledOrder(64, 1, 0, 0);
  const auto [inputs, labels] = tensorsOf(images, batch);
  for (int step = 0; step < 3; ++step) {
    optimiser.zero_grad();
    torch::cross_entropy_loss(reference.forward(inputs), labels).backward();
    optimiser.step();
    ASSERT_TRUE(group.step(images, batch, sgdWith(0)).finite);
  }
  EXPECT_LT(largestDifference(state, reference), 5e-6);
}

TEST(ConvNet, EvaluatesAsPyTorchDoes) {
  useOneTorchThread();
  const SampleSet images = someImages(100);
  TrainingState state = freshState();
  ReplicaGroup group(convNet(), state, {classification(), {}}, 3, "cpu");
  ReferenceNet reference;
  copyParameters(state, reference);
  const std::vector<std::uint32_t> batch = shuffledOrder(100, 1, 0, 0);
  const auto [inputs, labels] = tensorsOf(images, batch);
  const torch::NoGradGuard noGradients;
  const torch::Tensor logits = reference.forward(inputs);
  const TaskSums sum = group.evaluate(images, batch);
  EXPECT_NEAR(sum.loss / 100, torch::cross_entropy_loss(logits, labels).item<double>(), 1e-5);
  EXPECT_EQ(sum.metrics[0], (logits.argmax(1) == labels).sum().item<double>());
}

}  // namespace
