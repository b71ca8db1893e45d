// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

/// The safetensors format (https://github.com/huggingface/safetensors): the header's length as 8
/// bytes little-endian, a JSON header, then the tensors' bytes, each row by row, little-endian.
namespace training {

struct SafetensorsTensor {
  std::string name;
  std::string type;                  ///< as the header has it: "F32"
  std::vector<std::uint64_t> shape;  ///< empty: one value
  std::string_view data;             ///< the values' bytes; not aligned
};

/// The header's `__metadata__`: text to text.
using SafetensorsMetadata = std::map<std::string, std::string>;

struct SafetensorsFile {
  SafetensorsMetadata metadata;
  std::vector<SafetensorsTensor> tensors;  ///< in the order of their data
};

/// What a header may hold before it is refused.
struct SafetensorsLimits {
  std::size_t headerBytes = 1'000'000;
  std::size_t tensors = 10'000;
};

/// Reads the whole of a file; the tensors' data point into `bytes`.
///
/// Accepted is a header within the limits, without a name twice, whose tensors have a known type
/// and as many bytes as type and shape need, and cover the rest of the file without gap or overlap.
/// Everything else is kCorrupt, with what is wrong and no file name.
[[nodiscard]] eventio::Result<SafetensorsFile> readSafetensors(
    std::string_view bytes, const SafetensorsLimits& limits = {});

/// The bytes of a file with these tensors in this order. The data begin at a multiple of 8.
[[nodiscard]] std::string writeSafetensors(std::span<const SafetensorsTensor> tensors,
                                           const SafetensorsMetadata& metadata);

}  // namespace training
