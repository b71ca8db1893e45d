// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/line_reader.h"

#include <system_error>
#include <utility>

namespace eventio {

namespace {

constexpr std::size_t kChunkBytes = 256U << 10;

tl::unexpected<Error> cannotRead(const std::string& path, int number) {
  return makeError(ErrorCode::kIo, "cannot read '%1': %2", path,
                   std::generic_category().message(number));
}

}  // namespace

Result<LineReader> LineReader::open(const std::string& path) {
  auto file = openInputFile(path);
  if (!file) return cannotRead(path, file.error().number);
  return LineReader(path, std::move(*file));
}

Result<bool> LineReader::next(std::string_view& line) {
  std::size_t searched = m_start;
  std::size_t end = m_buffer.find('\n', searched);
  while (end == std::string::npos && !m_atEnd) {
    m_buffer.erase(0, m_start);
    m_start = 0;
    searched = m_buffer.size();
    if (searched > kMaxLineBytes) {
      ++m_line;
      return error("the line is over 64 MB long");
    }
    m_buffer.resize(searched + kChunkBytes);
    const auto got = m_file->readAt(m_offset, m_buffer.data() + searched, kChunkBytes);
    if (!got) return cannotRead(m_path, got.error().number);
    m_buffer.resize(searched + *got);
    m_offset += *got;
    m_atEnd = *got == 0;
    end = m_buffer.find('\n', searched);
  }
  if (end == std::string::npos) {
    if (m_start == m_buffer.size()) return false;
    end = m_buffer.size();
  }
  line = std::string_view(m_buffer).substr(m_start, end - m_start);
  if (line.ends_with('\r')) line.remove_suffix(1);
  m_start = std::min(end + 1, m_buffer.size());
  ++m_line;
  return true;
}

}  // namespace eventio
