// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <optional>

#include "training/data/image_transforms.h"

namespace training {
namespace {

std::uint32_t numberAt(std::string_view bytes, std::size_t place, std::size_t size,
                       bool bigEndian) {
  std::uint32_t number = 0;
  if (place > bytes.size() || size > bytes.size() - place) return 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t at = place + (bigEndian ? i : size - 1 - i);
    number = number << 8U | static_cast<unsigned char>(bytes[at]);
  }
  return number;
}

/// The TIFF block of a JPEG: in the first APP1 segment that begins with "Exif".
std::string_view tiffOfJpeg(std::string_view bytes) {
  constexpr std::uint32_t kApp1 = 0xe1;
  constexpr std::uint32_t kStartOfScan = 0xda;
  std::size_t place = 2;
  while (place + 4 <= bytes.size() && bytes[place] == '\xff') {
    const std::uint32_t marker = numberAt(bytes, place + 1, 1, true);
    if (marker == 0xff) {  // a fill byte
      ++place;
      continue;
    }
    if (marker == kStartOfScan) break;
    const std::uint32_t length = numberAt(bytes, place + 2, 2, true);
    if (length < 2 || length > bytes.size() - place - 2) break;
    const std::string_view content = bytes.substr(place + 4, length - 2);
    constexpr std::string_view kExif("Exif\0\0", 6);
    if (marker == kApp1 && content.starts_with(kExif)) return content.substr(kExif.size());
    place += 2 + length;
  }
  return {};
}

std::string_view tiffOfPng(std::string_view bytes) {
  std::size_t place = 8;
  while (place + 12 <= bytes.size()) {
    const std::uint32_t length = numberAt(bytes, place, 4, true);
    if (length > bytes.size() - place - 12) break;
    if (bytes.substr(place + 4, 4) == "eXIf") return bytes.substr(place + 8, length);
    place += 12 + std::size_t{length};
  }
  return {};
}

}  // namespace

int exifOrientation(std::string_view bytes) noexcept {
  constexpr std::uint32_t kOrientation = 0x0112;
  constexpr std::uint32_t kShort = 3;
  constexpr std::size_t kEntryBytes = 12;
  std::string_view tiff;
  if (bytes.starts_with("\xff\xd8")) tiff = tiffOfJpeg(bytes);
  if (bytes.starts_with("\x89PNG")) tiff = tiffOfPng(bytes);
  const bool big = tiff.starts_with("MM");
  if (!big && !tiff.starts_with("II")) return 1;
  if (numberAt(tiff, 2, 2, big) != 42) return 1;
  const std::size_t directory = numberAt(tiff, 4, 4, big);
  const std::uint32_t entries = numberAt(tiff, directory, 2, big);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t place = directory + 2 + i * kEntryBytes;
    if (place > tiff.size()) break;
    if (numberAt(tiff, place, 2, big) != kOrientation) continue;
    const std::uint32_t value = numberAt(tiff, place + 8, 2, big);
    const bool valid = numberAt(tiff, place + 2, 2, big) == kShort && value >= 1 && value <= 8;
    return valid ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace training
