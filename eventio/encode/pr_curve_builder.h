// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "eventio/base/result.h"
#include "eventio/data/values.h"

namespace eventio {

inline constexpr int kDefaultPrThresholds = 127;

/// Precision and recall of a classifier of two classes, at `thresholds` thresholds i / (thresholds
/// - 1): as positive counts every element whose prediction falls into bin floor(prediction *
/// (thresholds - 1)) >= i.
///
/// `labels`: 0 or anything else for true. `predictions`: from 0 to 1. `weights`: of each element,
/// all 1 when empty. precision = TP / max(1e-7, TP + FP), recall = TP / max(1e-7, TP + FN). The
/// formulas are those of TensorBoard's pr_curve summary and of tensorboardX.
[[nodiscard]] Result<PrCurve> buildPrCurve(std::span<const std::uint8_t> labels,
                                           std::span<const float> predictions,
                                           int thresholds = kDefaultPrThresholds,
                                           std::span<const float> weights = {});

/// kInvalidArgument where the columns are not of one length of at least 2.
[[nodiscard]] Result<void> checkPrCurve(const PrCurve& curve);

}  // namespace eventio
