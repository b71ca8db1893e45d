// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "training/base/random.h"

namespace {

using namespace training;

std::vector<float> someNumbers(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.uniform() * 2 - 1);
  return values;
}

class Pooling : public testing::TestWithParam<std::size_t> {};

TEST_P(Pooling, IsTheDefinition) {
  const PoolShape shape{3, 4, 6, GetParam()};
  const auto at = [&shape](std::size_t n, std::size_t y, std::size_t x, std::size_t c) {
    return ((n * shape.rows + y) * shape.columns + x) * shape.channels + c;
  };
  const std::size_t size = shape.count * shape.rows * shape.columns * shape.channels;
  const std::vector<float> input = someNumbers(size, 5);
  const std::vector<float> gradient = someNumbers(size / 4, 6);
  std::vector<float> output(size / 4);
  std::vector<std::int32_t> argmax(size / 4);
  std::vector<float> inputGradient(size, 99);
  maxPoolRelu(input.data(), shape, output.data(), argmax.data());
  maxPoolReluBackward(gradient.data(), argmax.data(), shape, inputGradient.data());

  std::size_t out = 0;
  std::vector<float> expectedGradient(size, 0);
  for (std::size_t n = 0; n < shape.count; ++n) {
    for (std::size_t y = 0; y < shape.rows; y += 2) {
      for (std::size_t x = 0; x < shape.columns; x += 2) {
        for (std::size_t c = 0; c < shape.channels; ++c, ++out) {
          std::size_t best = at(n, y, x, c);
          for (const std::size_t other :
               {at(n, y, x + 1, c), at(n, y + 1, x, c), at(n, y + 1, x + 1, c)}) {
            if (input[other] > input[best]) best = other;
          }
          EXPECT_EQ(output[out], std::max(input[best], 0.0F));
          if (input[best] > 0) expectedGradient[best] = gradient[out];
        }
      }
    }
  }
  EXPECT_EQ(inputGradient, expectedGradient);
}

INSTANTIATE_TEST_SUITE_P(Channels, Pooling, testing::Values(1, 3, 10, 20));

TEST(Pooling, TheFirstOfEqualsWinsAndNaNStays) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> input = {2, 2, nan, 1, 2, 2, 0, 5};  // rows of 4, one channel
  std::vector<float> output(2);
  std::vector<std::int32_t> argmax(2);
  maxPoolRelu(input.data(), {1, 2, 4, 1}, output.data(), argmax.data());
  EXPECT_EQ(output[0], 2);
  EXPECT_EQ(argmax[0], 0);
  EXPECT_TRUE(std::isnan(output[1]));
  const std::vector<float> last = {1, 2, 3, nan};
  maxPoolRelu(last.data(), {1, 2, 2, 1}, output.data(), argmax.data());
  EXPECT_TRUE(std::isnan(output[0]));
}

class FullyConnected : public testing::TestWithParam<LinearShape> {};

TEST_P(FullyConnected, IsTheDefinition) {
  const LinearShape shape = GetParam();
  const std::vector<float> input = someNumbers(shape.count * shape.inputs, 1);
  const std::vector<float> weight = someNumbers(shape.outputs * shape.inputs, 2);
  const std::vector<float> bias = someNumbers(shape.outputs, 3);
  const std::vector<float> gradient = someNumbers(shape.count * shape.outputs, 4);
  std::vector<float> output(shape.count * shape.outputs);
  std::vector<float> inputGradient(input.size());
  std::vector<float> weightGradient(weight.size());
  std::vector<float> biasGradient(bias.size());
  linear(input.data(), weight.data(), bias.data(), shape, output.data());
  linearInputGradient(gradient.data(), weight.data(), shape, inputGradient.data());
  linearParameterGradient(gradient.data(), input.data(), shape, weightGradient.data(),
                          biasGradient.data());

  std::vector<double> y(output.size());
  std::vector<double> dx(input.size());
  std::vector<double> dw(weight.size());
  std::vector<double> db(bias.size());
  for (std::size_t n = 0; n < shape.count; ++n) {
    for (std::size_t o = 0; o < shape.outputs; ++o) {
      const double slope = gradient[n * shape.outputs + o];
      y[n * shape.outputs + o] = bias[o];
      db[o] += slope;
      for (std::size_t i = 0; i < shape.inputs; ++i) {
        const double x = input[n * shape.inputs + i];
        const double w = weight[o * shape.inputs + i];
        y[n * shape.outputs + o] += x * w;
        dx[n * shape.inputs + i] += slope * w;
        dw[o * shape.inputs + i] += slope * x;
      }
    }
  }
  for (std::size_t i = 0; i < y.size(); ++i) EXPECT_NEAR(output[i], y[i], 2e-5);
  for (std::size_t i = 0; i < dx.size(); ++i) EXPECT_NEAR(inputGradient[i], dx[i], 2e-5);
  for (std::size_t i = 0; i < dw.size(); ++i) EXPECT_NEAR(weightGradient[i], dw[i], 2e-5);
  for (std::size_t i = 0; i < db.size(); ++i) EXPECT_NEAR(biasGradient[i], db[i], 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Shapes, FullyConnected,
                         testing::Values(LinearShape{32, 320, 50}, LinearShape{5, 50, 10},
                                         LinearShape{1, 7, 3}, LinearShape{3, 93, 5}));

}  // namespace
