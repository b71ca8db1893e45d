// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "eventio/base/result.h"
#include "training/data/data_source.h"
#include "training/settings/task_settings.h"
#include "training/tasks/metric.h"

namespace training {

/// What a batch adds up to: all values are sums over its samples.
struct TaskSums {
  double loss = 0;
  MetricValues metrics{};  ///< what Task::metricValues() makes the metrics of

  TaskSums& operator+=(const TaskSums& other) noexcept {
    loss += other.loss;
    for (std::size_t i = 0; i < metrics.size(); ++i) metrics[i] += other.metrics[i];
    return *this;
  }
};

/// A model's outputs for some samples, and what they should have been.
struct TaskBatch {
  std::span<const float> outputs;          ///< one row a sample
  std::size_t width = 0;                   ///< outputs of one sample
  const SampleTargets& targets;            ///< of the whole set
  std::span<const std::uint32_t> samples;  ///< whose rows these are
};

/// What a model is trained for: the loss, the kind of target and the metrics. Stateless; any
/// thread.
class Task {
 public:
  virtual ~Task() = default;

  /// As on the command line and in run.json: "classification".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// "Classification"
  [[nodiscard]] virtual std::string_view label() const noexcept = 0;
  /// One line for `--help`.
  [[nodiscard]] virtual std::string_view help() const noexcept = 0;
  /// At most kMaxMetrics. The first one says which model of a run is the best.
  [[nodiscard]] virtual std::span<const Metric> metrics() const noexcept = 0;

  /// What numbers stand for that may be class labels or values, where the data do not say it.
  [[nodiscard]] virtual TargetKind targetKind() const noexcept = 0;
  /// How many outputs the model needs for these data; an error when the targets are of another
  /// kind than the task's.
  [[nodiscard]] virtual eventio::Result<std::int64_t> outputs(
      const DataDescription& data) const = 0;
  /// Loss and metrics of a batch. Where `gradient` is given (as large as the outputs) it gets the
  /// gradient of (sum of the losses) * `scale` with respect to the outputs. The batch's targets
  /// must fit: outputs() worked for their data and gave the width.
  virtual TaskSums loss(const TaskBatch& batch, float* gradient, float scale,
                        const TaskSettings& settings) const = 0;
  /// The metrics of `samples` samples that add up to these sums.
  [[nodiscard]] virtual MetricValues metricValues(const TaskSums& sums,
                                                  std::int64_t samples) const noexcept = 0;
};

/// A task with its options.
struct ChosenTask {
  const Task& task;
  TaskSettings settings;
};

}  // namespace training
