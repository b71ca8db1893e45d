// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/replica.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "training/models/conv_net.h"
#include "training/torch/layers.h"
#include "training/torch/parameter_view.h"

namespace training {

struct Replica::Impl {
  explicit Impl(const ChosenTask& chosen) : task(chosen) {}

  const ChosenTask task;
  at::Device device = at::kCPU;
  bool onCpu = true;
  std::vector<at::Tensor> shared;      // views of the shared buffer
  std::vector<at::Tensor> parameters;  // leaves: the same memory on the CPU, a copy elsewhere
  std::vector<float> flatGradients;
  std::vector<at::Tensor> gradients;  // views of flatGradients
  at::Tensor inputs;                  // grows to the largest share seen
  at::Tensor logitsGradient;

  at::Tensor batch(const SampleSet& set, std::span<const std::uint32_t> indices);
  template <class Look>
  at::Tensor forward(const at::Tensor& batch, const Look& look) const;
  at::Tensor forward(const at::Tensor& input) const {
    return forward(input, [](const char*, const at::Tensor&) {});
  }
  TaskSums loss(const at::Tensor& outputs, const SampleSet& set,
                std::span<const std::uint32_t> indices, float* gradient, float scale) const;
  void fetchParameters();
};

Replica::Replica(const float* parameters, const ChosenTask& task, const std::string& device)
    : m_impl(std::make_unique<Impl>(task)) {
  m_impl->device = at::Device(device);
  m_impl->onCpu = m_impl->device.is_cpu();
  m_impl->flatGradients.resize(convNetFlatSize());
  for (const ParameterPlace& place : convNetParameters()) {
    // LibTorch has no view of constant memory; nothing here writes through it.
    const at::Tensor shared = parameterView(place, const_cast<float*>(parameters));
    at::Tensor leaf = m_impl->onCpu ? parameterView(place, const_cast<float*>(parameters))
                                    : shared.to(m_impl->device);
    leaf.set_requires_grad(true);
    const at::Tensor gradient = parameterView(place, m_impl->flatGradients.data());
    if (m_impl->onCpu) leaf.mutable_grad() = gradient;
    m_impl->shared.push_back(shared);
    m_impl->parameters.push_back(std::move(leaf));
    m_impl->gradients.push_back(gradient);
  }
}

Replica::~Replica() = default;
Replica::Replica(Replica&&) noexcept = default;
Replica& Replica::operator=(Replica&&) noexcept = default;

float* Replica::gradients() noexcept {
  return m_impl->flatGradients.data();
}

void Replica::setTrained(std::span<const std::string> layers) {
  const std::span<const ParameterPlace> places = convNetParameters();
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool trained = std::find(layers.begin(), layers.end(), places[i].layer) != layers.end();
    m_impl->parameters[i].set_requires_grad(trained);
  }
}

at::Tensor Replica::Impl::batch(const SampleSet& set, std::span<const std::uint32_t> indices) {
  const auto count = static_cast<std::int64_t>(indices.size());
  if (!inputs.defined() || inputs.size(0) < count) {
    inputs = at::empty({count, 1, kImageSide, kImageSide});
  }
  set.gather(indices, {inputs.data_ptr<float>(), static_cast<std::size_t>(inputs.numel())});
  // With one channel, channels-last is the same order under other strides.
  const at::Tensor view =
      inputs.as_strided({count, 1, kImageSide, kImageSide}, {kImagePixels, 1, kImageSide, 1});
  return onCpu ? view : view.to(device);
}

template <class Look>
at::Tensor Replica::Impl::forward(const at::Tensor& batch, const Look& look) const {
  const auto& p = parameters;
  at::Tensor x = at::conv2d(batch, p[0], p[1]);
  look("conv1", x);
  x = at::conv2d(maxPoolReluLayer(x), p[2], p[3]);
  look("conv2", x);
  x = linearLayer(maxPoolReluLayer(x).flatten(1), p[4], p[5]);
  look("fc1", x);
  x = linearLayer(x.relu_(), p[6], p[7]);
  look("fc2", x);
  return x;
}

TaskSums Replica::Impl::loss(const at::Tensor& outputs, const SampleSet& set,
                             std::span<const std::uint32_t> indices, float* gradient,
                             float scale) const {
  const at::Tensor here = outputs.detach().to(at::kCPU).contiguous();
  const TaskBatch batch{{here.data_ptr<float>(), static_cast<std::size_t>(here.numel())},
                        static_cast<std::size_t>(here.size(1)),
                        set.targets,
                        indices};
  return task.task.loss(batch, gradient, scale, task.settings);
}

void Replica::Impl::fetchParameters() {
  if (onCpu) return;
  const c10::NoGradGuard noGradients;
  for (std::size_t i = 0; i < shared.size(); ++i) parameters[i].copy_(shared[i]);
}

TaskSums Replica::train(const SampleSet& samples, std::span<const std::uint32_t> indices,
                        float scale) {
  Impl& m = *m_impl;
  m.fetchParameters();
  std::fill(m.flatGradients.begin(), m.flatGradients.end(), 0.0F);
  if (indices.empty()) return {};
  const at::Tensor logits = m.forward(m.batch(samples, indices));
  const at::Tensor gradient = at::empty({logits.size(0), kClasses});
  const TaskSums sum = m.loss(logits, samples, indices, gradient.data_ptr<float>(), scale);
  logits.backward(m.onCpu ? gradient : gradient.to(m.device));
  if (!m.onCpu) {
    for (std::size_t i = 0; i < m.parameters.size(); ++i) {
      at::Tensor& computed = m.parameters[i].mutable_grad();
      if (computed.defined()) m.gradients[i].copy_(computed);
      computed = at::Tensor();
    }
  }
  return sum;
}

TaskSums Replica::evaluate(const SampleSet& samples, std::span<const std::uint32_t> indices) {
  if (indices.empty()) return {};
  const c10::NoGradGuard noGradients;
  m_impl->fetchParameters();
  return m_impl->loss(m_impl->forward(m_impl->batch(samples, indices)), samples, indices, nullptr,
                      0);
}

Replica::Activation Replica::firstNonFiniteActivation(const SampleSet& samples,
                                                      std::span<const std::uint32_t> indices) {
  if (indices.empty()) return {};
  const c10::NoGradGuard noGradients;
  m_impl->fetchParameters();
  Activation first;
  const auto look = [&first](const char* layer, const at::Tensor& output) {
    if (!first.layer.empty()) return;
    const at::Tensor values = output.to(at::kCPU).contiguous();
    const NonFiniteCount count =
        countNonFinite({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
    if (count.nans + count.infinities > 0) first = {layer, count};
  };
  static_cast<void>(m_impl->forward(m_impl->batch(samples, indices), look));
  return first;
}

void useOneTorchThread() {
  at::set_num_threads(1);
  prepareTorchThread();
}

void prepareTorchThread() {
  at::init_num_threads();
}

}  // namespace training
