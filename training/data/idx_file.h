// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "eventio/result.h"

namespace training {

/// The header of an IDX file of unsigned bytes: two zero bytes, type 0x08, the number of
/// dimensions, each dimension's size as a big-endian 32-bit number.
struct IdxHeader {
  std::vector<std::int64_t> sizes;
};

struct IdxFile {
  IdxHeader header;
  std::vector<std::uint8_t>
      values;  ///< as many as the product of the sizes, the last running fastest
};

/// Reads a plain or gzip-compressed IDX file of `dimensions` dimensions. An error names file,
/// offset (in the unpacked bytes) and reason; memory is never taken for more than the file holds.
[[nodiscard]] eventio::Result<IdxFile> readIdxFile(const std::filesystem::path& file,
                                                   std::size_t dimensions);

/// The header alone.
[[nodiscard]] eventio::Result<IdxHeader> readIdxHeader(const std::filesystem::path& file,
                                                       std::size_t dimensions);

}  // namespace training
