// SPDX-License-Identifier: GPL-3.0-or-later
// Each optimiser beside LibTorch's own, on the same parameters and gradients.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <memory>

#include "training/optimisers/optimiser_state.h"
#include "training/optimisers/optimisers.h"

namespace {

using namespace training;

constexpr std::int64_t kCount = 1003;
constexpr int kSteps = 100;

std::unique_ptr<torch::optim::Optimizer> makeReference(const OptimiserSettings& settings,
                                                       const torch::Tensor& parameter) {
  const std::vector<torch::Tensor> parameters{parameter};
  if (settings.name == "sgd") {
    return std::make_unique<torch::optim::SGD>(parameters,
                                               torch::optim::SGDOptions(settings.learningRate));
  }
  if (settings.name == "adam") {
    return std::make_unique<torch::optim::Adam>(parameters,
                                                torch::optim::AdamOptions(settings.learningRate));
  }
  if (settings.name == "adamw") {
    return std::make_unique<torch::optim::AdamW>(parameters,
                                                 torch::optim::AdamWOptions(settings.learningRate));
  }
  return nullptr;
}

template <class AdamOptions>
void setAdamOptions(torch::optim::OptimizerOptions& options, const OptimiserSettings& settings) {
  static_cast<AdamOptions&>(options)
      .lr(settings.learningRate)
      .betas({settings.beta1, settings.beta2})
      .eps(settings.epsilon)
      .weight_decay(settings.weightDecay);
}

void setOptions(torch::optim::Optimizer& reference, const OptimiserSettings& settings) {
  torch::optim::OptimizerOptions& options = reference.param_groups().front().options();
  if (settings.name == "sgd") {
    static_cast<torch::optim::SGDOptions&>(options)
        .lr(settings.learningRate)
        .momentum(settings.momentum)
        .nesterov(settings.nesterov)
        .weight_decay(settings.weightDecay);
  }
  if (settings.name == "adam") setAdamOptions<torch::optim::AdamOptions>(options, settings);
  if (settings.name == "adamw") setAdamOptions<torch::optim::AdamWOptions>(options, settings);
}

/// Updates with both and compares after each step; `part` and `parts` divide ours.
class Pair {
 public:
  explicit Pair(const OptimiserSettings& settings)
      : m_optimiser(*findOptimiser(settings.name)),
        m_state(newOptimiserState(m_optimiser, kCount)),
        m_expected(torch::randn(kCount)),
        m_ours(m_expected.data_ptr<float>(), m_expected.data_ptr<float>() + kCount),
        m_reference(makeReference(settings, m_expected.set_requires_grad(true))) {}

  void steps(int count, const OptimiserSettings& settings, std::size_t parts) {
    setOptions(*m_reference, settings);
    for (int i = 0; i < count; ++i) {
      const torch::Tensor gradient = torch::randn(kCount) * 0.3 + m_expected.detach() * 0.1;
      m_expected.mutable_grad() = gradient.clone();
      m_reference->step();
      std::vector<float*> buffers;
      for (std::vector<float>& buffer : m_state.buffers) buffers.push_back(buffer.data());
      ++m_state.steps;
      for (std::size_t part = 0; part < parts; ++part) {
        m_optimiser.update({m_ours.data(), buffers, gradient.data_ptr<float>()},
                           partOf(kCount, part, parts), m_state.steps, settings);
      }
    }
  }
  /// Fine-tuning begins: as in PyTorch, with an optimiser object of its own.
  void restart(const OptimiserSettings& settings) {
    m_state = newOptimiserState(m_optimiser, kCount);
    m_reference = makeReference(settings, m_expected);
  }
  [[nodiscard]] double largestDifference() const {
    const torch::Tensor ours = torch::tensor(m_ours);
    return (ours - m_expected.detach()).abs().max().item<double>();
  }

 private:
  const Optimiser& m_optimiser;
  OptimiserState m_state;
  torch::Tensor m_expected;
  std::vector<float> m_ours;
  std::unique_ptr<torch::optim::Optimizer> m_reference;
};

struct Case {
  std::string name;
  OptimiserSettings settings;
  OptimiserSettings changed;  ///< between two steps
};

class TorchOptimisers : public testing::TestWithParam<Case> {
 protected:
  TorchOptimisers() { torch::manual_seed(11); }
};

OptimiserSettings sgdWith(double rate, double momentum, bool nesterov, double weightDecay) {
  OptimiserSettings settings;
  settings.learningRate = rate;
  settings.momentum = momentum;
  settings.nesterov = nesterov;
  settings.weightDecay = weightDecay;
  return settings;
}

OptimiserSettings adamWith(double rate, double beta1, double beta2, double weightDecay) {
  OptimiserSettings settings;
  settings.name = "adam";
  settings.learningRate = rate;
  settings.beta1 = beta1;
  settings.beta2 = beta2;
  settings.weightDecay = weightDecay;
  return settings;
}

OptimiserSettings adamwWith(double rate, double beta1, double beta2, double weightDecay) {
  OptimiserSettings settings = adamWith(rate, beta1, beta2, weightDecay);
  settings.name = "adamw";
  return settings;
}

INSTANTIATE_TEST_SUITE_P(
    Catalogue, TorchOptimisers,
    testing::Values(
        Case{"sgd", sgdWith(0.05, 0.9, false, 0.01), sgdWith(0.01, 0.5, false, 0)},
        Case{"sgd_without_momentum", sgdWith(0.05, 0, false, 0.01), sgdWith(0.1, 0, false, 0.1)},
        Case{"adam", adamWith(0.01, 0.9, 0.999, 0), adamWith(0.002, 0.8, 0.99, 0.1)},
        Case{"adam_with_decay", adamWith(0.01, 0.9, 0.999, 0.1), adamWith(0.01, 0, 0.9, 0)},
        Case{"adamw", adamwWith(0.01, 0.9, 0.999, 0.1), adamwWith(0.002, 0.8, 0.99, 0)},
        Case{"nesterov", sgdWith(0.05, 0.9, true, 0.01), sgdWith(0.01, 0.7, true, 0.02)}),
    [](const auto& instance) { return instance.param.name; });

TEST_P(TorchOptimisers, EqualsOurs) {
  Pair pair(GetParam().settings);
  pair.steps(kSteps, GetParam().settings, 1);
  EXPECT_LT(pair.largestDifference(), 5e-6);
}

TEST_P(TorchOptimisers, EqualsOursInPartsAndWithChangedHyperParameters) {
  Pair pair(GetParam().settings);
  pair.steps(kSteps / 2, GetParam().settings, 3);
  pair.steps(kSteps / 2, GetParam().changed, 2);
  EXPECT_LT(pair.largestDifference(), 5e-6);
}

TEST_P(TorchOptimisers, EqualsOursAfterANewStart) {
  Pair pair(GetParam().settings);
  pair.steps(kSteps / 2, GetParam().settings, 1);
  pair.restart(GetParam().changed);
  pair.steps(kSteps / 2, GetParam().changed, 1);
  EXPECT_LT(pair.largestDifference(), 5e-6);
}

TEST(TorchOptimisersCatalogue, EachIsComparedHere) {
  for (const Optimiser* optimiser : optimisers()) {
    OptimiserSettings settings;
    settings.name = optimiser->name();
    EXPECT_NE(makeReference(settings, torch::zeros(1)), nullptr) << settings.name;
  }
}

}  // namespace
