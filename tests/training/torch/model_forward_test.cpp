// SPDX-License-Identifier: GPL-3.0-or-later
// Loss, gradients and running statistics of the catalogue's models against LibTorch's operations on
// the whole batch, in double precision.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <map>

#include "training/base/random.h"
#include "training/compute/dropout.h"
#include "training/models/models.h"
#include "training/optimisers/sgd.h"
#include "training/tasks/classification.h"
#include "training/torch/parameter_view.h"
#include "training/torch/replica_group.h"

namespace {

using namespace training;
using torch::Tensor;

/// A model as PyTorch's users write it, over tensors by the names of its state_dict.
struct Reference {
  std::map<std::string, Tensor> tensors;
  bool training = true;
  std::map<std::uint64_t, Tensor> masks;  ///< of dropout, N x width; none: no dropout

  [[nodiscard]] Tensor at(const std::string& name) const {
    const auto found = tensors.find(name);
    return found == tensors.end() ? Tensor() : found->second;
  }
  [[nodiscard]] Tensor conv(const Tensor& x, const std::string& layer, std::int64_t stride,
                            std::int64_t padding) const {
    return torch::conv2d(x, at(layer + ".weight"), at(layer + ".bias"), stride, padding);
  }
  [[nodiscard]] Tensor linear(const Tensor& x, const std::string& layer) const {
    return torch::linear(x, at(layer + ".weight"), at(layer + ".bias"));
  }
  [[nodiscard]] Tensor norm(const Tensor& x, const std::string& layer) const {
    return torch::batch_norm(x, at(layer + ".weight"), at(layer + ".bias"),
                             at(layer + ".running_mean"), at(layer + ".running_var"), training, 0.1,
                             1e-5, false);
  }
};

Tensor convNetOf(const Reference& net, Tensor x) {
  x = torch::relu(torch::max_pool2d(net.conv(x, "conv1", 1, 0), 2));
  x = torch::relu(torch::max_pool2d(net.conv(x, "conv2", 1, 0), 2));
  return net.linear(torch::relu(net.linear(x.flatten(1), "fc1")), "fc2");
}

Tensor leNetOf(const Reference& net, Tensor x) {
  x = torch::relu(torch::max_pool2d(net.conv(x, "conv1", 1, x.size(2) == 28 ? 2 : 0), 2));
  x = torch::relu(torch::max_pool2d(net.conv(x, "conv2", 1, 0), 2));
  x = torch::relu(net.linear(x.flatten(1), "fc1"));
  return net.linear(torch::relu(net.linear(x, "fc2")), "fc3");
}

Tensor linearOf(const Reference& net, Tensor x) {
  x = x.flatten(1);
  return net.linear(x, "fc");
}

Tensor mlpOf(const Reference& net, Tensor x) {
  x = x.flatten(1);
  for (std::uint64_t layer = 0; layer < 2; ++layer) {
    x = torch::relu(net.linear(x, "fc" + std::to_string(layer + 1)));
    if (const auto mask = net.masks.find(layer); mask != net.masks.end()) x = x * mask->second;
  }
  return net.linear(x, "fc3");
}

Tensor resNetOf(const Reference& net, Tensor x) {
  x = torch::relu(net.norm(net.conv(x, "conv1", 1, 1), "bn1"));
  for (int width = 1; width <= 3; ++width) {
    const std::string block = "layer" + std::to_string(width) + ".0.";
    const std::int64_t stride = width == 1 ? 1 : 2;
    Tensor y = torch::relu(net.norm(net.conv(x, block + "conv1", stride, 1), block + "bn1"));
    y = net.norm(net.conv(y, block + "conv2", 1, 1), block + "bn2");
    if (width > 1) {
      x = net.norm(net.conv(x, block + "downsample.0", stride, 0), block + "downsample.1");
    }
    x = torch::relu(x + y);
  }
  return net.linear(x.mean({2, 3}), "fc");
}

struct Case {
  const char* name;
  std::vector<std::int64_t> shape;
  Tensor (*reference)(const Reference& net, Tensor x);
  int replicas;
  std::size_t batch;
};

std::string nameOf(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.name;
  for (const std::int64_t size : info.param.shape) name += "x" + std::to_string(size);
  return name + "Replicas" + std::to_string(info.param.replicas) + "Batch" +
         std::to_string(info.param.batch);
}

/// Floats, so that every value tells; some areas are equal, as in real images.
SampleSet someSamples(const std::vector<std::int64_t>& shape, std::int64_t count) {
  SampleSet set{count, {shape}, {}, {}};
  std::vector<float> values;
  std::vector<std::int64_t> labels;
  Random random(11);
  for (std::int64_t i = 0; i < count * set.shape.numel(); ++i) {
    values.push_back(random.below(4) == 0 ? 0.0F : static_cast<float>(random.uniform()));
  }
  for (std::int64_t i = 0; i < count; ++i) {
    labels.push_back(static_cast<std::int64_t>(random.below(7)));
  }
  set.values = std::move(values);
  set.targets = std::move(labels);
  return set;
}

/// A model with its state, its replicas and the reference beside it.
struct Bench {
  Bench(const Case& test, const ModelSettings& settings, std::uint64_t step = 0)
      : model(makeModel(settings, {test.shape}, 7).value()),
        samples(someSamples(test.shape, 24)),
        state(stateOf(model)),
        group(model, state, {classification(), {}}, test.replicas, "cpu"),
        key{3, 0, 1, step} {
    group.setStep(key);
    order = shuffledOrder(24, 1, 0, 0);
    order.resize(test.batch);
    for (const ParameterPlace& place : model.parameters) {
      net.tensors[place.key()] = parameterView(place, state.parameters.data())
                                     .to(torch::kDouble)
                                     .clone()
                                     .set_requires_grad(true);
    }
    for (const ParameterPlace& place : model.buffers) {
      net.tensors[place.key()] =
          parameterView(place, state.buffers.data()).to(torch::kDouble).clone();
    }
    std::vector<std::int64_t> shape = {static_cast<std::int64_t>(test.batch)};
    shape.insert(shape.end(), test.shape.begin(), test.shape.end());
    Tensor values = torch::empty(shape);
    samples.gather(order, {values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
    inputs = values.to(torch::kDouble);
    labels = torch::empty({shape[0]}, torch::kLong);
    for (std::size_t i = 0; i < order.size(); ++i) {
      labels[static_cast<std::int64_t>(i)] =
          std::get<std::vector<std::int64_t>>(samples.targets)[order[i]];
    }
  }

  static TrainingState stateOf(const Model& model) {
    TrainingState state;
    state.parameters = model.initialParameters(3);
    state.buffers = model.initialBuffers();
    state.optimiser = newOptimiserState(sgd(), state.parameters.size());
    return state;
  }

  ReplicaGroup::StepResult step() {
    OptimiserSettings settings;
    settings.learningRate = 0;
    return group.step(samples, order, settings);
  }

  void expectGradients() {
    for (const ParameterPlace& place : model.parameters) {
      const Tensor ours =
          parameterView(place, const_cast<float*>(group.gradients().data())).to(torch::kDouble);
      const Tensor expected = net.at(place.key()).grad();
      EXPECT_TRUE(torch::allclose(ours, expected, 1e-3, 3e-6))
          << place.tag() << " differs by " << (ours - expected).abs().max().item<double>();
    }
  }

  Model model;
  SampleSet samples;
  TrainingState state;
  ReplicaGroup group;
  StepKey key;
  std::vector<std::uint32_t> order;
  Reference net;
  Tensor inputs;
  Tensor labels;
};

class ModelSteps : public testing::TestWithParam<Case> {};

INSTANTIATE_TEST_SUITE_P(Models, ModelSteps,
                         testing::Values(Case{"conv_net", {1, 28, 28}, convNetOf, 2, 9},
                                         Case{"lenet5", {1, 28, 28}, leNetOf, 2, 9},
                                         Case{"lenet5", {3, 32, 32}, leNetOf, 1, 8},
                                         Case{"linear", {3, 4, 5}, linearOf, 2, 9},
                                         Case{"mlp", {3, 4, 5}, mlpOf, 3, 10},
                                         Case{"mlp", {13}, mlpOf, 1, 10},
                                         Case{"resnet", {3, 32, 32}, resNetOf, 1, 12},
                                         Case{"resnet", {3, 32, 32}, resNetOf, 2, 12},
                                         Case{"resnet", {3, 32, 32}, resNetOf, 3, 11},
                                         Case{"resnet", {1, 15, 10}, resNetOf, 3, 2}),
                         nameOf);

TEST_P(ModelSteps, EqualLibTorchOnTheWholeBatch) {
  useOneTorchThread();
  ModelSettings settings;
  settings.name = GetParam().name;
  Bench bench(GetParam(), settings);
  const auto batch = static_cast<double>(bench.order.size());
  const Tensor logits = GetParam().reference(bench.net, bench.inputs);
  const Tensor loss = torch::cross_entropy_loss(logits, bench.labels);
  loss.backward();

  const ReplicaGroup::StepResult result = bench.step();
  ASSERT_TRUE(result.finite);
  EXPECT_NEAR(result.sum.loss / batch, loss.item<double>(), 1e-5);
  bench.expectGradients();

  // The reference has updated its running statistics, unbiased and with momentum 0.1.
  for (const ParameterPlace& place : bench.model.buffers) {
    const Tensor ours = parameterView(place, bench.state.buffers.data()).to(torch::kDouble);
    EXPECT_TRUE(torch::allclose(ours, bench.net.at(place.key()), 1e-5, 1e-6)) << place.tag();
  }
  const torch::NoGradGuard noGradients;
  bench.net.training = false;
  const Tensor evaluated = GetParam().reference(bench.net, bench.inputs);
  EXPECT_NEAR(bench.group.evaluate(bench.samples, bench.order).loss / batch,
              torch::cross_entropy_loss(evaluated, bench.labels).item<double>(), 1e-5);
}

class Dropout : public testing::TestWithParam<int> {};

INSTANTIATE_TEST_SUITE_P(Replicas, Dropout, testing::Values(1, 2, 3));

TEST_P(Dropout, LeavesOutByPositionInTheBatch) {
  useOneTorchThread();
  ModelSettings settings{"mlp", {30, 20}, 0.4};
  Bench bench({"mlp", {13}, mlpOf, GetParam(), 10}, settings);
  for (std::uint64_t layer = 0; layer < 2; ++layer) {
    const std::int64_t width = layer == 0 ? 30 : 20;
    Tensor mask = torch::empty({10, width});
    for (std::int64_t i = 0; i < 10; ++i) {
      dropoutMask(bench.key, layer, static_cast<std::uint64_t>(i), 0.4,
                  {mask.data_ptr<float>() + i * width, static_cast<std::size_t>(width)});
    }
    bench.net.masks[layer] = mask.to(torch::kDouble);
  }
  const Tensor loss = torch::cross_entropy_loss(mlpOf(bench.net, bench.inputs), bench.labels);
  loss.backward();
  EXPECT_NEAR(bench.step().sum.loss / 10, loss.item<double>(), 1e-5);
  bench.expectGradients();

  bench.net.masks.clear();
  const torch::NoGradGuard noGradients;
  EXPECT_NEAR(
      bench.group.evaluate(bench.samples, bench.order).loss / 10,
      torch::cross_entropy_loss(mlpOf(bench.net, bench.inputs), bench.labels).item<double>(), 1e-5);
}

TEST(BatchNorm, AStepThatIsNotFiniteChangesNoStatistics) {
  useOneTorchThread();
  const Case test{"resnet", {1, 8, 8}, resNetOf, 2, 8};
  ModelSettings settings;
  settings.name = "resnet";
  Bench bench(test, settings);
  std::get<std::vector<float>>(bench.samples.values)[bench.order[5] * 64] =
      std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> before = bench.state.buffers;
  EXPECT_FALSE(bench.step().finite);
  EXPECT_EQ(bench.state.buffers, before);
  const auto cause = bench.group.findFirstNonFinite(bench.samples, bench.order, 1, {});
  EXPECT_EQ(cause.layer, "conv1");
}

// What a replica throws reaches the caller, and the next step works.
TEST(BatchNorm, AFailureEndsTheStepAlone) {
  useOneTorchThread();
  const Case test{"resnet", {1, 8, 8}, resNetOf, 3, 12};
  ModelSettings settings;
  settings.name = "resnet";
  Bench bench(test, settings);
  SampleSet broken = bench.samples;
  broken.targets = std::vector<float>(24);  // no labels
  EXPECT_THROW(bench.group.step(broken, bench.order, {}), std::bad_variant_access);
  EXPECT_TRUE(bench.step().finite);
}

}  // namespace
