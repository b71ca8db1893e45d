// SPDX-License-Identifier: GPL-3.0-or-later
// make_tiny FILE: wrote tiny.pt, the calls of TrainDeck 0.1 on the model of checkpoint_states.h,
// with LibTorch 1.13.1. Not part of the build. tiny_saved_by_python.pt is
// torch.jit.load(FILE).save(...) of torch 2.13.0; conv_net.pt is a model.pt of TrainDeck 0.1,
// stopped while it fine-tuned.
#include <torch/serialize.h>
#include <torch/torch.h>
using torch::serialize::OutputArchive;
int main(int, char** argv) {
  OutputArchive archive;
  archive.write("format", c10::IValue(std::string("TrainDeck ConvNet checkpoint 1")));
  for (const char* part : {"model", "momentum_buffers"}) {
    const bool model = std::string(part) == "model";
    OutputArchive flat(archive.compilation_unit()), layer(archive.compilation_unit());
    const at::Tensor weight = at::arange(12, at::kFloat).reshape({2, 3, 1, 2});
    const at::Tensor bias = at::arange(2, at::kFloat);
    layer.write("weight", (model ? weight + 0.1 : weight / -3).contiguous());
    layer.write("bias", model ? bias + 100.5 : bias * -7.25);
    flat.write("a", layer);
    archive.write(part, flat);
  }
  archive.write("phase", c10::IValue(int64_t{1}));
  archive.write("seed", c10::IValue(int64_t{-2}));
  archive.write("epoch", c10::IValue(int64_t{3}));
  archive.write("batch", c10::IValue(int64_t{17}));
  archive.write("step", c10::IValue(int64_t{12345678901}));
  archive.write("loss_sum", c10::IValue(0.1 + 0.2));
  archive.write("correct", c10::IValue(int64_t{300}));
  archive.write("samples", c10::IValue(int64_t{70000}));
  archive.write("learning_rate", c10::IValue(0.123));
  archive.write("momentum", c10::IValue(0.456));
  archive.write("weight_decay", c10::IValue(0.0));
  archive.write("histogram_interval", c10::IValue(int64_t{42}));
  archive.write("accuracy_after_training", c10::IValue(0.8612));
  archive.write("accuracy_after_fine_tuning", c10::IValue(-1.0));
  archive.write("batch_size", c10::IValue(int64_t{64}));
  archive.write("train_images", c10::IValue(int64_t{60000}));
  archive.save_to(argv[1]);
}
