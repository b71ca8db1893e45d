// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/base/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "training/base/byte_reader.h"
#include "training/base/quoted_name.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::MessageText;
using eventio::Result;

constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::size_t kEndBytes = 22;
constexpr std::size_t kLocator64Bytes = 20;
constexpr std::size_t kLocalBytes = 30;
constexpr std::size_t kMaxCommentBytes = 65'535;
constexpr std::uint16_t kSizes64Id = 1;
constexpr std::uint16_t kEncrypted = 1;
constexpr std::uint16_t kDeflated = 8;
constexpr std::uint64_t kMaxDeflateRatio = 1032;  // zlib's technical notes
/// A 32-bit field with this value stands in the ZIP64 extra field instead.
constexpr std::uint32_t kElsewhere = 0xffffffffU;

template <class... Arguments>
tl::unexpected<eventio::Error> corrupt(MessageText<sizeof...(Arguments)> why,
                                       Arguments&&... arguments) {
  return makeError(ErrorCode::kCorrupt, why, std::forward<Arguments>(arguments)...);
}

/// A record of fixed layout; a number that lies outside it, or is read past the end, is 0.
class Record {
 public:
  explicit Record(std::string_view bytes) : m_bytes(bytes) {}
  template <class Number>
  [[nodiscard]] Number at(std::size_t place) const {
    if (place > m_bytes.size()) return 0;
    return ByteReader(m_bytes.substr(place)).number<Number>().value_or(0);
  }

 private:
  std::string_view m_bytes;
};

struct Directory {
  std::uint64_t entries = 0;
  std::uint64_t size = 0;
  std::uint64_t place = 0;
};

/// Where the end record begins: it is the last thing in the file, but for a comment.
std::size_t findEnd(std::string_view bytes) {
  if (bytes.size() < kEndBytes) return std::string_view::npos;
  const std::size_t last = bytes.size() - kEndBytes;
  const std::size_t first = last - std::min(last, kMaxCommentBytes);
  for (std::size_t place = last + 1; place-- > first;) {
    const Record record(bytes.substr(place));
    if (record.at<std::uint32_t>(0) == kEndSignature &&
        record.at<std::uint16_t>(20) == last - place) {
      return place;
    }
  }
  return std::string_view::npos;
}

Result<Directory> findDirectory(std::string_view bytes) {
  const std::size_t end = findEnd(bytes);
  if (end == std::string_view::npos) {
    if (bytes.empty()) return corrupt("the file is empty");
    return corrupt("the zip has no end: it is cut off");
  }
  const Record record(bytes.substr(end));
  Directory directory = {record.at<std::uint16_t>(10), record.at<std::uint32_t>(12),
                         record.at<std::uint32_t>(16)};
  if (end >= kLocator64Bytes) {
    const Record locator(bytes.substr(end - kLocator64Bytes));
    const auto place = locator.at<std::uint64_t>(8);
    if (locator.at<std::uint32_t>(0) == kLocator64Signature) {
      if (place > end) return corrupt("the zip's directory does not lie within the file");
      const Record record64(bytes.substr(place));
      if (record64.at<std::uint32_t>(0) != kEnd64Signature) {
        return corrupt("the zip's directory is damaged");
      }
      directory = {record64.at<std::uint64_t>(32), record64.at<std::uint64_t>(40),
                   record64.at<std::uint64_t>(48)};
    }
  }
  if (directory.place > end || directory.size > end - directory.place) {
    return corrupt("the zip's directory does not lie within the file");
  }
  return directory;
}

/// Takes those of the three numbers that do not fit 32 bits out of the ZIP64 extra field.
bool readSizes64(std::string_view extra, std::uint64_t& size, std::uint64_t& packedSize,
                 std::uint64_t& place) {
  ByteReader fields(extra);
  while (fields.left() > 0) {
    const auto id = fields.number<std::uint16_t>();
    const auto length = fields.number<std::uint16_t>();
    const auto content = length ? fields.take(*length) : std::nullopt;
    if (!content) return false;
    if (*id != kSizes64Id) continue;
    ByteReader numbers(*content);
    for (std::uint64_t* number : {&size, &packedSize, &place}) {
      if (*number != kElsewhere) continue;
      const auto whole = numbers.number<std::uint64_t>();
      if (!whole) return false;
      *number = *whole;
    }
    return true;
  }
  return size != kElsewhere && packedSize != kElsewhere && place != kElsewhere;
}

/// The bytes of an entry: from its local header only the lengths of name and extra are taken.
Result<std::string_view> locate(std::string_view bytes, const ZipEntry& entry,
                                std::uint64_t packedSize) {
  if (entry.localPlace > bytes.size()) {
    return corrupt("%1 does not lie within the file", quotedName(entry.name));
  }
  ByteReader local(bytes.substr(entry.localPlace));
  const auto header = local.take(kLocalBytes);
  if (!header || Record(*header).at<std::uint32_t>(0) != kLocalSignature) {
    return corrupt("%1 has a damaged header", quotedName(entry.name));
  }
  const auto name = local.take(Record(*header).at<std::uint16_t>(26));
  const auto extra = local.take(Record(*header).at<std::uint16_t>(28));
  if (!name || *name != entry.name || !extra) {
    return corrupt("%1 has a damaged header", quotedName(entry.name));
  }
  const auto packed = local.take(packedSize);
  if (!packed) return corrupt("%1 does not lie within the file", quotedName(entry.name));
  return *packed;
}

