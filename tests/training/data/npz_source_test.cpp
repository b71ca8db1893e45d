// SPDX-License-Identifier: GPL-3.0-or-later
// Archives in files/ were written by NumPy (files/make_npz.py); the rest byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data_files.h"
#include "tests/support/temporary_folder.h"
#include "training/data/data_sources.h"
#include "training/data/npy_array.h"
#include "training/data/number_array.h"

namespace {

using namespace training;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Labels = std::vector<std::int64_t>;
using Floats = std::vector<float>;

std::filesystem::path fixture(const std::string& name) {
  return std::filesystem::path(TRAINDECK_SOURCE_DIR) / "tests/training/data/files" / name;
}

/// A .npy by numpy.lib.format.
std::string npy(int version, const std::string& dictionary, const std::string& values) {
  Bytes bytes = bytesOfText("\x93NUMPY");
  put(bytes, {static_cast<std::uint8_t>(version), 0});
  putNumber(bytes, dictionary.size(), version == 1 ? 2 : 4);
  return std::string(bytes.begin(), bytes.end()) + dictionary + values;
}

std::string dictionary(const std::string& type, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

TEST(NpzSource, ReadsWhatNumpyWroteAsMedMnistHasIt) {
  const auto data = loadData(fixture("colour.npz"));
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.name, "colour");
  EXPECT_EQ(data->description.format, "npz");
  EXPECT_EQ(data->description.shape.text(), "3 x 2 x 2");
  EXPECT_EQ(data->description.classes, 3);
  EXPECT_EQ(data->train.count, 3);
  EXPECT_EQ(data->validation.count, 1);
  EXPECT_EQ(data->test.count, 2);
  // The array counts 0, 1, 2, ... with the channel last.
  EXPECT_THAT(std::span(std::get<Bytes>(data->train.values)).subspan(12, 12),
              ElementsAre(12, 15, 18, 21, 13, 16, 19, 22, 14, 17, 20, 23));
  EXPECT_EQ(std::get<Bytes>(data->validation.values)[0], 100);
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{0, 2, 1}));
  const auto probed = probeData(fixture("colour.npz"));
  ASSERT_TRUE(probed);
  EXPECT_EQ(probed->shape, data->description.shape);
  EXPECT_EQ(probed->trainCount, 3);
}

TEST(NpzSource, WholeNumbersAreValuesWhereATaskWantsThem) {
  const auto data = loadData(fixture("colour.npz"), {.targets = TargetKind::kValues});
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.classes, 0);
  EXPECT_EQ(std::get<Floats>(data->train.targets), (Floats{0, 2, 1}));
  const auto probed = probeData(fixture("colour.npz"), {.targets = TargetKind::kValues});
  EXPECT_EQ(probed.value().targets, TargetKind::kValues);
  EXPECT_EQ(probeData(fixture("colour.npz")).value().targets, TargetKind::kLabels);
}

TEST(Targets, NegativeWholeNumbersAreNoLabelsButValues) {
  const NumberArray array{NumberType::kInt8, false, {3}, {254, 0, 7}};
  const auto error = [](std::size_t index, const eventio::Message& why) {
    return eventio::makeError(eventio::ErrorCode::kCorrupt, "%1: %2", index, why);
  };
  const auto values = toTargets(array, TargetKind::kValues, error);
  ASSERT_TRUE(values) << values.error().message.english();
  EXPECT_EQ(std::get<Floats>(*values), (Floats{-2, 0, 7}));
  const auto labels = toTargets(array, TargetKind::kAuto, error);
  ASSERT_FALSE(labels);
  EXPECT_THAT(labels.error().message.english(),
              AllOf(HasSubstr("0: label -2"), HasSubstr("regression")));
}

TEST(Targets, FloatsThatAreAllWholeNumbersAreLabelsUnlessValuesAreWanted) {
  const auto error = [](std::size_t index, const eventio::Message& why) {
    return eventio::makeError(eventio::ErrorCode::kCorrupt, "%1: %2", index, why);
  };
  NumberArray array{NumberType::kFloat32, false, {2}, {0, 0, 0, 0x40, 0, 0, 0, 0}};  // 2, 0
  EXPECT_EQ(std::get<Labels>(toTargets(array, TargetKind::kAuto, error).value()), (Labels{2, 0}));
  EXPECT_EQ(std::get<Floats>(toTargets(array, TargetKind::kValues, error).value()), (Floats{2, 0}));
  array.bytes = {0, 0, 0, 0x40, 0, 0, 0, 0x3f};  // 2, 0.5
  EXPECT_TRUE(std::holds_alternative<Floats>(toTargets(array, TargetKind::kAuto, error).value()));
}

TEST(NpzSource, AnEmptyFileIsCalledEmpty) {
  const TemporaryFolder folder;
  writeBytes(folder / "a.npz", {});
  const auto data = loadData(folder / "a.npz");
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(), HasSubstr("a.npz: the file is empty"));
}

