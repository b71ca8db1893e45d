// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/idx_file.h"

#include <array>
#include <optional>
#include <span>
#include <string>

#include "training/data/packed_file.h"

namespace training {
namespace {

using eventio::Result;

constexpr std::uint64_t kMaxContent = 1ULL << 40;
constexpr std::size_t kMaxDimensions = 4;

std::optional<NumberType> typeOf(std::uint8_t code) {
  switch (code) {
    case 0x08:
      return NumberType::kUint8;
    case 0x09:
      return NumberType::kInt8;
    case 0x0b:
      return NumberType::kInt16;
    case 0x0c:
      return NumberType::kInt32;
    case 0x0d:
      return NumberType::kFloat32;
    case 0x0e:
      return NumberType::kFloat64;
    default:
      return std::nullopt;
  }
}

/// Type and number of dimensions.
Result<IdxHeader> readStart(PackedFile& file) {
  std::array<std::uint8_t, 4> start{};
  const Result<std::size_t> got = file.read(start);
  if (!got) return tl::unexpected(got.error());
  if (*got == 0) return file.corrupt(0, "the file is empty");
  if (start[0] != 0 || start[1] != 0) {
    return file.corrupt(0, "not an IDX file: it does not begin with two zero bytes");
  }
  if (*got < start.size()) return file.corrupt(*got, "the header breaks off");
  const std::optional<NumberType> type = typeOf(start[2]);
  if (!type) {
    return file.corrupt(2, "type %1 of values, which IDX does not have (8, 9, 11 to 14)", start[2]);
  }
  if (start[3] == 0 || start[3] > kMaxDimensions) {
    return file.corrupt(3, "%1 dimensions; 1 to 4 can be read", start[3]);
  }
  return IdxHeader{*type, std::vector<std::int64_t>(start[3])};
}

Result<IdxHeader> readHeader(PackedFile& file) {
  Result<IdxHeader> header = readStart(file);
  if (!header) return header;
  std::uint64_t product = bytesOf(header->type);
  for (std::int64_t& size : header->sizes) {
    std::array<std::uint8_t, 4> bytes{};
    const Result<std::size_t> got = file.read(bytes);
    if (!got) return tl::unexpected(got.error());
    if (*got < bytes.size()) {
      return file.corrupt(file.offset(), "the header breaks off; it has %1 bytes", header->bytes());
    }
    const std::uint64_t extent = std::uint64_t{bytes[0]} << 24U | std::uint64_t{bytes[1]} << 16U |
                                 std::uint64_t{bytes[2]} << 8U | bytes[3];
    const std::uint64_t place = file.offset() - bytes.size();
    if (extent == 0) return file.corrupt(place, "a dimension of size 0");
    if (extent > kMaxContent / product) return file.corrupt(place, "sizes too large to be true");
    product *= extent;
    size = static_cast<std::int64_t>(extent);
  }
  return header;
}

}  // namespace

std::uint64_t IdxHeader::values() const noexcept {
  std::uint64_t product = 1;
  for (const std::int64_t size : sizes) product *= static_cast<std::uint64_t>(size);
  return product;
}

Result<IdxHeader> readIdxHeader(const std::filesystem::path& file) {
  return PackedFile::open(file).and_then([](PackedFile opened) { return readHeader(opened); });
}

Result<NumberArray> readIdxFile(const std::filesystem::path& path) {
  Result<PackedFile> file = PackedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const Result<IdxHeader> header = readHeader(*file);
  if (!header) return tl::unexpected(header.error());
  const std::size_t width = bytesOf(header->type);
  const std::uint64_t count = header->values();
  NumberArray array{header->type, true, header->sizes, {}};
  const Result<std::uint64_t> got = file->append(count * width, array.bytes);
  if (!got) return tl::unexpected(got.error());
  if (*got < count * width) {
    return file->corrupt(file->offset(), "the values break off: %1 of %2", *got / width, count);
  }
  std::array<std::uint8_t, 1> more{};
  const Result<std::size_t> rest = file->read(more);
  if (!rest) return tl::unexpected(rest.error());
  if (*rest > 0) {
    return file->corrupt(file->offset() - 1, "more bytes than the header's %1 values", count);
  }
  return array;
}

}  // namespace training
