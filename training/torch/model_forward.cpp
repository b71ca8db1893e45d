// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/model_forward.h"

#include <ATen/ATen.h>

#include <vector>

#include "training/torch/batch_norm_layer.h"
#include "training/torch/layers.h"

namespace training {
namespace {

using at::Tensor;

class Forward {
 public:
  Forward(const Model& model, std::span<const Tensor> parameters, const ForwardPass& pass)
      : m_model(model), m_parameters(parameters), m_pass(pass) {}

  [[nodiscard]] Tensor run(const std::vector<Operation>& operations, Tensor x) const {
    for (const Operation& operation : operations) {
      x = apply(operation, x);
      if (m_pass.observer && !operation.layer.empty()) m_pass.observer(operation.layer, x);
    }
    return x;
  }

 private:
  [[nodiscard]] Tensor apply(const Operation& operation, Tensor& x) const {
    switch (operation.kind) {
      case OperationKind::kConv2d:
        return at::conv2d(x, weight(operation), operation.hasBias ? bias(operation) : Tensor(),
                          {operation.stride, operation.stride},
                          {operation.padding, operation.padding});
      case OperationKind::kMaxPoolRelu:
        return maxPoolReluLayer(x);
      case OperationKind::kRelu:
        return x.relu_();  // no operation needs its own output for its gradient
      case OperationKind::kFlatten:
        return x.flatten(1);
      case OperationKind::kLinear:
        return linearLayer(x, weight(operation), bias(operation));
      case OperationKind::kDropout:
        return m_pass.training ? dropout(operation, x) : x;
      case OperationKind::kBatchNorm2d:
        return batchNorm(operation, x);
      case OperationKind::kGlobalAveragePool:
        return x.mean(at::IntArrayRef({2, 3}));
      case OperationKind::kResidual: {
        const Tensor branch = run(operation.branch, x);
        return branch + run(operation.shortcut, x);
      }
    }
    return x;
  }

  [[nodiscard]] const Tensor& weight(const Operation& operation) const {
    return m_parameters[operation.parameters];
  }
  [[nodiscard]] const Tensor& bias(const Operation& operation) const {
    return m_parameters[operation.parameters + 1];
  }

  [[nodiscard]] Tensor dropout(const Operation& operation, const Tensor& x) const {
    Tensor mask = at::empty(x.sizes(), x.options().device(at::kCPU));
    const auto size = static_cast<std::size_t>(mask.numel() / mask.size(0));
    float* row = mask.data_ptr<float>();
    for (std::int64_t i = 0; i < mask.size(0); ++i) {
      dropoutMask(m_pass.key, operation.ordinal,
                  m_pass.firstPosition + static_cast<std::uint64_t>(i), operation.probability,
                  {row, size});
      row += size;
    }
    return x * mask.to(x.device());
  }

  [[nodiscard]] Tensor batchNorm(const Operation& operation, const Tensor& x) const {
    const std::size_t mean = m_model.buffers[operation.buffers].offset;
    const std::size_t variance = m_model.buffers[operation.buffers + 1].offset;
    if (!m_pass.training) {
      return batchNormEvaluation(x, weight(operation), bias(operation), m_pass.buffers + mean,
                                 m_pass.buffers + variance);
    }
    float* const batch = m_pass.batchBuffers;
    return batchNormLayer(x, weight(operation), bias(operation),
                          {m_pass.sums, m_pass.member, batch != nullptr ? batch + mean : nullptr,
                           batch != nullptr ? batch + variance : nullptr});
  }

  const Model& m_model;
  const std::span<const Tensor> m_parameters;
  const ForwardPass& m_pass;
};

}  // namespace

Tensor forwardModel(const Model& model, std::span<const Tensor> parameters, const Tensor& input,
                    const ForwardPass& pass) {
  return Forward(model, parameters, pass).run(model.operations, input);
}

}  // namespace training
