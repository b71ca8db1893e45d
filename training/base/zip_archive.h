// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

namespace training {

/// One file of a zip, as its central directory has it.
struct ZipEntry {
  std::string name;
  std::uint16_t method = 0;      ///< 0: stored, 8: deflated
  std::uint32_t crc = 0;         ///< CRC-32 of the content; 0: not computed
  std::uint64_t size = 0;        ///< of the content
  std::uint64_t localPlace = 0;  ///< where its local header begins
  std::string_view packed;       ///< its bytes in the archive
};

/// The entries of a zip archive (PKWARE's APPNOTE.TXT 6.3.9, with ZIP64), read without copying.
class ZipArchive {
 public:
  /// `bytes` must outlive the archive. kCorrupt, with the reason and no file name, for what is no
  /// whole zip, for entries that overlap, lie outside the file or share a name, for encryption, and
  /// for more than `maxEntries`.
  [[nodiscard]] static eventio::Result<ZipArchive> open(std::string_view bytes,
                                                        std::size_t maxEntries = 10'000);

  [[nodiscard]] std::span<const ZipEntry> entries() const noexcept { return m_entries; }
  /// nullptr when there is none of that name.
  [[nodiscard]] const ZipEntry* find(std::string_view name) const noexcept;

  /// The content of a stored entry, checked against its CRC. kUnsupported for a compressed one.
  [[nodiscard]] static eventio::Result<std::string_view> content(const ZipEntry& entry);

  /// The content of a stored or deflated entry, checked against its size and CRC; its first
  /// `maxBytes` alone, unchecked, where it is longer. Memory is taken for no more than the packed
  /// bytes can hold.
  [[nodiscard]] static eventio::Result<std::string> unpacked(
      const ZipEntry& entry, std::uint64_t maxBytes = std::uint64_t(-1));

 private:
  std::vector<ZipEntry> m_entries;  ///< in the order of the central directory
};

}  // namespace training
