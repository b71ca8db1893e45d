// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/replica.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/GradMode.h>

#include <algorithm>

#include "training/torch/model_forward.h"
#include "training/torch/parameter_view.h"

namespace training {

struct Replica::Impl {
  const Model& model;
  const ChosenTask task;
  ReplicaBuffers shared;
  int member = 0;
  at::Device device = at::kCPU;
  bool onCpu = true;
  std::vector<at::Tensor> sharedViews;  // views of the shared parameters
  std::vector<at::Tensor> parameters;   // leaves: the same memory on the CPU, a copy elsewhere
  std::vector<float> flatGradients;
  std::vector<at::Tensor> gradients;  // views of flatGradients
  at::Tensor inputs;                  // grows to the largest share seen

  Impl(const Model& ofModel, const ChosenTask& chosen, const ReplicaBuffers& sharedBuffers,
       int index)
      : model(ofModel), task(chosen), shared(sharedBuffers), member(index) {}
  at::Tensor batch(const SampleSet& set, std::span<const std::uint32_t> indices);
  [[nodiscard]] ForwardPass trainingPass(const BatchShare& share, const StepKey& key) const;
  TaskSums loss(const at::Tensor& outputs, const SampleSet& set,
                std::span<const std::uint32_t> indices, float* gradient, float scale) const;
  void fetchParameters();
  void fetchGradients();
};

Replica::Replica(const Model& model, const ChosenTask& task, const ReplicaBuffers& shared,
                 int member, const std::string& device)
    : m_impl(std::make_unique<Impl>(model, task, shared, member)) {
  m_impl->device = at::Device(device);
  m_impl->onCpu = m_impl->device.is_cpu();
  m_impl->flatGradients.resize(flatSize(model.parameters));
  // LibTorch has no view of constant memory; nothing here writes through it.
  auto* const parameters = const_cast<float*>(shared.parameters);
  for (const ParameterPlace& place : model.parameters) {
    const at::Tensor view = parameterView(place, parameters);
    at::Tensor leaf = m_impl->onCpu ? parameterView(place, parameters) : view.to(m_impl->device);
    leaf.set_requires_grad(true);
    const at::Tensor gradient = parameterView(place, m_impl->flatGradients.data());
    if (m_impl->onCpu) leaf.mutable_grad() = gradient;
    m_impl->sharedViews.push_back(view);
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
  const std::vector<ParameterPlace>& places = m_impl->model.parameters;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const bool trained = std::find(layers.begin(), layers.end(), places[i].layer) != layers.end();
    m_impl->parameters[i].set_requires_grad(trained);
  }
}

at::Tensor Replica::Impl::batch(const SampleSet& set, std::span<const std::uint32_t> indices) {
  const auto count = static_cast<std::int64_t>(indices.size());
  std::vector<std::int64_t> shape = {count};
  shape.insert(shape.end(), set.shape.sizes.begin(), set.shape.sizes.end());
  if (!inputs.defined() || inputs.size(0) < count) inputs = at::empty(shape);
  set.gather(indices, {inputs.data_ptr<float>(), static_cast<std::size_t>(inputs.numel())});
  at::Tensor view = inputs.narrow(0, 0, count);
  if (model.operations.front().kind == OperationKind::kConv2d) {
    const std::int64_t rows = shape[2];
    const std::int64_t columns = shape[3];
    // With one channel, channels-last is the same order under other strides.
    view = shape[1] == 1 ? view.as_strided(shape, {rows * columns, 1, columns, 1})
                         : view.contiguous(at::MemoryFormat::ChannelsLast);
  }
  return onCpu ? view : view.to(device);
}

ForwardPass Replica::Impl::trainingPass(const BatchShare& share, const StepKey& key) const {
  ForwardPass pass;
  pass.training = true;
  pass.sums = shared.sums;
  pass.member = member;
  // All replicas compute the same statistics of the batch; the one with its first sample, of which
  // there is one, keeps them.
  pass.batchBuffers = share.firstPosition == 0 ? shared.batchBuffers : nullptr;
  pass.key = key;
  pass.firstPosition = share.firstPosition;
  return pass;
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
  for (std::size_t i = 0; i < sharedViews.size(); ++i) parameters[i].copy_(sharedViews[i]);
}

void Replica::Impl::fetchGradients() {
  if (onCpu) return;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor& computed = parameters[i].mutable_grad();
    if (computed.defined()) gradients[i].copy_(computed);
    computed = at::Tensor();
  }
}

TaskSums Replica::train(const SampleSet& samples, const BatchShare& share, float scale,
                        const StepKey& key) {
  Impl& m = *m_impl;
  m.fetchParameters();
  std::fill(m.flatGradients.begin(), m.flatGradients.end(), 0.0F);
  if (share.samples.empty()) return {};
  const at::Tensor logits = forwardModel(m.model, m.parameters, m.batch(samples, share.samples),
                                         m.trainingPass(share, key));
  const at::Tensor gradient = at::empty({logits.size(0), m.model.outputs});
  const TaskSums sum = m.loss(logits, samples, share.samples, gradient.data_ptr<float>(), scale);
  logits.backward(m.onCpu ? gradient : gradient.to(m.device));
  m.fetchGradients();
  return sum;
}

TaskSums Replica::evaluate(const SampleSet& samples, const BatchShare& share) {
  if (share.samples.empty()) return {};
  Impl& m = *m_impl;
  const c10::NoGradGuard noGradients;
  m.fetchParameters();
  ForwardPass pass;
  pass.buffers = m.shared.buffers;
  return m.loss(forwardModel(m.model, m.parameters, m.batch(samples, share.samples), pass), samples,
                share.samples, nullptr, 0);
}

Replica::Activation Replica::firstNonFiniteActivation(const SampleSet& samples,
                                                      const BatchShare& share, const StepKey& key) {
  if (share.samples.empty()) return {};
  Impl& m = *m_impl;
  const c10::NoGradGuard noGradients;
  m.fetchParameters();
  Activation first;
  ForwardPass pass = m.trainingPass(share, key);
  pass.observer = [&first](const std::string& layer, const at::Tensor& output) {
    if (!first.layer.empty()) return;
    const at::Tensor values = output.to(at::kCPU).contiguous();
    const NonFiniteCount count =
        countNonFinite({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
    if (count.nans + count.infinities > 0) first = {layer, count};
  };
  static_cast<void>(forwardModel(m.model, m.parameters, m.batch(samples, share.samples), pass));
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
