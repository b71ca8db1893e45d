// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/npy_array.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "training/base/byte_reader.h"
#include "training/base/quoted_name.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::MessageText;
using eventio::Result;

constexpr std::uint64_t kMaxContent = 1ULL << 40;
constexpr std::size_t kMaxDimensions = 4;

template <class... Arguments>
tl::unexpected<eventio::Error> corrupt(std::uint64_t offset, MessageText<sizeof...(Arguments)> why,
                                       Arguments&&... arguments) {
  return makeError(ErrorCode::kCorrupt, "offset %1: %2", offset,
                   Message(why, std::forward<Arguments>(arguments)...));
}

std::string_view withoutBlanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

/// What stands behind 'KEY': in the header's Python dictionary, up to `end` where that is given.
std::optional<std::string_view> valueOf(std::string_view dictionary, const std::string& key,
                                        char end) {
  std::size_t place = dictionary.find("'" + key + "'");
  if (place == std::string_view::npos) return std::nullopt;
  place = dictionary.find(':', place + key.size() + 2);
  if (place == std::string_view::npos) return std::nullopt;
  const std::string_view rest = dictionary.substr(place + 1);
  const std::size_t last = rest.find(end);
  if (last == std::string_view::npos) return std::nullopt;
  return withoutBlanks(rest.substr(0, last));
}

bool takeType(std::string_view text, NpyHeader& header) {
  if (text.size() < 4 || text.front() != '\'' || text.back() != '\'') return false;
  text = text.substr(1, text.size() - 2);
  const char order = text.front();
  if (order != '<' && order != '>' && order != '|') return false;
  header.bigEndian = order == '>';
  struct Known {
    std::string_view name;
    NumberType type;
  };
  constexpr std::array<Known, 9> kKnown = {{{"u1", NumberType::kUint8},
                                            {"b1", NumberType::kInt8},
                                            {"i1", NumberType::kInt8},
                                            {"u2", NumberType::kUint16},
                                            {"i2", NumberType::kInt16},
                                            {"i4", NumberType::kInt32},
                                            {"i8", NumberType::kInt64},
                                            {"f4", NumberType::kFloat32},
                                            {"f8", NumberType::kFloat64}}};
  for (const Known& known : kKnown) {
    if (text.substr(1) != known.name) continue;
    header.type = known.type;
    return order != '|' || bytesOf(known.type) == 1;
  }
  return false;
}

/// "(3, 28, 28" or "(3,".
Result<void> takeSizes(std::string_view text, std::size_t place, NpyHeader& header) {
  if (text.empty() || text.front() != '(') return corrupt(place, "a damaged shape");
  text.remove_prefix(1);
  std::uint64_t product = bytesOf(header.type);
  while (!(text = withoutBlanks(text)).empty()) {
    std::uint64_t size = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (code != std::errc{}) return corrupt(place, "a damaged shape");
    if (size == 0) return corrupt(place, "a dimension of size 0");
    if (size > kMaxContent / product) return corrupt(place, "sizes too large to be true");
    product *= size;
    header.sizes.push_back(static_cast<std::int64_t>(size));
    text = withoutBlanks(text.substr(static_cast<std::size_t>(end - text.data())));
    if (text.empty()) break;
    if (text.front() != ',') return corrupt(place, "a damaged shape");
    text.remove_prefix(1);
  }
  if (!header.sizes.empty() && header.sizes.size() <= kMaxDimensions) return {};
  return corrupt(place, "%1 dimensions; 1 to 4 can be read", header.sizes.size());
}

