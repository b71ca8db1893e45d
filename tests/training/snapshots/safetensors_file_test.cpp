// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/safetensors_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace training;
using namespace std::string_literals;
using testing::HasSubstr;

/// A file with this header, whatever it says, before `data` bytes of zeros.
std::string file(const std::string& header, std::size_t data) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i) & 0xffU);
  return bytes + header + std::string(data, '\0');
}

std::string entry(const std::string& name, const std::string& type, const std::string& shape,
                  const std::string& offsets) {
  return '"' + name + R"(":{"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" +
         offsets + '}';
}

std::string whyNot(const std::string& bytes, const SafetensorsLimits& limits = {}) {
  const auto read = readSafetensors(bytes, limits);
  if (read) return "it was read";
  EXPECT_EQ(read.error().code, eventio::ErrorCode::kCorrupt);
  EXPECT_EQ(read.error().message.english().find('\n'), std::string::npos);
  EXPECT_LT(read.error().message.english().size(), 300U);
  return read.error().message.english();
}

TEST(SafetensorsFile, WritesTheFormatsBytes) {
  const std::vector<SafetensorsTensor> tensors = {{"b", "F32", {1, 2}, "12345678"},
                                                  {"a", "U8", {}, "9"}};
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("a":{"dtype":"U8","shape":[],"data_offsets":[8,9]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  EXPECT_EQ(writeSafetensors(tensors, {{"format", "pt"}}), file(padded, 0) + "123456789");
}

TEST(SafetensorsFile, ReadsTensorsInTheOrderOfTheirData) {
  const std::string bytes =
      file("{" + entry("late", "F16", "[2,1]", "[3,7]") + "," +
               entry("empty", "F64", "[0,5]", "[3,3]") + "," +
               entry("first", "I8", "[3]", "[0,3]") + R"(,"__metadata__":{"of":"ö \"x\""}} )",
           0) +
      "abcdefg";
  const auto read = readSafetensors(bytes);
  ASSERT_TRUE(read) << read.error().message.english();
  ASSERT_EQ(read->tensors.size(), 3U);
  EXPECT_EQ(read->tensors[0].name, "first");
  EXPECT_EQ(read->tensors[0].data, "abc");
  EXPECT_EQ(read->tensors[1].name, "empty");
  EXPECT_EQ(read->tensors[1].data, "");
  EXPECT_THAT(read->tensors[1].shape, testing::ElementsAre(0, 5));
  EXPECT_EQ(read->tensors[2].name, "late");
  EXPECT_EQ(read->tensors[2].type, "F16");
  EXPECT_EQ(read->tensors[2].data, "defg");
  EXPECT_EQ(read->metadata.at("of"), "ö \"x\"");
}

TEST(SafetensorsFile, ReadsAFileWithoutTensorsAndSkipsFieldsOfLaterVersions) {
  EXPECT_TRUE(readSafetensors(file("{}", 0)));
  const std::string later =
      R"({"a":{"layout":{"x":[1,{"y":null}]},"dtype":"U8","shape":[1],"data_offsets":[0,1]}})";
  const auto read = readSafetensors(file(later, 1));
  ASSERT_TRUE(read) << read.error().message.english();
  EXPECT_EQ(read->tensors.at(0).name, "a");
}

TEST(SafetensorsFile, RefusesLengthsThatCannotBe) {
  EXPECT_THAT(whyNot(""), HasSubstr("too short"));
  EXPECT_THAT(whyNot("1234567"), HasSubstr("too short"));
  EXPECT_THAT(whyNot("\x40\0\0\0\0\0\0\0{}"s), HasSubstr("length"));
  EXPECT_THAT(whyNot("\xff\xff\xff\xff\xff\xff\xff\xff{}"s), HasSubstr("length"));
  EXPECT_THAT(whyNot(file("{}" + std::string(200, ' '), 0), {100, 10}), HasSubstr("length"));
}

