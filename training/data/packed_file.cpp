// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/packed_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "training/base/machine.h"
#include "training/data/sample_checks.h"

namespace training {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

namespace {

constexpr std::size_t kChunk = 1U << 20;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // zlib's technical notes

}  // namespace

void PackedFile::Close::operator()(gzFile_s* file) const noexcept {
  gzclose(file);
}

PackedFile::PackedFile(std::filesystem::path path, gzFile_s* file, std::uint64_t maxContent)
    : m_path(std::move(path)), m_file(file), m_maxContent(maxContent) {}

Result<PackedFile> PackedFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
    return makeError(code, "%1: cannot be opened: %2", path, std::strerror(errno));
  }
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return makeError(ErrorCode::kIo, "%1: not a regular file", path);
  }
  std::array<unsigned char, 2> start{};
  const bool packed =
      ::pread(descriptor, start.data(), 2, 0) == 2 && start[0] == 0x1f && start[1] == 0x8b;
  gzFile file = gzdopen(descriptor, "rb");
  if (file == nullptr) {
    ::close(descriptor);
    return makeError(ErrorCode::kIo, "%1: no memory to read it", path);
  }
  gzbuffer(file, 1U << 17);
  const auto size = static_cast<std::uint64_t>(status.st_size);
  return PackedFile(path, file, packed ? saturatingProduct(size, kMaxDeflateRatio) : size);
}

Result<std::size_t> PackedFile::read(std::span<std::uint8_t> out) {
  std::size_t got = 0;
  while (got < out.size()) {
    const auto wanted = static_cast<unsigned>(std::min(out.size() - got, kChunk));
    const int count = gzread(m_file.get(), out.data() + got, wanted);
    if (count < 0) return failure(got);
    if (count == 0) break;
    got += static_cast<std::size_t>(count);
  }
  int code = Z_OK;
  gzerror(m_file.get(), &code);
  if (got < out.size() && code != Z_OK && code != Z_STREAM_END) return failure(got);
  m_offset += got;
  return got;
}

Result<std::uint64_t> PackedFile::append(std::uint64_t size, std::vector<std::uint8_t>& out) {
  if (size > kChunk && size <= m_maxContent && size <= availableMemory()) {
    out.reserve(out.size() + size);
  }
  std::uint64_t total = 0;
  while (total < size) {
    const std::size_t before = out.size();
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(size - total, 16U * kChunk));
    out.resize(before + wanted);
    const Result<std::size_t> got = read(std::span(out).subspan(before, wanted));
    if (!got) return tl::unexpected(got.error());
    total += *got;
    out.resize(before + *got);
    if (*got < wanted) break;
  }
  return total;
}

tl::unexpected<eventio::Error> PackedFile::corrupt(std::uint64_t offset, Message why) const {
  return corruptAt(m_path, Message("offset %1", offset), std::move(why));
}

tl::unexpected<eventio::Error> PackedFile::failure(std::size_t got) const {
  int code = Z_OK;
  const std::string text = gzerror(m_file.get(), &code);
  const std::uint64_t place = m_offset + got;
  if (code == Z_ERRNO) {
    return makeError(ErrorCode::kIo, "%1: offset %2: %3", m_path, place, std::strerror(errno));
  }
  if (code == Z_BUF_ERROR) return corrupt(place, "the gzip data breaks off");
  return corrupt(place, "damaged gzip data (%1)", text);
}

Result<std::vector<std::uint8_t>> readWholeFile(const std::filesystem::path& path) {
  Result<PackedFile> file = PackedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const std::uint64_t limit = availableMemory();
  std::vector<std::uint8_t> bytes;
  while (true) {
    const Result<std::uint64_t> got = file->append(kChunk, bytes);
    if (!got) return tl::unexpected(got.error());
    if (*got < kChunk) return bytes;
    if (bytes.size() > limit) return tl::unexpected(checkMemory(path, bytes.size()).error());
  }
}

}  // namespace training
