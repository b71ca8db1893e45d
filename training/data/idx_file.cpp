// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/idx_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr std::uint64_t kLargestContent = 1ULL << 36;
constexpr std::size_t kChunk = 1U << 20;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // zlib's technical notes

/// A file's bytes, unpacked when it is gzip-compressed, in order.
class ByteSource {
 public:
  static Result<ByteSource> open(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) {
      const ErrorCode code = errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo;
      return makeError(code, path.string() + ": cannot be opened: " + std::strerror(errno));
    }
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
      ::close(descriptor);
      return makeError(ErrorCode::kIo, path.string() + ": not a regular file");
    }
    std::array<unsigned char, 2> start{};
    const bool packed =
        ::pread(descriptor, start.data(), 2, 0) == 2 && start[0] == 0x1f && start[1] == 0x8b;
    if (!packed && path.extension() == ".gz") {
      ::close(descriptor);
      return makeError(ErrorCode::kCorrupt,
                       path.string() + ": offset 0: not a gzip file, though its name ends in .gz");
    }
    gzFile file = gzdopen(descriptor, "rb");
    if (file == nullptr) {
      ::close(descriptor);
      return makeError(ErrorCode::kIo, path.string() + ": no memory to read it");
    }
    gzbuffer(file, 1U << 17);
    return ByteSource(path, file,
                      static_cast<std::uint64_t>(status.st_size) * (packed ? kMaxDeflateRatio : 1));
  }

  /// More than this cannot follow: the file's size, times what deflate can gain at most where it is
  /// packed.
  [[nodiscard]] std::uint64_t maxContent() const noexcept { return m_maxContent; }

  /// Fewer bytes than asked for only at the end.
  Result<std::size_t> read(std::span<std::uint8_t> out) {
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

  [[nodiscard]] std::uint64_t offset() const noexcept { return m_offset; }
  [[nodiscard]] tl::unexpected<eventio::Error> corrupt(std::uint64_t offset,
                                                       const std::string& what) const {
    return makeError(ErrorCode::kCorrupt,
                     m_path.string() + ": offset " + std::to_string(offset) + ": " + what);
  }

 private:
  struct Close {
    void operator()(gzFile file) const noexcept { gzclose(file); }
  };

  ByteSource(std::filesystem::path path, gzFile file, std::uint64_t maxContent)
      : m_path(std::move(path)), m_file(file), m_maxContent(maxContent) {}

  tl::unexpected<eventio::Error> failure(std::size_t got) {
    int code = Z_OK;
    const std::string text = gzerror(m_file.get(), &code);
    const std::string place = m_path.string() + ": offset " + std::to_string(m_offset + got) + ": ";
    if (code == Z_ERRNO) return makeError(ErrorCode::kIo, place + std::strerror(errno));
    if (code == Z_BUF_ERROR)
      return makeError(ErrorCode::kCorrupt, place + "the gzip data breaks off");
    return makeError(ErrorCode::kCorrupt, place + "damaged gzip data (" + text + ")");
  }

  std::filesystem::path m_path;
  std::unique_ptr<gzFile_s, Close> m_file;
  std::uint64_t m_offset = 0;
  std::uint64_t m_maxContent = 0;
};

Result<IdxHeader> readHeader(ByteSource& source, std::size_t dimensions) {
  std::vector<std::uint8_t> bytes(4 + 4 * dimensions);
  const Result<std::size_t> got = source.read(bytes);
  if (!got) return tl::unexpected(got.error());
  if (*got == 0) return source.corrupt(0, "the file is empty");
  if (*got >= 2 && (bytes[0] != 0 || bytes[1] != 0)) {
    return source.corrupt(0, "not an IDX file: it does not begin with two zero bytes");
  }
  if (*got >= 3 && bytes[2] != 0x08) {
    return source.corrupt(
        2, "type " + std::to_string(bytes[2]) + " of values; only unsigned bytes (8) can be read");
  }
  if (*got >= 4 && bytes[3] != dimensions) {
    return source.corrupt(3, std::to_string(bytes[3]) + " dimensions where " +
                                 std::to_string(dimensions) + " are needed");
  }
  if (*got < bytes.size()) {
    return source.corrupt(
        *got, "the header breaks off; it has " + std::to_string(bytes.size()) + " bytes");
  }
  IdxHeader header;
  std::uint64_t product = 1;
  for (std::size_t i = 4; i < bytes.size(); i += 4) {
    const std::uint64_t size = std::uint64_t{bytes[i]} << 24U | std::uint64_t{bytes[i + 1]} << 16U |
                               std::uint64_t{bytes[i + 2]} << 8U | bytes[i + 3];
    if (size == 0) return source.corrupt(i, "a dimension of size 0");
    if (size > kLargestContent / product) return source.corrupt(i, "sizes too large to be true");
    product *= size;
    header.sizes.push_back(static_cast<std::int64_t>(size));
  }
  return header;
}

}  // namespace

Result<IdxHeader> readIdxHeader(const std::filesystem::path& file, std::size_t dimensions) {
  return ByteSource::open(file).and_then(
      [dimensions](ByteSource source) { return readHeader(source, dimensions); });
}

Result<IdxFile> readIdxFile(const std::filesystem::path& file, std::size_t dimensions) {
  Result<ByteSource> source = ByteSource::open(file);
  if (!source) return tl::unexpected(source.error());
  Result<IdxHeader> header = readHeader(*source, dimensions);
  if (!header) return tl::unexpected(header.error());
  std::uint64_t size = 1;
  for (const std::int64_t extent : header->sizes) size *= static_cast<std::uint64_t>(extent);

  IdxFile content{std::move(*header), {}};
  // A header that promises more than can follow costs no memory for it: what is there is counted.
  if (size <= source->maxContent()) content.values.reserve(size);
  while (content.values.size() < size) {
    const std::size_t before = content.values.size();
    const std::size_t wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(size - before, 16U * kChunk));
    content.values.resize(before + wanted);
    const Result<std::size_t> got = source->read(std::span(content.values).subspan(before, wanted));
    if (!got) return tl::unexpected(got.error());
    if (*got < wanted) {
      return source->corrupt(
          source->offset(),
          "the values break off: " + std::to_string(before + *got) + " of " + std::to_string(size));
    }
  }
  std::array<std::uint8_t, 1> more{};
  const Result<std::size_t> rest = source->read(more);
  if (!rest) return tl::unexpected(rest.error());
  if (*rest > 0) {
    return source->corrupt(source->offset() - 1,
                           "more bytes than the header's " + std::to_string(size) + " values");
  }
  return content;
}

}  // namespace training