/// The next entry of the central directory; its bytes must lie in `bytes`.
Result<ZipEntry> readEntry(ByteReader& directory, std::string_view bytes) {
  constexpr std::size_t kCentralBytes = 46;
  const auto header = directory.take(kCentralBytes);
  if (!header || Record(*header).at<std::uint32_t>(0) != kCentralSignature) {
    return corrupt("the zip's directory is damaged");
  }
  const Record record(*header);
  const auto name = directory.take(record.at<std::uint16_t>(28));
  const auto extra = directory.take(record.at<std::uint16_t>(30));
  const auto comment = directory.take(record.at<std::uint16_t>(32));
  if (!name || !extra || !comment) return corrupt("the zip's directory is damaged");
  ZipEntry entry{std::string(*name),           record.at<std::uint16_t>(10),
                 record.at<std::uint32_t>(16), record.at<std::uint32_t>(24),
                 record.at<std::uint32_t>(42), {}};
  std::uint64_t packedSize = record.at<std::uint32_t>(20);
  if ((record.at<std::uint16_t>(8) & kEncrypted) != 0) {
    return corrupt("%1 is encrypted", quotedName(entry.name));
  }
  if (!readSizes64(*extra, entry.size, packedSize, entry.localPlace)) {
    return corrupt("%1 has a damaged size", quotedName(entry.name));
  }
  if (entry.method == 0 && entry.size != packedSize) {
    return corrupt("%1 has a damaged size", quotedName(entry.name));
  }
  const auto packed = locate(bytes, entry, packedSize);
  if (!packed) return tl::unexpected(packed.error());
  entry.packed = *packed;
  return entry;
}

/// Fills `out` from raw deflate data; the number of bytes that came, or nothing where the data are
/// damaged. What comes after `out` is full is not looked at.
std::optional<std::size_t> inflateInto(std::string_view packed, std::string& out) {
  z_stream stream = {};
  constexpr int kRaw = -15;
  if (inflateInit2(&stream, kRaw) != Z_OK) return std::nullopt;
  constexpr std::size_t kMaxPart = std::size_t{1} << 30;
  std::size_t taken = 0;
  std::size_t given = 0;
  int code = Z_OK;
  while (code == Z_OK && given < out.size()) {
    const std::size_t in = std::min(packed.size() - taken, kMaxPart);
    const std::size_t room = std::min(out.size() - given, kMaxPart);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data() + taken));
    stream.avail_in = static_cast<uInt>(in);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + given);
    stream.avail_out = static_cast<uInt>(room);
    code = inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    given += room - stream.avail_out;
  }
  inflateEnd(&stream);
  if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return std::nullopt;
  return given;
}

bool overlap(std::span<const ZipEntry> entries, const char* begin) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  ranges.reserve(entries.size());
  for (const ZipEntry& entry : entries) {
    const auto end = static_cast<std::uint64_t>(entry.packed.data() - begin) + entry.packed.size();
    ranges.emplace_back(entry.localPlace, end);
  }
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    if (ranges[i].first < ranges[i - 1].second) return true;
  }
  return false;
}

}  // namespace

Result<ZipArchive> ZipArchive::open(std::string_view bytes, std::size_t maxEntries) {
  const auto found = findDirectory(bytes);
  if (!found) return tl::unexpected(found.error());
  if (found->entries > maxEntries) return corrupt("the zip has too many entries");
  ZipArchive archive;
  std::set<std::string_view> names;
  archive.m_entries.reserve(found->entries);
  ByteReader directory(bytes.substr(found->place, found->size));
  for (std::uint64_t i = 0; i < found->entries; ++i) {
    auto entry = readEntry(directory, bytes.substr(0, found->place));
    if (!entry) return tl::unexpected(entry.error());
    archive.m_entries.push_back(std::move(*entry));
    if (!names.insert(archive.m_entries.back().name).second) {
      return corrupt("%1 is in the zip twice", quotedName(archive.m_entries.back().name));
    }
  }
  if (overlap(archive.m_entries, bytes.data())) return corrupt("entries of the zip overlap");
  return archive;
}

const ZipEntry* ZipArchive::find(std::string_view name) const noexcept {
  for (const ZipEntry& entry : m_entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

Result<std::string_view> ZipArchive::content(const ZipEntry& entry) {
  if (entry.method != 0) {
    return makeError(ErrorCode::kUnsupported, "%1 is compressed", quotedName(entry.name));
  }
  const auto crc = static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(entry.packed.data()), entry.packed.size()));
  if (entry.crc != 0 && entry.crc != crc) {
    return corrupt("the checksum of %1 does not match: it is damaged", quotedName(entry.name));
  }
  return entry.packed;
}

Result<std::string> ZipArchive::unpacked(const ZipEntry& entry, std::uint64_t maxBytes) {
  const std::uint64_t wanted = std::min(entry.size, maxBytes);
  if (entry.method == 0 && wanted < entry.size) return std::string(entry.packed.substr(0, wanted));
  if (entry.method == 0) {
    return content(entry).map([](std::string_view bytes) { return std::string(bytes); });
  }
  if (entry.method != kDeflated) {
    return makeError(ErrorCode::kUnsupported,
                     "%1 is compressed by method %2; stored and deflated files can be read",
                     quotedName(entry.name), entry.method);
  }
  if (entry.size / kMaxDeflateRatio > entry.packed.size()) {
    return corrupt("%1 has a damaged size", quotedName(entry.name));
  }
  std::string bytes(wanted, '\0');
  const auto got = inflateInto(entry.packed, bytes);
  if (!got) return corrupt("%1 has damaged deflate data", quotedName(entry.name));
  if (*got != wanted) return corrupt("%1 breaks off", quotedName(entry.name));
  if (wanted < entry.size) return bytes;
  const auto crc = static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
  if (entry.crc == crc) return bytes;
  return corrupt("the checksum of %1 does not match: it is damaged", quotedName(entry.name));
}

}  // namespace training
