// SPDX-License-Identifier: GPL-3.0-or-later
// One linear layer from all values of a sample to the outputs: softmax regression in a
// classification, linear regression in a regression. A baseline for the other models.
#include "training/models/model_builder.h"
#include "training/models/models.h"

namespace training {

ModelKind linearKind();

namespace {

eventio::Result<Model> makeLinear(const ModelSettings& /*settings*/, const SampleShape& input,
                                  std::int64_t outputs) {
  if (input.numel() < 1) {
    return eventio::makeError(
        eventio::ErrorCode::kUnsupported,
        "samples without values; the linear model takes samples of any shape");
  }
  ModelBuilder model("linear", input);
  model.flatten();
  model.linear("fc", outputs);
  return std::move(model).build();
}

}  // namespace

ModelKind linearKind() {
  return {"linear",
          "Linear",
          "one linear layer, a baseline: softmax or linear regression; samples of any shape",
          {{1, 28, 28}},
          makeLinear};
}

}  // namespace training
