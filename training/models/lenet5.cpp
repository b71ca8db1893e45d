// SPDX-License-Identifier: GPL-3.0-or-later
// LeNet-5 (LeCun, Bottou, Bengio, Haffner 1998) as it is taught today: ReLU and max-pooling instead
// of tanh and averages, every map of conv2 connected to all of conv1. conv1 →6 5x5, pool; conv2
// 6→16 5x5, pool; fc1 400→120; fc2 120→84; fc3 84→outputs. 28 x 28 images get a border of 2 zeros.
#include "training/models/model_builder.h"
#include "training/models/models.h"

namespace training {

ModelKind leNet5Kind();

namespace {

eventio::Result<Model> make(const ModelSettings& /*settings*/, const SampleShape& input,
                            std::int64_t outputs) {
  const std::vector<std::int64_t>& sizes = input.sizes;
  const bool fits = input.isImage() && (sizes[0] == 1 || sizes[0] == 3) && sizes[1] == sizes[2] &&
                    (sizes[1] == 28 || sizes[1] == 32);
  if (!fits) {
    return eventio::makeError(
        eventio::ErrorCode::kUnsupported,
        "samples of %1; LeNet-5 takes grey or colour images of 28 x 28 or 32 x 32", input.text());
  }
  ModelBuilder model("lenet5", input);
  model.conv2d("conv1", 6, 5, {.padding = sizes[1] == 28 ? 2 : 0});
  model.maxPoolRelu();
  model.conv2d("conv2", 16, 5);
  model.maxPoolRelu();
  model.flatten();
  model.linear("fc1", 120);
  model.relu();
  model.linear("fc2", 84);
  model.relu();
  model.linear("fc3", outputs);
  return std::move(model).build();
}

}  // namespace

ModelKind leNet5Kind() {
  return {"lenet5",
          "LeNet-5",
          "LeNet-5 with ReLU and max-pooling; grey or colour images of 28 x 28 or 32 x 32",
          {{1, 28, 28}},
          make};
}

}  // namespace training
