// SPDX-License-Identifier: GPL-3.0-or-later
// ResNet-8: the residual network for small images of He, Zhang, Ren, Sun 2016 (section 4.2) with
// n = 1. conv1 3x3 16, batch norm, ReLU; three residual blocks of 16, 32 and 64 channels, the
// latter two with stride 2 and a 1x1 convolution as shortcut; average; fc. Names as torchvision's.
#include "training/models/model_builder.h"
#include "training/models/models.h"

namespace training {

ModelKind resNetKind();

namespace {

constexpr std::int64_t kMinSide = 8;
constexpr int kBlocks = 1;  // of each width; the network has 6 * kBlocks + 2 layers

void addBlock(ModelBuilder& model, const std::string& name, std::int64_t channels,
              std::int64_t stride) {
  const auto branch = [&] {
    model.conv2d(name + ".conv1", channels, 3, {.stride = stride, .padding = 1, .bias = false});
    model.batchNorm2d(name + ".bn1");
    model.relu();
    model.conv2d(name + ".conv2", channels, 3, {.padding = 1, .bias = false});
    model.batchNorm2d(name + ".bn2");
  };
  const auto shortcut = [&] {
    if (model.shape().sizes[0] == channels && stride == 1) return;
    model.conv2d(name + ".downsample.0", channels, 1, {.stride = stride, .bias = false});
    model.batchNorm2d(name + ".downsample.1");
  };
  model.residual(branch, shortcut);
  model.relu();
}

eventio::Result<Model> make(const ModelSettings& /*settings*/, const SampleShape& input,
                            std::int64_t outputs) {
  if (!input.isImage() || input.sizes[1] < kMinSide || input.sizes[2] < kMinSide) {
    return eventio::makeError(eventio::ErrorCode::kUnsupported,
                              "samples of %1; the ResNet takes images of at least 8 x 8 pixels",
                              input.text());
  }
  ModelBuilder model("resnet", input);
  model.conv2d("conv1", 16, 3, {.padding = 1, .bias = false});
  model.batchNorm2d("bn1");
  model.relu();
  for (std::int64_t width = 0; width < 3; ++width) {
    for (int block = 0; block < kBlocks; ++block) {
      const std::string name = "layer" + std::to_string(width + 1) + '.' + std::to_string(block);
      addBlock(model, name, 16LL << width, width > 0 && block == 0 ? 2 : 1);
    }
  }
  model.globalAveragePool();
  model.linear("fc", outputs);
  return std::move(model).build();
}

}  // namespace

ModelKind resNetKind() {
  return {"resnet",
          "ResNet",
          "ResNet-8 with batch norm; images of any size from 8 x 8, made for colour of 32 x 32",
          {{3, 32, 32}},
          make};
}

}  // namespace training
