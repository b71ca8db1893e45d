// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/parameter_view.h"

#include <ATen/ATen.h>

#include <vector>

namespace training {

at::Tensor parameterView(const ParameterPlace& place, float* flat) {
  std::vector<std::int64_t> shape;
  for (const std::int64_t extent : place.shape) {
    if (extent > 0) shape.push_back(extent);
  }
  float* data = flat + place.offset;
  if (shape.size() != 4) return at::from_blob(data, shape);
  const std::int64_t in = shape[1];
  const std::int64_t width = shape[3];
  return at::from_blob(data, shape, {shape[2] * width * in, 1, width * in, in});
}

}  // namespace training
