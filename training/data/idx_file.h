// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "eventio/base/result.h"
#include "training/data/number_array.h"

namespace training {

/// The header of an IDX file: two zero bytes, the type of the values (8: unsigned byte, 9: signed
/// byte, 11: 16-bit, 12: 32-bit integer, 13: float, 14: double), the number of dimensions, each
/// dimension's size as a big-endian 32-bit number.
struct IdxHeader {
  NumberType type = NumberType::kUint8;
  std::vector<std::int64_t> sizes;

  [[nodiscard]] std::uint64_t bytes() const noexcept { return 4 + 4 * sizes.size(); }
  [[nodiscard]] std::uint64_t values() const noexcept;
};

/// Reads a plain or gzip-compressed IDX file. An error names file, offset (in the unpacked bytes)
/// and reason; memory is never taken for more than the file holds.
[[nodiscard]] eventio::Result<NumberArray> readIdxFile(const std::filesystem::path& file);

/// The header alone.
[[nodiscard]] eventio::Result<IdxHeader> readIdxHeader(const std::filesystem::path& file);

}  // namespace training
