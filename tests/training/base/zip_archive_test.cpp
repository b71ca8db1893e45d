// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/base/zip_archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <functional>
#include <map>

namespace {

using namespace training;
using testing::HasSubstr;

std::string little(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i, value = i < 8 ? value >> 8 : 0) {
    bytes += static_cast<char>(value & 0xffU);
  }
  return bytes;
}

/// The fields of one entry of the central directory, which a test may make wrong.
struct Central {
  std::string name;
  std::uint64_t flags = 0;
  std::uint64_t method = 0;
  std::uint64_t crc = 0;
  std::uint64_t packedSize = 0;
  std::uint64_t size = 0;
  std::uint64_t place = 0;
  std::string extra;
};

using Change = std::function<void(std::vector<Central>&)>;

/// A zip by APPNOTE.TXT, written down without the reader's code. The directory is changed before
/// it is written; `zip64` puts every number into the ZIP64 records.
std::string zip(const std::vector<std::pair<std::string, std::string>>& files,
                const Change& change = {}, bool zip64 = false, const std::string& comment = "") {
  std::string bytes;
  std::vector<Central> directory;
  for (const auto& [name, content] : files) {
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    directory.push_back({name, 0, 0, crc, content.size(), content.size(), bytes.size(), {}});
    // Sizes and CRC of a local header mean nothing: torch leaves them 0 there.
    bytes +=
        "PK\3\4" + little(0, 22) + little(name.size(), 2) + little(5, 2) + name + "extra" + content;
  }
  if (change) change(directory);
  const std::size_t place = bytes.size();
  for (Central& entry : directory) {
    if (zip64) {
      entry.extra = "zz" + little(1, 2) + "." + little(1, 2) + little(24, 2) +
                    little(entry.size, 8) + little(entry.packedSize, 8) + little(entry.place, 8);
      entry.size = entry.packedSize = entry.place = 0xffffffff;
    }
    bytes += "PK\1\2" + little(0, 4) + little(entry.flags, 2) + little(entry.method, 2) +
             little(0, 4) + little(entry.crc, 4) + little(entry.packedSize, 4) +
             little(entry.size, 4) + little(entry.name.size(), 2) + little(entry.extra.size(), 2) +
             little(0, 10) + little(entry.place, 4) + entry.name + entry.extra;
  }
  const std::size_t size = bytes.size() - place;
  if (zip64) {
    const std::size_t end = bytes.size();
    bytes += "PK\6\6" + little(44, 8) + little(0, 12) + little(directory.size(), 8) +
             little(directory.size(), 8) + little(size, 8) + little(place, 8);
    bytes += "PK\6\7" + little(0, 4) + little(end, 8) + little(1, 4);
  }
  const std::uint64_t entries = zip64 ? 0xffff : directory.size();
  return bytes + "PK\5\6" + little(0, 4) + little(entries, 2) + little(entries, 2) +
         little(zip64 ? 0xffffffff : size, 4) + little(zip64 ? 0xffffffff : place, 4) +
         little(comment.size(), 2) + comment;
}

std::string whyNot(const std::string& bytes) {
  const auto archive = ZipArchive::open(bytes);
  if (archive) return "it was opened";
  EXPECT_EQ(archive.error().code, eventio::ErrorCode::kCorrupt);
  return archive.error().message.english();
}

std::string whyNot(const std::function<void(Central&)>& change) {
  return whyNot(zip({{"one", "first"}, {"two", "second"}},
                    [&](std::vector<Central>& all) { change(all[1]); }));
}

void expectBoth(const std::string& bytes) {
  const auto archive = ZipArchive::open(bytes);
  ASSERT_TRUE(archive) << archive.error().message.english();
  ASSERT_EQ(archive->entries().size(), 2U);
  ASSERT_NE(archive->find("b/two"), nullptr);
  EXPECT_EQ(ZipArchive::content(*archive->find("b/two")).value(), "second");
  EXPECT_EQ(ZipArchive::content(archive->entries()[0]).value(), "");
  EXPECT_EQ(archive->find("b"), nullptr);
}

TEST(ZipArchive, ReadsStoredEntries) {
  const std::vector<std::pair<std::string, std::string>> files = {{"one", ""}, {"b/two", "second"}};
  expectBoth(zip(files));
  expectBoth(zip(files, {}, true));
  expectBoth(zip(files, {}, false, "a comment with PK\5\6 in it and more than 22 bytes behind it"));
}