TEST(NpzSource, ReadsFortranOrderAndBigEndianNumbers) {
  const auto data = loadData(fixture("fortran.npz"));
  ASSERT_TRUE(data) << data.error().message.english();
  EXPECT_EQ(data->description.shape.text(), "1 x 2 x 3");
  EXPECT_EQ(std::get<Floats>(data->train.values),
            (Floats{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5}));
  EXPECT_EQ(std::get<Labels>(data->train.targets), (Labels{1, 0}));
  EXPECT_EQ(std::get<Floats>(data->test.values), (Floats{100, 100.5, 101, 101.5, 102, 102.5}));
}

struct NpyCase {
  const char* type;
  std::string bytes;
  double value;
};

TEST(Npy, ReadsEveryTypeByteOrderAndVersion) {
  using std::string_literals::operator""s;
  for (const NpyCase& item :
       {NpyCase{"|u1", "\xc8", 200}, NpyCase{"|i1", "\xfe", -2}, NpyCase{"<i2", "\xfe\xff", -2},
        NpyCase{">i2", "\xff\xfe", -2}, NpyCase{"<u2", "\x01\x80", 32769},
        NpyCase{"<i4", "\x01\0\x01\0"s, 65537}, NpyCase{">i4", "\0\x01\0\x01"s, 65537},
        NpyCase{"<i8", "\xff\xff\xff\xff\xff\xff\xff\xff", -1},
        NpyCase{">i8", "\0\0\0\0\0\0\0\x09"s, 9}, NpyCase{"<f4", "\0\0\xc0\xbf"s, -1.5},
        NpyCase{">f4", "\xbf\xc0\0\0"s, -1.5}, NpyCase{"<f8", "\0\0\0\0\0\0\xd0\x3f"s, 0.25},
        NpyCase{">f8", "\x3f\xd0\0\0\0\0\0\0"s, 0.25}}) {
    for (const int version : {1, 2, 3}) {
      const auto array = readNpy(npy(version, dictionary(item.type, "(1,)"), item.bytes));
      ASSERT_TRUE(array) << item.type << ": " << array.error().message.english();
      EXPECT_EQ(array->at(0), item.value) << item.type;
    }
  }
}

TEST(Npy, ErrorsNameOffsetAndReason) {
  const auto error = [](const std::string& file) {
    const auto array = readNpy(file);
    return array ? std::string("none") : array.error().message.english();
  };
  EXPECT_THAT(error(""), HasSubstr("offset 0"));
  EXPECT_THAT(error(npy(4, dictionary("|u1", "(1,)"), "a")), HasSubstr("version 4"));
  EXPECT_THAT(error(npy(1, dictionary("<c8", "(1,)"), "12345678")), HasSubstr("type '<c8'"));
  EXPECT_THAT(error(npy(1, dictionary("<U1", "(1,)"), "abcd")),
              AllOf(HasSubstr("texts ('<U1')"), HasSubstr("write class labels as whole numbers")));
  EXPECT_THAT(error(npy(1, dictionary("|u1", "(3,)"), "ab")),
              AllOf(HasSubstr("2 bytes of values"), HasSubstr("names 3")));
  EXPECT_THAT(error(npy(1, dictionary("|u1", "(99999999999, 99999999999)"), "ab")),
              HasSubstr("too large"));
  EXPECT_THAT(error(npy(1, dictionary("|u1", "()"), "a")), HasSubstr("0 dimensions"));
  EXPECT_THAT(error(npy(1, dictionary("|u1", "(0,)"), "")), HasSubstr("size 0"));
  EXPECT_THAT(error(npy(1, "{}", "")), HasSubstr("names no descr"));
  EXPECT_THAT(error(npy(1, dictionary("|u1", "(1,)", "Maybe"), "a")), HasSubstr("fortran_order"));
}

TEST(NpzSource, NamesTheArrayThatIsWrong) {
  const TemporaryFolder folder;
  writeBytes(folder / "none.npz", bytesOfText("PK and nothing more, really nothing"));
  EXPECT_THAT(loadData(folder / "none.npz").error().message.english(),
              AllOf(HasSubstr("none.npz"), HasSubstr("cut off")));
}

TEST(NpzSource, NamesOfTwoKindsAreNotMixed) {
  const auto data = loadData(fixture("mixed.npz"));
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(),
              AllOf(HasSubstr("keep those of one kind"), HasSubstr("'x_test.npy'")));
}

TEST(NpzSource, AValueThatIsNotFiniteIsNamedByItsIndices) {
  const auto data = loadData(fixture("nan.npz"));
  ASSERT_FALSE(data);
  EXPECT_THAT(data.error().message.english(), HasSubstr("'train_images.npy': element [1, 0, 1]"));
}

TEST(NpzSource, NoDamageCrashes) {
  const TemporaryFolder folder;
  for (const char* name : {"colour.npz", "fortran.npz"}) {
    std::filesystem::copy(fixture(name), folder / name);
    expectNoDamageCrashes(folder / name, folder / name, 3);
  }
}

}  // namespace
