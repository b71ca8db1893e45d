// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/message.h"
#include "tests/training/idx_files.h"

/// Bytes of files as their formats' descriptions have them, written without the readers' code.

inline Bytes bytesOfText(std::string_view text) {
  return {text.begin(), text.end()};
}

inline void put(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}

inline void putNumber(Bytes& bytes, std::uint64_t value, int size, bool bigEndian = false) {
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> 8 * (bigEndian ? size - 1 - i : i)));
  }
}

inline std::vector<std::string> english(const std::vector<eventio::Message>& messages) {
  std::vector<std::string> texts;
  for (const eventio::Message& message : messages) texts.push_back(message.english());
  return texts;
}

/// Loads `path` after every truncation of `file` and after each of its bytes was changed in three
/// ways, steps of `stride` apart. Each must end in data or in an Error that names a path under
/// `path`; the file is put back.
void expectNoDamageCrashes(const std::filesystem::path& path, const std::filesystem::path& file,
                           std::size_t stride = 1);