/// Where the dictionary begins and how long it is.
Result<std::pair<std::size_t, std::size_t>> findDictionary(std::string_view start) {
  ByteReader reader(start);
  const auto magic = reader.take(6);
  if (!magic || *magic != "\x93NUMPY") return corrupt(0, "not a .npy file");
  const auto major = reader.number<std::uint8_t>();
  const auto minor = reader.number<std::uint8_t>();
  if (!major || !minor) return corrupt(start.size(), "the header breaks off");
  if (*major < 1 || *major > 3) {
    return corrupt(6, "version %1 of the format; 1 to 3 can be read", *major);
  }
  std::optional<std::uint32_t> length;
  if (*major > 1) {
    length = reader.number<std::uint32_t>();
  } else if (const auto shortLength = reader.number<std::uint16_t>()) {
    length = *shortLength;
  }
  if (!length) return corrupt(start.size(), "the header breaks off");
  if (*length > kMaxNpyHeader) return corrupt(8, "a header too large to be true");
  const std::size_t place = start.size() - reader.left();
  if (*length > reader.left()) return corrupt(start.size(), "the header breaks off");
  return std::pair<std::size_t, std::size_t>{place, *length};
}

/// The values of an array in Fortran order in C order.
std::vector<std::uint8_t> toCOrder(std::string_view values, std::span<const std::int64_t> sizes,
                                   std::size_t width) {
  std::vector<std::uint8_t> out(values.size());
  std::vector<std::size_t> strides(sizes.size());
  std::size_t stride = width;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    strides[i] = stride;
    stride *= static_cast<std::size_t>(sizes[i]);
  }
  std::vector<std::int64_t> index(sizes.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < out.size(); to += width) {
    std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(from), width,
                out.begin() + static_cast<std::ptrdiff_t>(to));
    for (std::size_t i = sizes.size(); i-- > 0;) {
      from += strides[i];
      if (++index[i] < sizes[i]) break;
      from -= strides[i] * static_cast<std::size_t>(sizes[i]);
      index[i] = 0;
    }
  }
  return out;
}

/// `type` as the header has it: "'<U7'".
Message unreadableType(std::string_view type) {
  std::string_view name = type;
  if (name.size() >= 2 && name.front() == '\'') name = name.substr(1, name.size() - 2);
  if (name.find_first_of("US") != std::string_view::npos) {
    return {"texts (%1); write class labels as whole numbers from 0", quotedName(name)};
  }
  return {"values of type %1; u1, i1, u2, i2, i4, i8, f4, f8 and b1 can be read", quotedName(name)};
}

}  // namespace

std::uint64_t NpyHeader::values() const noexcept {
  std::uint64_t product = 1;
  for (const std::int64_t size : sizes) product *= static_cast<std::uint64_t>(size);
  return product;
}

Result<NpyHeader> readNpyHeader(std::string_view start, std::uint64_t whole) {
  const auto found = findDictionary(start);
  if (!found) return tl::unexpected(found.error());
  const auto [place, length] = *found;
  const std::string_view dictionary = start.substr(place, length);
  const auto type = valueOf(dictionary, "descr", ',');
  const auto order = valueOf(dictionary, "fortran_order", ',');
  const auto shape = valueOf(dictionary, "shape", ')');
  if (!type || !order || !shape) {
    return corrupt(place, "the header names no descr, fortran_order or shape");
  }
  NpyHeader header;
  if (!takeType(*type, header)) {
    return makeError(ErrorCode::kUnsupported, "offset %1: %2", place, unreadableType(*type));
  }
  if (*order != "True" && *order != "False") return corrupt(place, "a damaged fortran_order");
  header.fortranOrder = *order == "True";
  header.bytes = place + length;
  if (const auto taken = takeSizes(*shape, place, header); !taken) {
    return tl::unexpected(taken.error());
  }
  const std::uint64_t needed = header.values() * bytesOf(header.type);
  if (whole - std::min<std::uint64_t>(whole, header.bytes) == needed) return header;
  return corrupt(header.bytes, "%1 bytes of values where the header names %2",
                 whole - std::min<std::uint64_t>(whole, header.bytes), needed);
}

Result<NumberArray> readNpy(std::string_view file) {
  const Result<NpyHeader> header = readNpyHeader(file, file.size());
  if (!header) return tl::unexpected(header.error());
  const std::string_view values = file.substr(header->bytes);
  NumberArray array{header->type, header->bigEndian, header->sizes, {}};
  if (header->fortranOrder && header->sizes.size() > 1) {
    array.bytes = toCOrder(values, header->sizes, bytesOf(header->type));
  } else {
    array.bytes.assign(values.begin(), values.end());
  }
  return array;
}

}  // namespace training
