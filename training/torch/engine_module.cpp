// SPDX-License-Identifier: GPL-3.0-or-later
#include <string_view>

#include "training/control/engine_factory.h"
#include "training/torch/torch_engine.h"

extern "C" __attribute__((visibility("default"))) void* traindeckEngine(const char* version) {
  static training::TorchEngine engine;
  if (std::string_view(version) != TRAINDECK_VERSION) return nullptr;
  return static_cast<training::TrainingEngine*>(&engine);
}