TEST(SafetensorsFile, RefusesHeadersThatAreNoHeader) {
  EXPECT_THAT(whyNot(file("[]", 0)), HasSubstr("not a safetensors file"));
  EXPECT_THAT(whyNot(file("", 0)), HasSubstr("not a safetensors file"));
  EXPECT_THAT(whyNot("\x89PNG\r\n\x1a\n and a picture"), HasSubstr("not a safetensors file"));
  EXPECT_THAT(whyNot(file("{", 4)), HasSubstr("not JSON"));
  EXPECT_THAT(whyNot(file("{}{}", 0)), HasSubstr("not JSON"));
  EXPECT_THAT(whyNot(file("{\"a\xff\":1}", 0)), HasSubstr("not JSON"));
  EXPECT_THAT(whyNot(file(R"({"a":1})", 0)), HasSubstr("kind"));
  EXPECT_THAT(whyNot(file(R"({"a":[]})", 0)), HasSubstr("kind"));
  EXPECT_THAT(whyNot(file(R"({"a":{}})", 0)), HasSubstr("lacks"));
  EXPECT_THAT(whyNot(file(R"({"__metadata__":{"a":1}})", 0)), HasSubstr("kind"));
  EXPECT_THAT(whyNot(file(R"({"__metadata__":"a"})", 0)), HasSubstr("kind"));
  for (const char* shape : {"[-1]", "[1.0]", "[null]", "[[1]]", "1", "{}", "[true]", "[1e400]"}) {
    EXPECT_NE(whyNot(file('{' + entry("a", "U8", shape, "[0,1]") + '}', 1)), "it was read")
        << shape;
  }
  std::string deep = R"({"a":{"x":)";
  for (int i = 0; i < 100'000; ++i) deep += '[';
  EXPECT_THAT(whyNot(file(deep, 0)), HasSubstr("deep"));
}

TEST(SafetensorsFile, RefusesNamesThatStandTwice) {
  const std::string one = entry("a", "U8", "[1]", "[0,1]");
  EXPECT_THAT(whyNot(file('{' + one + ',' + entry("a", "U8", "[1]", "[1,2]") + '}', 2)),
              HasSubstr("twice"));
  EXPECT_THAT(whyNot(file(R"({"__metadata__":{},"__metadata__":{}})", 0)), HasSubstr("twice"));
  EXPECT_THAT(whyNot(file(R"({"__metadata__":{"a":"1","a":"2"}})", 0)), HasSubstr("twice"));
  EXPECT_THAT(
      whyNot(file(R"({"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}})", 1)),
      HasSubstr("twice"));
}

TEST(SafetensorsFile, RefusesTensorsThatDoNotCoverTheData) {
  const auto one = [](const char* shape, const char* offsets, const char* type = "U8") {
    return '{' + entry("a", type, shape, offsets) + '}';
  };
  EXPECT_THAT(whyNot(file(one("[4]", "[0,4]"), 3)), HasSubstr("within"));
  EXPECT_THAT(whyNot(file(one("[4]", "[4,0]"), 4)), HasSubstr("within"));
  EXPECT_THAT(whyNot(file(one("[4]", "[0]"), 4)), HasSubstr("within"));
  EXPECT_THAT(whyNot(file(one("[4]", "[0,4,4]"), 4)), HasSubstr("within"));
  EXPECT_THAT(whyNot(file(one("[4]", "[18446744073709551615,3]"), 4)), HasSubstr("within"));
  EXPECT_THAT(whyNot(file(one("[5]", "[0,4]"), 4)), HasSubstr("size"));
  EXPECT_THAT(whyNot(file(one("[]", "[0,4]"), 4)), HasSubstr("size"));
  EXPECT_THAT(whyNot(file(one("[3]", "[0,4]", "F4"), 4)), HasSubstr("size"));
  EXPECT_THAT(whyNot(file(one("[4]", "[0,4]", "F31"), 4)), HasSubstr("unknown type"));
  EXPECT_THAT(whyNot(file(one("[4]", "[1,5]"), 5)), HasSubstr("gap"));
  EXPECT_THAT(whyNot(file(one("[4]", "[0,4]"), 5)), HasSubstr("longer"));
  const auto two = [&](const char* offsets) {
    return '{' + entry("a", "U8", "[4]", "[0,4]") + ',' + entry("b", "U8", "[4]", offsets) + '}';
  };
  EXPECT_THAT(whyNot(file(two("[3,7]"), 7)), HasSubstr("overlap"));
  EXPECT_THAT(whyNot(file(two("[0,4]"), 4)), HasSubstr("overlap"));
  EXPECT_THAT(whyNot(file(two("[5,9]"), 9)), HasSubstr("gap"));
}

TEST(SafetensorsFile, RefusesShapesWhoseSizeOverflows) {
  const auto one = [](const std::string& shape, const char* offsets) {
    return '{' + entry("a", "F32", shape, offsets) + '}';
  };
  EXPECT_THAT(whyNot(file(one("[4611686018427387904,4]", "[0,0]"), 0)), HasSubstr("size"));
  EXPECT_THAT(whyNot(file(one("[18446744073709551615]", "[0,4]"), 4)), HasSubstr("size"));
  EXPECT_THAT(whyNot(file(one("[99999999999999999999]", "[0,4]"), 4)), HasSubstr("kind"));
  EXPECT_THAT(whyNot(file(one("[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", "[0,4]"), 4)),
              HasSubstr("dimensions"));
}

TEST(SafetensorsFile, RefusesMoreTensorsThanTheLimit) {
  std::string header = "{";
  for (int i = 0; i < 11; ++i) {
    if (i > 0) header += ',';
    header += entry("t" + std::to_string(i), "U8", "[0]", "[0,0]");
  }
  EXPECT_THAT(whyNot(file(header + '}', 0), {10'000, 10}), HasSubstr("too many"));
  EXPECT_TRUE(readSafetensors(file(header + '}', 0), {10'000, 11}));
}

TEST(SafetensorsFile, NamesInMessagesStayShortAndOnOneLine) {
  const std::string name = std::string(5000, 'x') + "\\n";
  EXPECT_THAT(whyNot(file('{' + entry("\\n" + name, "F32", "[1]", "[0,1]") + '}', 1)),
              HasSubstr("'?xxx"));
}

}  // namespace
