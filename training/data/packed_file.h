// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "eventio/base/result.h"

struct gzFile_s;

namespace training {

/// A file's bytes in order, unpacked when its content is gzip-compressed, whatever its name.
/// Offsets count unpacked bytes. Only regular files open.
class PackedFile {
 public:
  [[nodiscard]] static eventio::Result<PackedFile> open(const std::filesystem::path& path);

  /// More than this cannot follow: the file's size, times what deflate can gain at most where it is
  /// packed.
  [[nodiscard]] std::uint64_t maxContent() const noexcept { return m_maxContent; }

  /// Fewer bytes than asked for only at the end.
  [[nodiscard]] eventio::Result<std::size_t> read(std::span<std::uint8_t> out);

  /// Appends the next `size` bytes to `out`; fewer only at the end. Memory is taken for no more
  /// than what is there, by and by.
  [[nodiscard]] eventio::Result<std::uint64_t> append(std::uint64_t size,
                                                      std::vector<std::uint8_t>& out);

  [[nodiscard]] std::uint64_t offset() const noexcept { return m_offset; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
  /// kCorrupt: "PATH: offset N: WHY".
  [[nodiscard]] tl::unexpected<eventio::Error> corrupt(std::uint64_t offset,
                                                       eventio::Message why) const;
  /// As above; `why` is a literal with a place (%1 to %9) for each argument.
  template <class... Arguments>
  [[nodiscard]] tl::unexpected<eventio::Error> corrupt(
      std::uint64_t offset, eventio::MessageText<sizeof...(Arguments)> why,
      Arguments&&... arguments) const {
    return corrupt(offset, eventio::Message(why, std::forward<Arguments>(arguments)...));
  }

 private:
  struct Close {
    void operator()(gzFile_s* file) const noexcept;
  };

  PackedFile(std::filesystem::path path, gzFile_s* file, std::uint64_t maxContent);
  [[nodiscard]] tl::unexpected<eventio::Error> failure(std::size_t got) const;

  std::filesystem::path m_path;
  std::unique_ptr<gzFile_s, Close> m_file;
  std::uint64_t m_offset = 0;
  std::uint64_t m_maxContent = 0;
};

/// The whole file, unpacked. kUnsupported where it is larger than the memory that is free.
[[nodiscard]] eventio::Result<std::vector<std::uint8_t>> readWholeFile(
    const std::filesystem::path& path);

}  // namespace training
