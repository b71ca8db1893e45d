// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/regression.h"

#include <array>
#include <cmath>
#include <variant>
#include <vector>

namespace training {
namespace {

constexpr std::array kMetrics{
    Metric{"rmse", "RMSE", "RMSE", "unit of the target", false, false, {"root_mean_squared_error"}},
    Metric{"mae", "MAE", "MAE", "unit of the target", false, false, {"mean_absolute_error"}},
    Metric{"within_tolerance", "Within Tolerance", "within tolerance", "fraction", true, true},
};

class Regression : public Task {
 public:
  std::string_view name() const noexcept override { return "regression"; }
  std::string_view label() const noexcept override { return "Regression"; }
  std::string_view help() const noexcept override { return "values; mean squared error, RMSE"; }
  std::span<const Metric> metrics() const noexcept override { return kMetrics; }

  TargetKind targetKind() const noexcept override { return TargetKind::kValues; }

  eventio::Result<std::int64_t> outputs(const DataDescription& data) const override {
    if (data.classes == 0) return 1;
    return eventio::makeError(eventio::ErrorCode::kInvalidArgument,
                              "%1: its targets are class labels, and regression needs "
                              "values; choose the task classification",
                              data.path);
  }

  TaskSums loss(const TaskBatch& batch, float* gradient, float scale,
                const TaskSettings& settings) const override {
    const auto& targets = std::get<std::vector<float>>(batch.targets);
    TaskSums sums;
    for (std::size_t row = 0; row < batch.samples.size(); ++row) {
      const float error = batch.outputs[row] - targets[batch.samples[row]];
      const auto exact = static_cast<double>(error);
      sums.loss += exact * exact;
      sums.metrics[0] += exact * exact;
      sums.metrics[1] += std::abs(exact);
      sums.metrics[2] += std::abs(exact) <= settings.tolerance ? 1 : 0;
      if (gradient != nullptr) gradient[row] = 2.0F * error * scale;
    }
    return sums;
  }

  MetricValues metricValues(const TaskSums& sums, std::int64_t samples) const noexcept override {
    const auto count = static_cast<double>(samples);
    return {std::sqrt(sums.metrics[0] / count), sums.metrics[1] / count, sums.metrics[2] / count};
  }
};

}  // namespace

const Task& regression() noexcept {
  static const Regression kTask;
  return kTask;
}

}  // namespace training
