// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// The only symbol that the module traindeck_engine shows. Returns a training::TrainingEngine* that
/// lives as long as the process, or null when `version` (the program's) is not the module's own:
/// the two share C++ types and must come from one build.
extern "C" void* traindeckEngine(const char* version);

namespace training {
constexpr const char* kEngineFactory = "traindeckEngine";
}
