// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "eventio/base/input_file.h"

/// An InputFile in memory that counts the largest read it was asked for.
class MemoryFile : public eventio::InputFile {
 public:
  explicit MemoryFile(std::string bytes = {}) : m_bytes(std::move(bytes)) {}

  std::string& bytes() { return m_bytes; }
  [[nodiscard]] std::size_t largestRead() const { return m_largestRead; }

  tl::expected<std::size_t, eventio::SystemError> readAt(std::uint64_t offset, char* out,
                                                         std::size_t size) override {
    m_largestRead = std::max(m_largestRead, size);
    if (offset >= m_bytes.size()) return 0;
    const std::size_t count = std::min<std::size_t>(size, m_bytes.size() - offset);
    std::memcpy(out, m_bytes.data() + offset, count);
    return count;
  }
  tl::expected<eventio::FileState, eventio::SystemError> state() override {
    return eventio::FileState{1, 1, m_bytes.size(), 0};
  }

 private:
  std::string m_bytes;
  std::size_t m_largestRead = 0;
};
