// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cards/chart_groups.h"

#include <QRegularExpression>
#include <QtTest>

#include "eventio/text/run_notes.h"
#include "widgets/charts/curves/scalar_tags.h"
#include "widgets/charts/run_marks.h"
#include "widgets/runs/chart_order.h"

using widgets::CardArrangement;
using widgets::ChartGrid;
using widgets::ScalarSplit;

namespace {

using Groups = std::vector<ChartGrid::Group>;

Groups grouped(const QStringList& tags, const CardArrangement& arrangement = {},
               const QString& filter = {}) {
  return widgets::groupTags(tags,
                            QRegularExpression(filter, QRegularExpression::CaseInsensitiveOption),
                            arrangement, "Pinned", "Loose");
}

using Names = std::vector<std::string>;

const Names kLoss{"loss"};
const Names kAccuracy{"accuracy", "acc"};

Names found(const Names& words, ScalarSplit split, const Names& names) {
  std::vector<eventio::TagInfo> tags;
  for (const auto& name : names) {
    eventio::TagInfo info;
    info.tag = name;
    info.kind = eventio::TagKind::kScalar;
    tags.push_back(info);
  }
  return widgets::tagsFor(words, split, tags);
}

}  // namespace

class ChartGroupsTest : public QObject {
  Q_OBJECT

 private slots:
  void cardsOfAGridCanHaveHeightsOfTheirOwn() {
    ChartGrid grid([](const QString&) { return new QWidget; });
    grid.setCardSize(10000, 100);  // one column
    grid.resize(500, 400);
    Groups groups{{"group", {}}};
    for (int i = 0; i < 20; ++i) groups[0].keys.push_back(QString::number(i));
    grid.setGroups(groups);
    grid.show();
    const auto topOf = [&grid](const char* key) {
      return grid.cards().value(key)->mapTo(&grid, QPoint()).y();
    };
    const int gap = topOf("1") - topOf("0") - 100;
    QVERIFY(gap > 0);
    grid.setCardHeight("0", 140);
    QCOMPARE(topOf("1") - topOf("0"), 140 + gap);
    QCOMPARE(topOf("2") - topOf("1"), 100 + gap);
    QCOMPARE(grid.cards().value("0")->height(), 140);
    // What is above the view grows or shrinks: what is read stays where it is.
    grid.reveal("5");
    const int before = topOf("5");
    grid.setCardHeight("4", 300);
    QCOMPARE(topOf("5"), before);
    grid.setCardHeight("0", 20);
    QCOMPARE(topOf("5"), before);
  }

  void naturalOrder() {
    QVERIFY(widgets::naturalLess("conv2", "conv10"));
    QVERIFY(!widgets::naturalLess("conv10", "conv2"));
    QVERIFY(widgets::naturalLess("a", "B"));
    QVERIFY(widgets::naturalLess("a", "a1"));
    QVERIFY(widgets::naturalLess("x007", "x8"));
    QVERIFY(!widgets::naturalLess("same", "same"));
    QVERIFY(widgets::naturalLess("12345678901234567890", "12345678901234567891"));
  }

  void groupsByTheFirstSlash() {
    const Groups expected{{"Loose", {"lr"}},
                          {"train", {"train/acc/top1", "train/loss2", "train/loss10"}},
                          {"val", {"val/loss"}}};
    QCOMPARE(grouped({"train/loss10", "val/loss", "lr", "train/loss2", "train/acc/top1"}),
             expected);
  }

  void filterIgnoresCase() {
    const Groups expected{{"a", {"a/Loss"}}, {"b", {"b/loss"}}};
    QCOMPARE(grouped({"a/Loss", "a/acc", "b/loss"}, {}, "LOSS$"), expected);
  }

  void pinnedCardsStandAbove() {
    CardArrangement arrangement;
    arrangement.pinned = {"b/y", "a/x", "gone"};
    const Groups expected{{"Pinned", {"b/y", "a/x"}}, {"a", {"a/z"}}};
    QCOMPARE(grouped({"a/x", "a/z", "b/y"}, arrangement), expected);
  }

