// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/crc32c.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "event_bytes.h"
#include "eventio/records/record_format.h"

namespace {

using eventio::crc32c;
using eventio::crc32cPortable;
using eventio::maskedCrc32c;

TEST(Crc32c, HasTheKnownValues) {
  EXPECT_EQ(crc32c("abcd"), 0x92c80a31U);
  EXPECT_EQ(crc32cPortable("abcd"), 0x92c80a31U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(maskedCrc32c("\x1a\x11"
                         "CRC test, one two"),
            0x5794d08aU);
  EXPECT_EQ(maskedCrc32c(event_bytes::raw<std::uint64_t>(24)), 0x224b7fa3U);
}

TEST(Crc32c, AllWaysGiveWhatBitByBitGives) {
  std::mt19937 random(5);
  std::string data(9000, '\0');
  for (char& letter : data) letter = static_cast<char>(random());
  const std::string_view all(data);
  for (std::size_t size = 0; size < 80; ++size) {
    for (std::size_t start = 0; start < 9; ++start) {
      const std::string_view part = all.substr(start, size);
      const std::uint32_t expected = event_bytes::slowCrc32c(part);
      ASSERT_EQ(crc32c(part), expected) << size << ' ' << start;
      ASSERT_EQ(crc32cPortable(part), expected) << size << ' ' << start;
    }
  }
  for (const std::size_t size : {1535U, 1536U, 1537U, 3071U, 3072U, 4700U, 8999U}) {
    ASSERT_EQ(crc32c(all.substr(1, size)), event_bytes::slowCrc32c(all.substr(1, size))) << size;
    ASSERT_EQ(crc32cPortable(all.substr(1, size)), crc32c(all.substr(1, size))) << size;
  }
}

TEST(Crc32c, GoesOnFromWhatCameBefore) {
  EXPECT_EQ(crc32c("cd", crc32c("ab")), crc32c("abcd"));
  EXPECT_EQ(crc32cPortable("cd", crc32cPortable("ab")), crc32c("abcd"));
}

TEST(RecordFormat, FramesAsDescribed) {
  std::string out = "before";
  eventio::appendRecord(out, "some data");
  EXPECT_EQ(out, "before" + event_bytes::record("some data"));
  out.clear();
  eventio::appendRecord(out, "");
  EXPECT_EQ(out, event_bytes::record(""));
}

}  // namespace
