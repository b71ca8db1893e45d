// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/settings/bounds.h"

#include <cmath>

namespace training {
namespace {

using eventio::Message;

Message rate(double value) {
  if (value > kMaxRate) return {"Must be at most 1e30: the model computes with 32-bit numbers"};
  if (value < kMinRate) return {"Must be at least 1e-30: the model computes with 32-bit numbers"};
  return {};
}

}  // namespace

Message positiveRate(double value) {
  return value <= 0 ? Message("Must be a number above 0") : rate(value);
}

Message zeroOrRate(double value) {
  if (value < 0) return {"Must be a number of at least 0"};
  return value == 0 ? Message() : rate(value);
}

Message share(double value) {
  if (value < 0 || value >= 1) return {"Must be at least 0 and below 1"};
  return {};
}

Message shareAsFloat(double value) {
  return share(static_cast<float>(value) >= 1 ? 1 : value);
}

Message stepCount(double value) {
  constexpr double kMaxSteps = 1e15;
  if (value < 0 || value > kMaxSteps || value != std::floor(value)) {
    return {"Must be a whole number of at least 0"};
  }
  return {};
}

}  // namespace training
