// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/batch_norm_layer.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "training/compute/batch_norm.h"
#include "training/compute/replica_sums.h"

namespace training {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

BatchNormShape shapeOf(const Tensor& images) {
  const auto channels = static_cast<std::size_t>(images.size(1));
  return {static_cast<std::size_t>(images.numel()) / channels, channels};
}

/// Mean and inverse deviation of each channel of the whole batch, as 2 x C, and its rows.
struct BatchMoments {
  Tensor statistics;
  double rows = 0;
};

BatchNormStatistics statisticsOf(const Tensor& statistics) {
  const float* values = statistics.data_ptr<float>();
  return {values, values + statistics.size(1)};
}

BatchMoments momentsOf(const Tensor& values, const BatchNormJoin& join) {
  const BatchNormShape shape = shapeOf(values);
  const std::size_t channels = shape.channels;
  std::vector<double> sums(2 * channels + 1);
  batchNormSums(values.data_ptr<float>(), shape, sums.data(), sums.data() + channels);
  sums.back() = static_cast<double>(shape.rows);
  join.sums->join(join.member, sums);

  BatchMoments moments{at::empty({2, static_cast<std::int64_t>(channels)},
                                 values.options().memory_format(at::MemoryFormat::Contiguous)),
                       sums.back()};
  float* const statistics = moments.statistics.data_ptr<float>();
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = sums[c] / moments.rows;
    const double variance = std::max(sums[channels + c] / moments.rows - mean * mean, 0.0);
    statistics[c] = static_cast<float>(mean);
    statistics[channels + c] = static_cast<float>(1 / std::sqrt(variance + kBatchNormEpsilon));
    if (join.mean == nullptr) continue;
    join.mean[c] = static_cast<float>(mean);
    join.variance[c] =
        static_cast<float>(variance * moments.rows / std::max(moments.rows - 1, 1.0));
  }
  return moments;
}

/// What the backward pass needs besides tensors.
struct KeptJoin : torch::CustomClassHolder {
  KeptJoin(const BatchNormJoin& ofForward, double rowsOfBatch)
      : join(ofForward), rows(rowsOfBatch) {}
  BatchNormJoin join;
  double rows;
};

class BatchNorm : public torch::autograd::Function<BatchNorm> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias, const BatchNormJoin& join) {
    const Tensor values = input.contiguous(at::MemoryFormat::ChannelsLast);
    const BatchMoments moments = momentsOf(values, join);
    Tensor output = at::empty_like(values);
    batchNorm(values.data_ptr<float>(), shapeOf(values), statisticsOf(moments.statistics),
              weight.data_ptr<float>(), bias.data_ptr<float>(), output.data_ptr<float>());
    context->save_for_backward({values, weight, moments.statistics});
    context->saved_data["join"] =
        c10::IValue::make_capsule(c10::make_intrusive<KeptJoin>(join, moments.rows));
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor& values = saved[0];
    const Tensor& weight = saved[1];
    const BatchNormStatistics statistics = statisticsOf(saved[2]);
    const Tensor gradient = gradients.front().contiguous(at::MemoryFormat::ChannelsLast);
    const BatchNormShape shape = shapeOf(values);
    const std::size_t channels = shape.channels;
    std::vector<double> sums(2 * channels);
    batchNormGradientSums(gradient.data_ptr<float>(), values.data_ptr<float>(), shape, statistics,
                          sums.data(), sums.data() + channels);
    // Of this share: the replicas' gradients are summed as those of all parameters.
    const std::vector<float> own(sums.begin(), sums.end());
    const Tensor bothGradients =
        at::tensor(own, weight.options()).view({2, static_cast<std::int64_t>(channels)});
    Tensor inputGradient;
    if (context->needs_input_grad(0)) {
      const auto capsule = context->saved_data["join"].toCapsule();
      const auto& kept = static_cast<const KeptJoin&>(*capsule);
      kept.join.sums->join(kept.join.member, sums);
      const double rows = kept.rows;
      std::vector<float> means(sums.size());
      std::transform(sums.begin(), sums.end(), means.begin(),
                     [rows](double sum) { return static_cast<float>(sum / rows); });
      inputGradient = at::empty_like(values);
      batchNormInputGradient(gradient.data_ptr<float>(), values.data_ptr<float>(), shape,
                             statistics, weight.data_ptr<float>(), means.data(),
                             means.data() + channels, inputGradient.data_ptr<float>());
    }
    return {inputGradient, bothGradients[1], bothGradients[0], Tensor()};
  }
};

/// On a device that is not the CPU: one replica has the whole batch.
Tensor deviceBatchNorm(const Tensor& input, const Tensor& weight, const Tensor& bias,
                       const BatchNormJoin& join) {
  if (join.mean != nullptr) {
    const c10::NoGradGuard noGradients;
    const auto [variance, mean] =
        at::var_mean(input, at::IntArrayRef({0, 2, 3}), /*unbiased=*/true);
    const auto copyTo = [](const Tensor& from, float* to) {
      const Tensor here = from.to(at::kCPU).contiguous();
      std::copy_n(here.data_ptr<float>(), here.numel(), to);
    };
    copyTo(mean, join.mean);
    copyTo(variance, join.variance);
  }
  return at::batch_norm(input, weight, bias, {}, {}, /*training=*/true, 0.0, kBatchNormEpsilon,
                        false);
}

}  // namespace

Tensor batchNormLayer(const Tensor& input, const Tensor& weight, const Tensor& bias,
                      const BatchNormJoin& join) {
  return input.is_cpu() ? BatchNorm::apply(input, weight, bias, join)
                        : deviceBatchNorm(input, weight, bias, join);
}

Tensor batchNormEvaluation(const Tensor& input, const Tensor& weight, const Tensor& bias,
                           const float* runningMean, const float* runningVariance) {
  const auto running = [&](const float* values) {
    return at::from_blob(const_cast<float*>(values), {input.size(1)}).to(input.device());
  };
  return at::batch_norm(input, weight, bias, running(runningMean), running(runningVariance),
                        /*training=*/false, 0.0, kBatchNormEpsilon, false);
}

}  // namespace training
