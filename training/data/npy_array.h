// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "eventio/base/result.h"
#include "training/data/number_array.h"

namespace training {

/// What the header of a .npy file holds.
struct NpyHeader {
  NumberType type = NumberType::kUint8;
  bool bigEndian = false;
  bool fortranOrder = false;
  std::vector<std::int64_t> sizes;
  std::size_t bytes = 0;  ///< of the header: where the values begin

  [[nodiscard]] std::uint64_t values() const noexcept;
};

/// Most bytes of a header that are read.
inline constexpr std::size_t kMaxNpyHeader = std::size_t{1} << 16;

/// Reads the header of NumPy's format (numpy.lib.format, versions 1 to 3) from the first bytes of a
/// file: types u1, i1, u2, i2, i4, i8, f4, f8 in either byte order and b1. `whole` says how long
/// the file is; an Error without its name states offset and reason, also where the values that the
/// header names are more or fewer than follow.
[[nodiscard]] eventio::Result<NpyHeader> readNpyHeader(std::string_view start, std::uint64_t whole);

/// The whole file; values in Fortran order are put into C order, last size running fastest.
[[nodiscard]] eventio::Result<NumberArray> readNpy(std::string_view file);

}  // namespace training
