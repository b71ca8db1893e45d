// SPDX-License-Identifier: GPL-3.0-or-later
// The reference job's network: conv1 1→10 5x5, max-pool 2, ReLU; conv2 10→20 5x5, max-pool 2, ReLU;
// flatten 320; fc1 320→50, ReLU; fc2 50→outputs. 21,840 parameters with 10 outputs.
#include "training/models/model_builder.h"
#include "training/models/models.h"

namespace training {

ModelKind convNetKind();

namespace {

const SampleShape& inputShape() {
  static const SampleShape kShape{{1, 28, 28}};
  return kShape;
}

eventio::Result<Model> make(const ModelSettings& /*settings*/, const SampleShape& input,
                            std::int64_t outputs) {
  if (input != inputShape()) {
    return eventio::makeError(eventio::ErrorCode::kUnsupported,
                              "samples of %1; the ConvNet takes grey images, %2", input.text(),
                              inputShape().text());
  }
  ModelBuilder model("conv_net", input);
  model.conv2d("conv1", 10, 5);
  model.maxPoolRelu();
  model.conv2d("conv2", 20, 5);
  model.maxPoolRelu();
  model.flatten();
  model.linear("fc1", 50);
  model.relu();
  model.linear("fc2", outputs);
  return std::move(model).build();
}

}  // namespace

ModelKind convNetKind() {
  return {"conv_net", "ConvNet", "two convolutions and two linear layers; grey images of 28 x 28",
          inputShape(), make};
}

}  // namespace training
