// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/batch_math.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "training/base/random.h"
#include "training/compute/finite.h"

namespace training {

std::vector<std::uint32_t> shuffledOrder(std::int64_t count, std::uint64_t seed,
                                         std::uint64_t phase, std::uint64_t epoch) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0U);
  Random random(seed, phase, epoch);
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.below(left)]);
  }
  return order;
}

Part partOf(std::size_t count, std::size_t part, std::size_t parts) noexcept {
  const std::size_t first = count * part / parts;
  return {first, count * (part + 1) / parts - first};
}

void gatherImages(std::span<const std::uint8_t> pixels, std::size_t pixelsPerImage,
                  std::span<const std::uint32_t> samples, float* out) noexcept {
  for (const std::uint32_t sample : samples) {
    const std::uint8_t* from = pixels.data() + sample * pixelsPerImage;
    for (std::size_t i = 0; i < pixelsPerImage; ++i) {
      out[i] = static_cast<float>(from[i]) / 255.0F;
    }
    out += pixelsPerImage;
  }
}

LossSum softmaxCrossEntropy(std::span<const float> logits, std::size_t classes,
                            std::span<const std::uint8_t> labels, float* gradient,
                            float scale) noexcept {
  LossSum sum;
  std::array<float, 256> exponentials;  // a label is one byte
  for (std::size_t row = 0; row < labels.size(); ++row) {
    const std::span<const float> values = logits.subspan(row * classes, classes);
    const auto largest = std::max_element(values.begin(), values.end());
    float total = 0;
    for (std::size_t i = 0; i < classes; ++i) {
      exponentials[i] = std::exp(values[i] - *largest);
      total += exponentials[i];
    }
    const std::size_t label = labels[row];
    sum.loss += static_cast<double>(std::log(total) - (values[label] - *largest));
    sum.correct += static_cast<std::size_t>(largest - values.begin()) == label ? 1 : 0;
    if (gradient == nullptr) continue;
    for (std::size_t i = 0; i < classes; ++i) {
      const float probability = exponentials[i] / total;
      gradient[row * classes + i] = (probability - (i == label ? 1.0F : 0.0F)) * scale;
    }
  }
  return sum;
}

bool sumGradients(std::span<float* const> gradients, float* total, Part part) noexcept {
  const std::size_t last = part.first + part.size;
  if (gradients.front() != total) {
    std::copy_n(gradients.front() + part.first, part.size, total + part.first);
  }
  for (const float* gradient : gradients.subspan(1)) {
    for (std::size_t i = part.first; i < last; ++i) total[i] += gradient[i];
  }
  std::uint32_t largest = 0;
  for (std::size_t i = part.first; i < last; ++i) {
    largest = std::max(largest, exponentOf(total[i]));
  }
  return largest != kNonFiniteExponent;
}

NonFiniteCount countNonFinite(std::span<const float> values) noexcept {
  NonFiniteCount count;
  for (const float value : values) {
    if (std::isnan(value)) ++count.nans;
    if (std::isinf(value)) ++count.infinities;
  }
  return count;
}

}  // namespace training
