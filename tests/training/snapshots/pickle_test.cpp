// SPDX-License-Identifier: GPL-3.0-or-later
// The pickles stand here as Python's pickletools would take them apart.
#include "training/snapshots/pickle.h"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace training;
using namespace std::string_literals;

Pickle read(const std::string& opcodes) {
  auto pickle = Pickle::read("\x80\2" + opcodes + '.');
  EXPECT_TRUE(pickle) << pickle.error().message.english();
  return pickle.value();
}

bool isRefused(const std::string& bytes) {
  const auto pickle = Pickle::read(bytes);
  return !pickle && pickle.error().code == eventio::ErrorCode::kCorrupt;
}

TEST(Pickle, ReadsNumbersAndText) {
  EXPECT_EQ(read("N").root().kind, PickleKind::kNone);
  EXPECT_EQ(read("\x88").root().integer, 1);
  EXPECT_EQ(read("\x89").root().kind, PickleKind::kBool);
  EXPECT_EQ(read("K\xff").root().integer, 255);
  EXPECT_EQ(read("M\xff\xff").root().integer, 65535);
  EXPECT_EQ(read("J\xfe\xff\xff\xff").root().integer, -2);
  EXPECT_EQ(read("\x8a\0"s).root().integer, 0);
  EXPECT_EQ(read("\x8a\1\x80"s).root().integer, -128);
  EXPECT_EQ(read("\x8a\5\x35\x1c\xdc\xdf\2"s).root().integer, 12'345'678'901);
  EXPECT_EQ(read("\x8a\x08\0\0\0\0\0\0\0\x80"s).root().integer, INT64_MIN);
  EXPECT_EQ(read("G\x3f\xb9\x99\x99\x99\x99\x99\x9a"s).root().number, 0.1);
  EXPECT_EQ(read("X\3\0\0\0abc"s).root().text, "abc");
}

TEST(Pickle, ReadsGroupsAndWhatWasPutAside) {
  // ((1, 2), [1, 2, 3], {"a": (1, 2)}) with the tuple put aside
  const Pickle pickle = read("(K\1K\2\x86q\0](K\1K\2eK\3a}(X\1\0\0\0ah\0ut"s);
  const PickleNode& root = pickle.root();
  ASSERT_EQ(root.kind, PickleKind::kTuple);
  ASSERT_EQ(root.items.size(), 3U);
  EXPECT_EQ(pickle.at(root.items[0]).items.size(), 2U);
  const PickleNode& list = pickle.at(root.items[1]);
  ASSERT_EQ(list.kind, PickleKind::kList);
  ASSERT_EQ(list.items.size(), 3U);
  EXPECT_EQ(pickle.at(list.items[2]).integer, 3);
  EXPECT_EQ(pickle.find(pickle.at(root.items[2]), "a"), &pickle.at(root.items[0]));
  EXPECT_EQ(pickle.find(pickle.at(root.items[2]), "b"), nullptr);
}

// os.system("true"): what is called stays a name.
TEST(Pickle, CallsNothing) {
  const Pickle pickle = read("cos\nsystem\nX\4\0\0\0true\x85R"s);
  EXPECT_EQ(pickle.root().kind, PickleKind::kCall);
  EXPECT_EQ(pickle.at(pickle.root().callable).text, "os.system");
  EXPECT_EQ(pickle.at(pickle.at(pickle.root().arguments).items.at(0)).text, "true");
}

TEST(Pickle, ReadsObjectsWithTheirAttributes) {
  const Pickle pickle = read("c__torch__\nModule\n)\x81}X\1\0\0\0aK\7sb"s);
  EXPECT_EQ(pickle.root().kind, PickleKind::kObject);
  ASSERT_NE(pickle.find(pickle.root(), "a"), nullptr);
  EXPECT_EQ(pickle.find(pickle.root(), "a")->integer, 7);
}

TEST(Pickle, AValueMayHoldItself) {
  const Pickle pickle = read("]q\0h\0a"s);
  EXPECT_EQ(&pickle.at(pickle.root().items.at(0)), &pickle.root());
}

TEST(Pickle, RefusesWhatIsNoPickleOfTensors) {
  for (const std::string& opcodes : {""s,
                                     "."s,
                                     "N"s,
                                     "NN."s,
                                     "(N."s,
                                     "N.N"s,
                                     "t."s,
                                     "R."s,
                                     "Nb."s,
                                     "NNb."s,
                                     "NNa."s,
                                     "}Ns."s,
                                     "}(Nu."s,
                                     "N(\x85."s,
                                     "h\0."s,
                                     "q\0N."s,
                                     "(q\0."s,
                                     "X\xff\xff\xff\xff"
                                     "abc."s,
                                     "X\4\0\0\0abc."s,
                                     "\x8a\x09\0\0\0\0\0\0\0\0\0."s,
                                     "cos\nsystem."s,
                                     "cos."s,
                                     "G\0\0."s,
                                     "Q."s,
                                     "I1\n."s,
                                     "\x80\5N."s,
                                     "(i__builtin__\nexec\n."s,
                                     "\x82\1."s,
                                     "]K\1K\2s."s}) {
    EXPECT_TRUE(isRefused("\x80\2" + opcodes)) << testing::PrintToString(opcodes);
  }
}

TEST(Pickle, RefusesMoreValuesThanTheLimit) {
  const std::string bytes = "\x80\2(" + std::string(20, 'N') + "t.";
  EXPECT_FALSE(Pickle::read(bytes, 20));
  EXPECT_TRUE(Pickle::read(bytes, 21));
}

}  // namespace
