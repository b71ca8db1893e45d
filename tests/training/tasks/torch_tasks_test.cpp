// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <numeric>
#include <vector>

#include "training/tasks/classification.h"

namespace {

using namespace training;

TEST(Classification, WithLabelSmoothingEqualsTorch) {
  constexpr std::int64_t kRows = 7;
  constexpr std::int64_t kClasses = 5;
  torch::manual_seed(3);
  torch::Tensor logits = torch::randn({kRows, kClasses}, torch::requires_grad());
  const std::vector<std::int64_t> labels = {0, 4, 2, 2, 1, 3, 0};
  std::vector<std::uint32_t> samples(kRows);
  std::iota(samples.begin(), samples.end(), 0U);
  for (const double smoothing : {0.0, 0.1, 0.5}) {
    logits.mutable_grad() = torch::Tensor();
    const torch::Tensor loss = torch::nn::functional::cross_entropy(
        logits, torch::tensor(labels),
        torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(smoothing));
    loss.backward();
    std::vector<float> gradient(kRows * kClasses);
    TaskSettings settings;
    settings.labelSmoothing = smoothing;
    const SampleTargets targets = labels;
    const TaskSums sums = classification().loss(
        {{logits.data_ptr<float>(), gradient.size()}, kClasses, targets, samples}, gradient.data(),
        1.0F / kRows, settings);
    EXPECT_NEAR(sums.loss / kRows, loss.item<double>(), 1e-5) << smoothing;
    const torch::Tensor ours = torch::from_blob(gradient.data(), {kRows, kClasses});
    EXPECT_TRUE(torch::allclose(ours, logits.grad(), 1e-4, 1e-6)) << smoothing;
  }
}

}  // namespace