  void superimposeAndSplit() {
    CardArrangement arrangement;
    widgets::superimpose(arrangement, {"a/x"}, {"b/y"});
    const Groups joined{{"a", {widgets::cardKey({"a/x", "b/y"}), "a/z"}}};
    QCOMPARE(grouped({"a/x", "a/z", "b/y"}, arrangement), joined);
    QCOMPARE(widgets::cardTags(joined[0].keys[0]), QStringList({"a/x", "b/y"}));
    // A third tag joins; a filter that finds one of them shows the whole card.
    widgets::superimpose(arrangement, {"a/x", "b/y"}, {"a/z"});
    QCOMPARE(grouped({"a/x", "a/z", "b/y"}, arrangement, "z").size(), std::size_t{1});
    QCOMPARE(arrangement.superimposed.size(), std::size_t{1});
    widgets::split(arrangement, {"a/x", "b/y", "a/z"});
    const Groups apart{{"a", {"a/x", "a/z"}}, {"b", {"b/y"}}};
    QCOMPARE(grouped({"a/x", "a/z", "b/y"}, arrangement), apart);
  }

  void missingTagsDoNotLeaveHoles() {
    CardArrangement arrangement;
    arrangement.superimposed.push_back({"gone", "a/x", "a/y"});
    const Groups expected{{"a", {widgets::cardKey({"a/x", "a/y"})}}};
    QCOMPARE(grouped({"a/x", "a/y"}, arrangement), expected);
    QVERIFY(grouped({}).empty());
  }

  void everyNameHasACardOfItsOwn() {
    for (const QStringList& card : {QStringList{"two\nlines"}, QStringList{""},
                                    QStringList{"a\\n", "b\\", "\nc"}, QStringList{"", "\n"}}) {
      QCOMPARE(widgets::cardTags(widgets::cardKey(card)), card);
    }
    QVERIFY(widgets::cardKey({"a", "b"}) != widgets::cardKey({"a\nb"}));
    QVERIFY(widgets::cardKey({"a\nb"}) != widgets::cardKey({"a\\nb"}));
  }

  void ownTagsComeFirst() {
    QCOMPARE(found(kLoss, ScalarSplit::kTraining, {"loss", "train/loss", "Training Loss"}),
             Names({"train/loss"}));
    QCOMPARE(found(kLoss, ScalarSplit::kValidation, {"train/loss", "validation/loss"}),
             Names({"validation/loss"}));
    QCOMPARE(found(kAccuracy, ScalarSplit::kTraining, {"train/accuracy", "Fine-tuning Accuracy"}),
             Names({"train/accuracy"}));
  }

  void otherWritersNamesAreFound() {
    QCOMPARE(found(kLoss, ScalarSplit::kTraining,
                   {"Training Loss", "Training Accuracy", "Fine-tuning Loss"}),
             Names({"Training Loss", "Fine-tuning Loss"}));
    QCOMPARE(found(kLoss, ScalarSplit::kTraining, {"Loss/train", "Loss/test"}),
             Names({"Loss/train"}));
    QCOMPARE(found(kLoss, ScalarSplit::kValidation, {"Loss/train", "Loss/test"}),
             Names({"Loss/test"}));
    QCOMPARE(found(kLoss, ScalarSplit::kTraining, {"train_loss_step", "lr"}),
             Names({"train_loss_step"}));
    QCOMPARE(found(kAccuracy, ScalarSplit::kValidation, {"val_acc"}), Names({"val_acc"}));
    // Of several names the likelier one, and what was measured each step before each epoch.
    QCOMPARE(found(kAccuracy, ScalarSplit::kTraining, {"train_acc", "accuracy_epoch", "accuracy"}),
             Names({"accuracy"}));
    QCOMPARE(found({"within_tolerance"}, ScalarSplit::kTraining,
                   {"Training Within Tolerance", "Fine-tuning Within Tolerance"}),
             Names({"Training Within Tolerance", "Fine-tuning Within Tolerance"}));
    QCOMPARE(found({}, ScalarSplit::kTraining, {"train", "epoch", "loss"}), Names());
    QCOMPARE(found(kLoss, ScalarSplit::kTraining, {"epoch_loss"}), Names({"epoch_loss"}));
    QCOMPARE(found(kLoss, ScalarSplit::kTraining, {"lr", "weights", "lossless"}), Names());
  }

