// SPDX-License-Identifier: GPL-3.0-or-later
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>

#include "training/base/machine.h"
#include "training/control/engine.h"
#include "training/control/engine_factory.h"

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

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;
/// Of LibTorch's libraries and what their initialisers take: Debian's LibTorch 1.13, measured.
constexpr std::uint64_t kEngineAddressSpace = 544 * kMebibyte;

std::uint64_t threadStackBytes() {
  constexpr std::uint64_t kUsual = 8 * kMebibyte;
  rlimit limit = {};
  const bool known = getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return known ? limit.rlim_cur : kUsual;
}

/// LibTorch starts a thread for each core and does not survive that one cannot be started: it waits
/// for it for ever, or ends the process.
Result<void> checkAddressSpace() {
  const auto cores = static_cast<std::uint64_t>(std::max(sysconf(_SC_NPROCESSORS_ONLN), 1L));
  const std::uint64_t needed = kEngineAddressSpace + cores * threadStackBytes();
  const std::uint64_t left = availableAddressSpace();
  if (left >= needed) return {};
  return makeError(
      ErrorCode::kUnsupported,
      "The training engine cannot be loaded: it needs %1 MiB of address space, and its limit "
      "leaves %2 MiB; raise the limit (ulimit -v)",
      needed / kMebibyte, left / kMebibyte);
}

Result<TrainingEngine*> openModule() {
  const std::optional<fs::path> file = findModule();
  if (!file) {
    return makeError(ErrorCode::kNotFound,
                     "This TrainDeck was built or installed without %1, its training engine: runs "
                     "can be viewed, not trained",
                     kModule);
  }
  if (const Result<void> enough = checkAddressSpace(); !enough) {
    return tl::unexpected(enough.error());
  }
  // Its symbols stay its own, so that LibTorch's protobuf never meets the program's. Not closed
  // again: LibTorch does not survive that.
  void* const module = dlopen(file->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) {
    return makeError(ErrorCode::kUnsupported, "The training engine cannot be loaded: %1",
                     dlerror());
  }
  using Factory = void* (*)(const char*);
  const auto factory = reinterpret_cast<Factory>(dlsym(module, kEngineFactory));
  void* const engine = factory != nullptr ? factory(TRAINDECK_VERSION) : nullptr;
  if (engine == nullptr) {
    return makeError(ErrorCode::kUnsupported,
                     "%1 belongs to another version of TrainDeck: install both anew", *file);
  }
  return static_cast<TrainingEngine*>(engine);
}

}  // namespace

Result<TrainingEngine*> loadEngine() {
  static const Result<TrainingEngine*> engine = openModule();
  return engine;
}

}  // namespace training
