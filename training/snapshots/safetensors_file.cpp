// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/safetensors_file.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "training/base/quoted_name.h"
#include "training/snapshots/safetensors_header.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kAlignment = 8;

std::uint64_t loadLength(std::string_view bytes) {
  std::uint64_t length = 0;
  for (std::size_t i = kLengthBytes; i > 0; --i) {
    length = length << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return length;
}

std::string storeLength(std::uint64_t length) {
  std::string bytes;
  for (std::size_t i = 0; i < kLengthBytes; ++i) {
    bytes += static_cast<char>(length >> (8 * i) & 0xffU);
  }
  return bytes;
}

std::optional<unsigned> bitsOf(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, unsigned>, 22> kBits{{
      {"F4", 4},          {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"BOOL", 8},    {"U8", 8},
      {"I8", 8},          {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
      {"F8_E5M2FNUZ", 8}, {"I16", 16},    {"U16", 16},    {"F16", 16},    {"BF16", 16},
      {"I32", 32},        {"U32", 32},    {"F32", 32},    {"I64", 64},    {"U64", 64},
      {"F64", 64},        {"C64", 64},
  }};
  for (const auto& [name, bits] : kBits) {
    if (name == type) return bits;
  }
  return std::nullopt;
}

/// Bytes that type and shape need; nothing where that is no whole number of bytes, or no number.
std::optional<std::uint64_t> bytesOf(const SafetensorsEntry& entry, unsigned bits) {
  std::uint64_t product = bits;
  for (const std::uint64_t extent : entry.shape) {
    if (__builtin_mul_overflow(product, extent, &product)) return std::nullopt;
  }
  if (product % 8 != 0) return std::nullopt;
  return product / 8;
}

Result<void> checkEntry(const SafetensorsEntry& entry, std::size_t dataBytes) {
  const std::optional<unsigned> bits = bitsOf(entry.type);
  if (!bits) {
    return makeError(ErrorCode::kCorrupt, "%1 has the unknown type %2", quotedName(entry.name),
                     quotedName(entry.type));
  }
  const std::vector<std::uint64_t>& offsets = entry.offsets;
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > dataBytes) {
    return makeError(ErrorCode::kCorrupt, "%1 does not lie within the file",
                     quotedName(entry.name));
  }
  if (bytesOf(entry, *bits) != offsets[1] - offsets[0]) {
    return makeError(ErrorCode::kCorrupt, "%1 has another size than its type and shape need",
                     quotedName(entry.name));
  }
  return {};
}

/// The tensors of entries that are sorted by place; they must cover `data` without gap or overlap.
Result<std::vector<SafetensorsTensor>> placeTensors(std::vector<SafetensorsEntry>& entries,
                                                    std::string_view data) {
  std::vector<SafetensorsTensor> tensors;
  tensors.reserve(entries.size());
  std::uint64_t end = 0;
  for (SafetensorsEntry& entry : entries) {
    const std::uint64_t begin = entry.offsets[0];
    if (begin != end) {
      return makeError(ErrorCode::kCorrupt, "%1 leaves a gap or overlaps its neighbour",
                       quotedName(entry.name));
    }
    end = entry.offsets[1];
    tensors.push_back({std::move(entry.name), std::move(entry.type), std::move(entry.shape),
                       data.substr(begin, end - begin)});
  }
  if (end != data.size()) {
    return makeError(ErrorCode::kCorrupt, "it is longer than its tensors are");
  }
  return tensors;
}

}  // namespace

Result<SafetensorsFile> readSafetensors(std::string_view bytes, const SafetensorsLimits& limits) {
  if (bytes.size() < kLengthBytes) return makeError(ErrorCode::kCorrupt, "it is too short");
  if (bytes.size() == kLengthBytes || bytes[kLengthBytes] != '{') {
    return makeError(ErrorCode::kCorrupt, "it is not a safetensors file");
  }
  const std::uint64_t length = loadLength(bytes);
  const std::string_view rest = bytes.substr(kLengthBytes);
  if (length > rest.size() || length > limits.headerBytes) {
    return makeError(ErrorCode::kCorrupt, "its header has a length that cannot be");
  }
  Result<SafetensorsHeader> header = parseSafetensorsHeader(rest.substr(0, length), limits);
  if (!header) return tl::unexpected(header.error());
  const std::string_view data = rest.substr(length);
  std::vector<SafetensorsEntry>& entries = header->entries;
  for (const SafetensorsEntry& entry : entries) {
    if (const auto checked = checkEntry(entry, data.size()); !checked) {
      return tl::unexpected(checked.error());
    }
  }
  // By end, too: an empty tensor lies before the one that begins at its place.
  std::sort(
      entries.begin(), entries.end(),
      [](const SafetensorsEntry& a, const SafetensorsEntry& b) { return a.offsets < b.offsets; });
  auto tensors = placeTensors(entries, data);
  if (!tensors) return tl::unexpected(tensors.error());
  return SafetensorsFile{std::move(header->metadata), std::move(*tensors)};
}

std::string writeSafetensors(std::span<const SafetensorsTensor> tensors,
                             const SafetensorsMetadata& metadata) {
  nlohmann::ordered_json header;
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t end = 0;
  for (const SafetensorsTensor& tensor : tensors) {
    const std::size_t begin = std::exchange(end, end + tensor.data.size());
    header[tensor.name] = {
        {"dtype", tensor.type}, {"shape", tensor.shape}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
  std::string bytes = storeLength(text.size()) + text;
  bytes.reserve(bytes.size() + end);
  for (const SafetensorsTensor& tensor : tensors) bytes += tensor.data;
  return bytes;
}

}  // namespace training