TEST(ZipArchive, ChecksAContentAgainstItsChecksumUnlessThatIsZero) {
  std::string bytes = zip({{"one", "first"}});
  bytes.replace(bytes.find("first"), 5, "fIrst");
  const auto archive = ZipArchive::open(bytes);
  ASSERT_TRUE(archive);
  const auto content = ZipArchive::content(archive->entries()[0]);
  ASSERT_FALSE(content);
  EXPECT_THAT(content.error().message.english(), HasSubstr("checksum of 'one'"));
  const std::string unchecked =
      zip({{"one", "first"}}, [](std::vector<Central>& all) { all[0].crc = 0; });
  EXPECT_TRUE(ZipArchive::content(ZipArchive::open(unchecked)->entries()[0]));
}

TEST(ZipArchive, DoesNotUnpack) {
  const std::string bytes = zip({{"one", "first"}}, [](std::vector<Central>& all) {
    all[0].method = 8;
    all[0].size = 4'000'000'000;
  });
  const auto archive = ZipArchive::open(bytes);
  ASSERT_TRUE(archive) << archive.error().message.english();
  EXPECT_EQ(ZipArchive::content(archive->entries()[0]).error().code,
            eventio::ErrorCode::kUnsupported);
}

TEST(ZipArchive, RefusesDirectoriesThatCannotBe) {
  EXPECT_THAT(whyNot(""), HasSubstr("empty"));
  EXPECT_THAT(whyNot("PK\3\4 and so on, but nothing of it is a zip"), HasSubstr("no end"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.flags = 1; }), HasSubstr("encrypted"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.name = "one"; }), HasSubstr("header"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.size = 5; }), HasSubstr("size"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.place = 1; }), HasSubstr("header"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.place = 0xfffffffe; }), HasSubstr("within"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.size = entry.packedSize = 100; }),
              HasSubstr("within"));
  EXPECT_THAT(whyNot([](Central& entry) { entry.size = entry.packedSize = 0xffffffff; }),
              HasSubstr("size"));
  EXPECT_THAT(whyNot([](Central& entry) {
                entry.size = entry.packedSize = 0xffffffff;
                entry.extra =
                    little(1, 2) + little(16, 2) + little(UINT64_MAX, 8) + little(UINT64_MAX, 8);
              }),
              HasSubstr("within"));
}

/// Raw deflate data, RFC 1951, as zlib writes them.
std::string deflated(const std::string& content) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// What unpacked() gives of a deflated entry whose directory names this size.
eventio::Result<std::string> unpackedOf(const std::string& content, std::uint64_t size,
                                        std::uint64_t maxBytes = UINT64_MAX,
                                        std::uint64_t wrongCrc = 0, std::uint64_t method = 8) {
  const std::string bytes = zip({{"one", deflated(content)}}, [&](std::vector<Central>& all) {
    all[0].method = method;
    all[0].size = size;
    all[0].crc =
        wrongCrc ^ crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
  });
  const auto archive = ZipArchive::open(bytes);
  EXPECT_TRUE(archive) << archive.error().message.english();
  return ZipArchive::unpacked(archive->entries()[0], maxBytes);
}

TEST(ZipArchive, UnpacksDeflatedEntries) {
  const std::string content = std::string(5000, 'a') + "and the end";
  EXPECT_EQ(unpackedOf(content, content.size()).value(), content);
  EXPECT_EQ(unpackedOf(content, content.size(), 4).value(), "aaaa");
  EXPECT_THAT(unpackedOf(content, content.size(), UINT64_MAX, 1).error().message.english(),
              HasSubstr("checksum of 'one'"));
  EXPECT_THAT(unpackedOf(content, content.size() + 1).error().message.english(),
              HasSubstr("breaks off"));
  EXPECT_THAT(unpackedOf(content, 0xf0000000).error().message.english(), HasSubstr("damaged size"));
  EXPECT_THAT(unpackedOf(content, content.size(), UINT64_MAX, 0, 12).error().message.english(),
              HasSubstr("method 12"));
}

TEST(ZipArchive, RefusesEntriesThatOverlapOrShareAName) {
  EXPECT_THAT(whyNot(zip({{"one", "first"}, {"one", "second"}})), HasSubstr("twice"));
  EXPECT_THAT(whyNot(zip({{"one", "first"}, {"two", "second"}},
                         [](std::vector<Central>& all) { all[0].size = all[0].packedSize = 20; })),
              HasSubstr("overlap"));
  const auto many = [](std::vector<Central>& all) { all.resize(60'000, all[0]); };
  EXPECT_THAT(whyNot(zip({{"one", ""}}, many)), HasSubstr("too many"));
}

TEST(ZipArchive, RefusesEveryTruncation) {
  for (const bool zip64 : {false, true}) {
    const std::string bytes = zip({{"one", "first"}, {"two", "second"}}, {}, zip64);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_NE(whyNot(bytes.substr(0, size)), "it was opened") << size;
    }
  }
}

}  // namespace
