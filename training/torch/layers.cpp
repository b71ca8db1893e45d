// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/layers.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>

#include "training/compute/kernels.h"

namespace training {
namespace {

using at::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

constexpr at::MemoryFormat kChannelsLast = at::MemoryFormat::ChannelsLast;

PoolShape poolShape(const Tensor& input) {
  return {static_cast<std::size_t>(input.size(0)), static_cast<std::size_t>(input.size(2)),
          static_cast<std::size_t>(input.size(3)), static_cast<std::size_t>(input.size(1))};
}

LinearShape linearShape(const Tensor& input, const Tensor& weight) {
  return {static_cast<std::size_t>(input.size(0)), static_cast<std::size_t>(weight.size(1)),
          static_cast<std::size_t>(weight.size(0))};
}

class MaxPoolRelu : public torch::autograd::Function<MaxPoolRelu> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input) {
    const Tensor values = input.contiguous(kChannelsLast);
    const auto outputSize = {values.size(0), values.size(1), values.size(2) / 2,
                             values.size(3) / 2};
    Tensor output = at::empty(outputSize, values.options(), kChannelsLast);
    const Tensor argmax = at::empty(outputSize, values.options().dtype(at::kInt), kChannelsLast);
    maxPoolRelu(values.data_ptr<float>(), poolShape(values), output.data_ptr<float>(),
                argmax.data_ptr<std::int32_t>());
    context->save_for_backward({argmax});
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const Tensor argmax = context->get_saved_variables().front();
    const Tensor gradient = gradients.front().contiguous(kChannelsLast);
    Tensor result =
        at::empty({argmax.size(0), argmax.size(1), argmax.size(2) * 2, argmax.size(3) * 2},
                  gradient.options(), kChannelsLast);
    maxPoolReluBackward(gradient.data_ptr<float>(), argmax.data_ptr<std::int32_t>(),
                        poolShape(result), result.data_ptr<float>());
    return {result};
  }
};

class Linear : public torch::autograd::Function<Linear> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias) {
    const Tensor values = input.contiguous();
    Tensor output = at::empty({values.size(0), weight.size(0)}, values.options());
    linear(values.data_ptr<float>(), weight.data_ptr<float>(), bias.data_ptr<float>(),
           linearShape(values, weight), output.data_ptr<float>());
    context->save_for_backward({values, weight});
    return output;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor& input = saved[0];
    const Tensor& weight = saved[1];
    const Tensor gradient = gradients.front().contiguous();
    const LinearShape shape = linearShape(input, weight);
    Tensor inputGradient;
    Tensor weightGradient;
    Tensor biasGradient;
    if (context->needs_input_grad(0)) {
      inputGradient = at::empty_like(input);
      linearInputGradient(gradient.data_ptr<float>(), weight.data_ptr<float>(), shape,
                          inputGradient.data_ptr<float>());
    }
    if (context->needs_input_grad(1) || context->needs_input_grad(2)) {
      weightGradient = at::empty_like(weight);
      biasGradient = at::empty({weight.size(0)}, weight.options());
      linearParameterGradient(gradient.data_ptr<float>(), input.data_ptr<float>(), shape,
                              weightGradient.data_ptr<float>(), biasGradient.data_ptr<float>());
    }
    return {inputGradient, weightGradient, biasGradient};
  }
};

}  // namespace

Tensor maxPoolReluLayer(const Tensor& input) {
  return input.is_cpu() ? MaxPoolRelu::apply(input) : at::max_pool2d(input, 2).relu_();
}

Tensor linearLayer(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  return input.is_cpu() ? Linear::apply(input, weight, bias) : at::linear(input, weight, bias);
}

}  // namespace training
