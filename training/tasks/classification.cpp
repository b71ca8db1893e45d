// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/tasks/classification.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>
#include <vector>

namespace training {
namespace {

constexpr std::array kMetrics{
    Metric{"accuracy", "Accuracy", "accuracy", "fraction", true, true, {"acc"}},
};

/// Of the digits and garments that IDX files hold, even where a file lacks the last of them.
constexpr std::int64_t kIdxClasses = 10;

class Classification : public Task {
 public:
  std::string_view name() const noexcept override { return "classification"; }
  std::string_view label() const noexcept override { return "Classification"; }
  std::string_view help() const noexcept override {
    return "class labels; cross-entropy, accuracy";
  }
  std::span<const Metric> metrics() const noexcept override { return kMetrics; }

  /// Not kLabels: a column of measured values would become as many classes.
  TargetKind targetKind() const noexcept override { return TargetKind::kAuto; }

  eventio::Result<std::int64_t> outputs(const DataDescription& data) const override {
    if (data.classes > 0) {
      return data.format == "idx" ? std::max(data.classes, kIdxClasses) : data.classes;
    }
    return eventio::makeError(eventio::ErrorCode::kInvalidArgument,
                              "%1: its targets are values, and classification needs "
                              "class labels; choose the task regression",
                              data.path);
  }

  TaskSums loss(const TaskBatch& batch, float* gradient, float scale,
                const TaskSettings& settings) const override {
    const auto& labels = std::get<std::vector<std::int64_t>>(batch.targets);
    const std::size_t classes = batch.width;
    const auto smoothing = static_cast<float>(settings.labelSmoothing);
    const float off = smoothing / static_cast<float>(classes);
    const float on = 1.0F - smoothing + off;
    TaskSums sums;
    std::vector<float> exponentials(classes);
    for (std::size_t row = 0; row < batch.samples.size(); ++row) {
      const std::span<const float> values = batch.outputs.subspan(row * classes, classes);
      const auto largest = std::max_element(values.begin(), values.end());
      float total = 0;
      for (std::size_t i = 0; i < classes; ++i) {
        exponentials[i] = std::exp(values[i] - *largest);
        total += exponentials[i];
      }
      const auto label = static_cast<std::size_t>(labels[batch.samples[row]]);
      const float logTotal = std::log(total);
      if (smoothing == 0) {
        sums.loss += static_cast<double>(logTotal - (values[label] - *largest));
      } else {
        for (std::size_t i = 0; i < classes; ++i) {
          sums.loss +=
              static_cast<double>((i == label ? on : off) * (logTotal - (values[i] - *largest)));
        }
      }
      sums.metrics[0] += static_cast<std::size_t>(largest - values.begin()) == label ? 1 : 0;
      if (gradient == nullptr) continue;
      for (std::size_t i = 0; i < classes; ++i) {
        const float probability = exponentials[i] / total;
        gradient[row * classes + i] = (probability - (i == label ? on : off)) * scale;
      }
    }
    return sums;
  }

  MetricValues metricValues(const TaskSums& sums, std::int64_t samples) const noexcept override {
    return {sums.metrics[0] / static_cast<double>(samples)};
  }
};

}  // namespace

const Task& classification() noexcept {
  static const Classification kTask;
  return kTask;
}

}  // namespace training
