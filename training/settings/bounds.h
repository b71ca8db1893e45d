// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventio/base/message.h"

/// Bounds of numbers for rows of the table of settings. Each takes a finite value and says why a
/// setting cannot have it; empty when it can.
namespace training {

/// Parameters and updates are 32-bit floats: a learning rate or weight decay outside of these is 0
/// or infinite there, or makes every update so.
inline constexpr double kMinRate = 1e-30;
inline constexpr double kMaxRate = 1e30;

[[nodiscard]] eventio::Message positiveRate(double value);
[[nodiscard]] eventio::Message zeroOrRate(double value);
/// At least 0 and below 1.
[[nodiscard]] eventio::Message share(double value);
/// share() of a number that is used as a float, where it must be below 1, too.
[[nodiscard]] eventio::Message shareAsFloat(double value);
[[nodiscard]] eventio::Message stepCount(double value);

}  // namespace training
