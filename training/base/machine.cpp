// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/base/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace training {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxCpus = 1 << 16;
constexpr double kNoLimit = std::numeric_limits<double>::infinity();

int coresOfAffinity() {
  // The system refuses a mask that is smaller than its own.
  for (int size = CPU_SETSIZE; size <= kMaxCpus; size *= 2) {
    std::vector<cpu_set_t> mask(static_cast<std::size_t>(size / CPU_SETSIZE));
    const std::size_t bytes = mask.size() * sizeof(cpu_set_t);
    if (sched_getaffinity(0, bytes, mask.data()) == 0) return CPU_COUNT_S(bytes, mask.data());
  }
  return static_cast<int>(std::thread::hardware_concurrency());
}

std::optional<double> numberIn(std::istream& stream) {
  double value = 0;
  return stream >> value ? std::optional(value) : std::nullopt;  // "max" is no number
}

double ratio(std::optional<double> quota, std::optional<double> period) {
  return quota && period && *quota > 0 && *period > 0 ? *quota / *period : kNoLimit;
}

/// One resource that a control group limits: where both versions keep the limit, and how it is
/// read.
struct Limit {
  const char* controller;  // of version 1
  double (*ofV2)(const fs::path&);
  double (*ofV1)(const fs::path&);
};

constexpr Limit kCpu{"cpu",
                     [](const fs::path& group) {
                       std::ifstream file(group / "cpu.max");  // "QUOTA PERIOD" or "max PERIOD"
                       const std::optional<double> quota = numberIn(file);
                       return ratio(quota, numberIn(file));
                     },
                     [](const fs::path& group) {
                       std::ifstream quota(group / "cpu.cfs_quota_us");  // -1: none
                       std::ifstream period(group / "cpu.cfs_period_us");
                       return ratio(numberIn(quota), numberIn(period));
                     }};

constexpr Limit kMemory{"memory",
                        [](const fs::path& group) {
                          std::ifstream file(group / "memory.max");
                          return numberIn(file).value_or(kNoLimit);
                        },
                        [](const fs::path& group) {
                          std::ifstream file(group / "memory.limit_in_bytes");
                          return numberIn(file).value_or(kNoLimit);
                        }};

/// The least of a group and all above it. In a container the group's own folder is often the
/// mount's root, whatever its name is outside.
double leastOf(double (*limitOf)(const fs::path&), const fs::path& mount,
               const std::string& group) {
  double least = limitOf(mount);
  fs::path path = mount;
  for (const fs::path& part : fs::path(group).relative_path()) {
    if (part == "..") return least;
    path /= part;
    least = std::min(least, limitOf(path));
  }
  return least;
}

double groupLimit(const Limit& limit, const fs::path& root) {
  const fs::path mounts = root / "sys/fs/cgroup";
  const std::string wanted = std::string(",") + limit.controller + ",";
  std::ifstream groups(root / "proc/self/cgroup");
  double least = kNoLimit;
  for (std::string line; std::getline(groups, line);) {  // "ID:CONTROLLERS:PATH"
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    if (controllers.empty()) {
      least = std::min(least, leastOf(limit.ofV2, mounts, group));
      least = std::min(least, leastOf(limit.ofV2, mounts / "unified", group));
    } else if (("," + controllers + ",").find(wanted) != std::string::npos) {
      least = std::min(least, leastOf(limit.ofV1, mounts / controllers, group));
      least = std::min(least, leastOf(limit.ofV1, mounts / limit.controller, group));
    }
  }
  return least;
}

/// Free and reclaimable memory with swap, from lines such as "MemAvailable:   123 kB".
double freeMemory(const fs::path& root) {
  std::ifstream file(root / "proc/meminfo");
  double kilobytes = 0;
  bool known = false;
  for (std::string name; file >> name;) {
    const double value = numberIn(file).value_or(0);
    if (name == "MemAvailable:") known = true;
    if (name == "MemAvailable:" || name == "SwapFree:") kilobytes += value;
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return known ? kilobytes * 1024 : kNoLimit;
}

double freeAddressSpace(const fs::path& root) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  std::ifstream file(root / "proc/self/statm");
  const double used = numberIn(file).value_or(0) * static_cast<double>(sysconf(_SC_PAGESIZE));
  return std::max(static_cast<double>(limit.rlim_cur) - used, 0.0);
}

std::uint64_t wholeBytes(double bytes) {
  return bytes < 1e18 ? static_cast<std::uint64_t>(bytes)
                      : std::numeric_limits<std::uint64_t>::max();
}

}  // namespace

int availableCores(const fs::path& root) {
  const double quota = std::clamp(groupLimit(kCpu, root), 1.0, static_cast<double>(kMaxCpus));
  return std::max(std::min(coresOfAffinity(), static_cast<int>(quota)), 1);
}

std::uint64_t availableMemory(const fs::path& root) {
  return wholeBytes(
      std::min({freeMemory(root), groupLimit(kMemory, root), freeAddressSpace(root)}));
}

std::uint64_t availableAddressSpace(const fs::path& root) {
  return wholeBytes(freeAddressSpace(root));
}

}  // namespace training