  void whatSmoothingWouldFalsifyIsDrawnRaw() {
    for (const char* tag :
         {"lr", "lr-Adam", "train/learning_rate", "learningRate/lr", "train/epoch", "epoch",
          "global/epoch", "lr/pg0", "momentum", "opt/weight_decay"}) {
      QVERIFY2(widgets::isDrawnRaw(tag), tag);
    }
    for (const char* tag : {"train/loss", "epoch_loss", "Loss/epoch", "acc_epoch", "time/epoch",
                            "gradient norm", "colour", "", "val_acc", "epoch_rmse", "top5/epoch"}) {
      QVERIFY2(!widgets::isDrawnRaw(tag), tag);
    }
  }

  void defaultParameter() {
    QCOMPARE(widgets::defaultHistogramTag(
                 {"conv1/weight", "conv2/bias", "conv2/weight", "conv2/weight.grad", "fc1/weight"}),
             std::string("conv2/weight"));
    QCOMPARE(widgets::defaultHistogramTag({"a/bias", "a/weight", "b/weight"}),
             std::string("b/weight"));
    QCOMPARE(widgets::defaultHistogramTag({"x", "y"}), std::string("x"));
    QCOMPARE(widgets::defaultHistogramTag({}), std::string());
  }

  void marksOfARun() {
    eventio::RunStore store;
    auto run = store.openRun("/log", "a");
    widgets::RunMarks marks;
    QVERIFY(!marks.poll());
    marks.setRun(run);
    QVERIFY(marks.poll());
    run->appendScalar("train/epoch", 0, 100, 1);
    run->appendScalar("train/epoch", 900, 110, 2);
    run->appendText("traindeck/changes/text_summary", {500, 105, {"lr 0.01\n-> 0.005"}});
    run->appendText("traindeck/alerts/text_summary", {700, 107, {"loss is NaN"}});
    QVERIFY(marks.poll());
    QVERIFY(!marks.poll());
    QCOMPARE(marks.epochs().size(), std::size_t{2});
    QCOMPARE(marks.epochs()[1].epoch, 2);
    QCOMPARE(marks.epochs()[1].step, std::int64_t{900});
    QCOMPARE(marks.marks().size(), std::size_t{2});
    QCOMPARE(marks.marks()[0].label, QStringLiteral("lr 0.01 -> 0.005"));
    QVERIFY(marks.marks()[1].kind == widgets::ChartMark::Kind::kAlert);
    // How the data were read is no event of a step.
    eventio::RunNote remark;
    remark.about = eventio::RunNote::About::kData;
    remark.sentence = "pictures are resized";
    run->appendText(std::string(eventio::kRunNotesTag), {0, 121, {eventio::encodeRunNote(remark)}});
    marks.poll();
    QCOMPARE(marks.marks().size(), std::size_t{2});
    // Going on from a checkpoint at step 400 counts its epochs anew.
    run->appendScalar("train/epoch", 400, 120, 2);
    QVERIFY(marks.poll() || marks.epochs().size() == 2);
    QCOMPARE(marks.epochs()[1].step, std::int64_t{400});
    marks.setRun(nullptr);
    QVERIFY(marks.poll());
    QVERIFY(marks.epochs().empty() && marks.marks().empty());
  }
};

QTEST_MAIN(ChartGroupsTest)
#include "chart_groups_test.moc"
