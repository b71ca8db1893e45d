// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/torch/devices.h"

#include <ATen/ATen.h>
#include <torch/version.h>

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 7)
#define TRAINDECK_TORCH_ACCELERATOR
#include <ATen/DeviceAccelerator.h>
#endif

namespace training {
namespace {

void addIndexed(std::vector<std::string>& devices, const std::string& kind, int count) {
  for (int i = 0; i < count; ++i) devices.push_back(kind + ":" + std::to_string(i));
}

}  // namespace

std::string torchVersion() {
  return TORCH_VERSION;
}

std::vector<std::string> torchDevices() {
  std::vector<std::string> devices = {"cpu"};
#ifdef TRAINDECK_TORCH_ACCELERATOR
  // The one kind of accelerator that this LibTorch was built for, whichever it is.
  if (const auto kind = at::accelerator::getAccelerator(false)) {
    const std::string name = c10::DeviceTypeName(*kind, true);
    const int count = at::accelerator::deviceCount();
    if (*kind == c10::DeviceType::MPS && count > 0) {
      devices.push_back(name);
    } else {
      addIndexed(devices, name, count);
    }
  }
#else
  if (at::hasCUDA()) addIndexed(devices, "cuda", at::detail::getCUDAHooks().getNumGPUs());
  if (at::hasMPS()) devices.emplace_back("mps");
#endif
  return devices;
}

}  // namespace training
