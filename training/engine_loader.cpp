// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

#include "training/engine.h"
#include "training/engine_factory.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr const char* kModule = "traindeck_engine.so";

/// Beside the program (build tree), or where it was installed to.
std::optional<fs::path> findModule() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return std::nullopt;
  const fs::path folder = program.parent_path();
  for (const fs::path& candidate : {folder / kModule, folder / TRAINDECK_MODULE_FOLDER / kModule}) {
    if (fs::is_regular_file(candidate, error)) return candidate;
  }
  return std::nullopt;
}

Result<TrainingEngine*> openModule() {
  const std::optional<fs::path> file = findModule();
  if (!file) {
    return makeError(ErrorCode::kNotFound,
                     std::string("This TrainDeck was built or installed without ") + kModule +
                         ", its training engine: runs can be viewed, not trained");
  }
  // Its symbols stay its own, so that LibTorch's protobuf never meets the program's. Not closed
  // again: LibTorch does not survive that.
  void* const module = dlopen(file->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return makeError(ErrorCode::kUnsupported,
                     "The training engine cannot be loaded: " + std::string(dlerror()));
  }
  using Factory = void* (*)(const char*);
  const auto factory = reinterpret_cast<Factory>(dlsym(module, kEngineFactory));
  void* const engine = factory != nullptr ? factory(TRAINDECK_VERSION) : nullptr;
  if (engine == nullptr) {
    return makeError(
        ErrorCode::kUnsupported,
        file->string() + " belongs to another version of TrainDeck: install both anew");
  }
  return static_cast<TrainingEngine*>(engine);
}

}  // namespace

Result<TrainingEngine*> loadEngine() {
  static const Result<TrainingEngine*> engine = openModule();
  return engine;
}

}  // namespace training
