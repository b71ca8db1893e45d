// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// IDX files made byte by byte.
using Bytes = std::vector<std::uint8_t>;

Bytes idxBytes(const std::vector<std::uint32_t>& sizes, const Bytes& values);
void writeBytes(const std::filesystem::path& file, const Bytes& bytes);
Bytes gzipped(const Bytes& bytes);

/// A data set in MNIST's form with distinguishable classes: class c has a bright bar in row 2c + 4.
void writeDataSet(const std::filesystem::path& folder, std::uint32_t trainCount,
                  std::uint32_t testCount);
