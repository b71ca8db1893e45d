// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

/// What this process may use of the machine. `root` stands for "/" in front of the system's files
/// (proc/self/cgroup, proc/meminfo, sys/fs/cgroup). Control groups of both versions count, with all
/// groups above the process's own.
namespace training {

/// What is said where memory runs out while a run trains.
inline constexpr const char* kOutOfMemoryAdvice =
    "There is not enough memory to go on; a smaller batch size or data set, or fewer threads, need "
    "less";

/// Cores of this thread's affinity mask (taskset, cpuset), at most the CPU quota of its control
/// groups rounded down; at least 1.
[[nodiscard]] int availableCores(const std::filesystem::path& root = "/");

/// Bytes that can still be had: free or reclaimable memory and swap, at most the control groups'
/// memory limit and what the limit of the address space (ulimit -v) leaves; the largest number
/// where nothing is known.
[[nodiscard]] std::uint64_t availableMemory(const std::filesystem::path& root = "/");

/// Bytes that the limit of the address space (ulimit -v) leaves this process; the largest number
/// where there is none.
[[nodiscard]] std::uint64_t availableAddressSpace(const std::filesystem::path& root = "/");

}  // namespace training
