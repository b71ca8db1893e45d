// SPDX-License-Identifier: GPL-3.0-or-later
// Multilayer perceptron: fc1, fc2, ... of the chosen widths, each with ReLU and dropout, and a
// linear layer to the outputs.
#include "training/models/model_builder.h"
#include "training/models/models.h"

namespace training {

ModelKind mlpKind();

namespace {

eventio::Result<void> check(const ModelSettings& settings) {
  constexpr auto kCode = eventio::ErrorCode::kInvalidArgument;
  if (settings.hidden.size() > kMaxHiddenLayers) {
    return eventio::makeError(kCode, "the MLP takes at most %1 hidden layers", kMaxHiddenLayers);
  }
  for (const std::int64_t width : settings.hidden) {
    if (width >= 1 && width <= kMaxHiddenWidth) continue;
    return eventio::makeError(kCode, "a hidden layer of %1; its width must be from 1 to %2", width,
                              kMaxHiddenWidth);
  }
  if (settings.dropout >= 0 && settings.dropout < 1) return {};
  return eventio::makeError(kCode, "the dropout probability must be at least 0 and below 1");
}

eventio::Result<Model> make(const ModelSettings& settings, const SampleShape& input,
                            std::int64_t outputs) {
  if (const auto usable = check(settings); !usable) return tl::unexpected(usable.error());
  if (input.numel() < 1) {
    return eventio::makeError(eventio::ErrorCode::kUnsupported,
                              "samples without values; the MLP takes samples of any shape");
  }
  ModelBuilder model("mlp", input);
  model.flatten();
  std::size_t layer = 1;
  for (const std::int64_t width : settings.hidden) {
    model.linear("fc" + std::to_string(layer++), width);
    model.relu();
    if (settings.dropout > 0) model.dropout(settings.dropout);
  }
  model.linear("fc" + std::to_string(layer), outputs);
  return std::move(model).build();
}

}  // namespace

ModelKind mlpKind() {
  return {"mlp",
          "MLP",
          "linear layers with ReLU and dropout, of chosen widths; samples of any shape",
          {{1, 28, 28}},
          make};
}

}  // namespace training
