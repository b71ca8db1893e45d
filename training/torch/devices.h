// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace training {

/// "1.13.1"
[[nodiscard]] std::string torchVersion();
/// "cpu" first, then the others that this LibTorch can use on this machine, as it names them:
/// "cuda:0", "cuda:1", "mps", "xpu:0", ... LibTorch before 2.7 tells of CUDA and MPS alone.
[[nodiscard]] std::vector<std::string> torchDevices();

}  // namespace training
