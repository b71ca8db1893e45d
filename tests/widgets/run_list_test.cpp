// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_list.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QSignalSpy>
#include <QTest>
#include <QTreeView>

#include "widgets/run_list_delegate.h"
#include "widgets/run_list_model.h"
#include "widgets/run_selection.h"
#include "widgets/tag_list.h"
#include "widgets/theme.h"

using widgets::RunList;
using widgets::RunListModel;
using widgets::RunSelection;

class RunListTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void init() {
    m_store = std::make_shared<eventio::RunStore>();
    m_selection = std::make_unique<RunSelection>(m_store);
  }
  void cleanup() {
    m_selection.reset();
    m_store.reset();
  }

  void firstRunsOfADirectoryAreVisibleEachInItsColor() {
    open("/logs", 12);
    m_selection->poll();
    QCOMPARE(m_selection->visible().size(), std::size_t{8});
    QVERIFY(!m_selection->entries()[8].visible);
    std::set<QRgb> colors;
    for (const auto& entry : m_selection->visible()) {
      colors.insert(widgets::runColor(entry.colorIndex).rgb());
    }
    QCOMPARE(colors.size(), std::size_t{8});
    open("/other", 2);
    m_selection->poll();
    QVERIFY(m_selection->entries()[12].visible);
    QVERIFY(m_selection->entries()[13].visible);
  }

  void aLiveRunIsVisibleWhereverItStands() {
    open("/logs", 11);
    m_store->openRun("/logs", "live")->setLive(true);
    m_selection->poll();
    QVERIFY(m_selection->entries().back().visible);
  }

  void aTroubledRunsDotIsRed() {
    const auto run = m_store->openRun("/logs", "live");
    run->setLive(true);
    m_selection->poll();
    RunList list(m_selection.get());
    list.resize(248, 300);
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    auto* view = list.findChild<QListView*>("runView");
    const auto shows = [view](const QColor& color) {
      const QImage image = view->grab().toImage();
      for (int y = 0; y < image.height(); ++y) {
        for (int x = image.width() / 2; x < image.width(); ++x) {
          if (image.pixelColor(x, y) == color) return true;
        }
      }
      return false;
    };
    QVERIFY(shows(widgets::theme().good) && !shows(widgets::theme().bad));
    m_selection->setTroubled(run);
    QVERIFY(shows(widgets::theme().bad) && !shows(widgets::theme().good));
    m_selection->setTroubled(nullptr);
    QVERIFY(shows(widgets::theme().good));
  }

  void colorsStayWhileRunsComeAndGo() {
    open("/a", 3);
    open("/b", 3);
    m_selection->poll();
    std::map<std::string, int> before;
    for (const auto& entry : m_selection->entries()) before[entry.run->path()] = entry.colorIndex;
    QCOMPARE(before.size(), std::size_t{6});
    m_store->removeRuns("/a");
    m_selection->poll();
    QCOMPARE(m_selection->entries().size(), std::size_t{3});
    open("/c", 1);
    open("/a", 3);
    m_selection->poll();
    std::set<int> used;
    for (const auto& entry : m_selection->entries()) {
      used.insert(entry.colorIndex);
      const auto known = before.find(entry.run->path());
      if (known != before.end()) QCOMPARE(entry.colorIndex, known->second);
    }
    QCOMPARE(used.size(), std::size_t{7});
  }

  void aLiveRunDiffersFromTheVisibleOnes() {
    open("/logs", 7);
    m_selection->poll();
    open("/other", 20);
    m_selection->poll();
    m_selection->setAllVisible(false);
    for (int i = 0; i < 5; ++i) m_selection->setVisible(m_selection->entries()[i].run.get(), true);
    m_store->openRun("/logs", "live")->setLive(true);
    m_selection->poll();
    const int color = m_selection->entries().back().colorIndex;
    for (int i = 0; i < 5; ++i) QVERIFY(m_selection->entries()[i].colorIndex != color);
  }

  void labelsTellRunsOfOneNameApart() {
    m_store->openRun("/x/first", "conv_net");
    m_store->openRun("/x/second", "conv_net");
    m_store->openRun("/x/second", "other");
    m_store->openRun("/y/alone", ".");
    m_selection->poll();
    QStringList labels;
    for (const auto& entry : m_selection->entries()) labels << entry.label;
    QCOMPARE(labels, (QStringList{"conv_net · first", "conv_net · second", "other", "alone"}));
  }

  void currentFollowsWhatIsThere() {
    open("/a", 1);
    m_selection->poll();
    QCOMPARE(m_selection->current(), m_selection->entries()[0].run);
    m_store->removeRuns("/a");
    m_selection->poll();
    QVERIFY(!m_selection->current());
  }

  void filterIsARegularExpression() {
    for (const char* name : {"lr_0.01", "LR_0.1", "baseline"}) m_store->openRun("/a", name);
    m_selection->poll();
    RunListModel model(m_selection.get());
    QCOMPARE(model.setFilter("^lr.*0\\.01$"), QString());
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(model.setFilter("lr"), QString());
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(!model.setFilter("(").isEmpty());
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.setFilter(""), QString());
    QCOMPARE(model.rowCount(), 3);
  }

  void badFilterIsShownWithItsReason() {
    open("/a", 2);
    m_selection->poll();
    RunList list(m_selection.get());
    list.show();
    auto* field = list.findChild<QLineEdit*>("runFilter");
    QTest::keyClicks(field, "[");
    QVERIFY(field->property("bad").toBool());
    bool said = false;
    for (const QLabel* label : list.findChildren<QLabel*>()) {
      said |= label->isVisible() && label->text().contains("regular expression");
    }
    QVERIFY(said);
    field->clear();
    QVERIFY(!field->property("bad").toBool());
  }

  void clickOnTheSwatchHidesOnTheNameSelects() {
    open("/a", 3);
    m_selection->poll();
    RunList list(m_selection.get());
    list.resize(248, 300);
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    auto* view = list.findChild<QListView*>("runView");
    const QRect row = view->visualRect(view->model()->index(1, 0));
    const QRect swatch = widgets::RunListDelegate::swatchArea(row);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, swatch.center());
    QVERIFY(!m_selection->entries()[1].visible);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, swatch.center());
    QVERIFY(m_selection->entries()[1].visible);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, row.center());
    QVERIFY(m_selection->entries()[1].visible);
    QCOMPARE(m_selection->current(), m_selection->entries()[1].run);
  }

  void keyboardMovesAndToggles() {
    open("/a", 3);
    m_selection->poll();
    RunList list(m_selection.get());
    list.show();
    auto* view = list.findChild<QListView*>("runView");
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Down);
    QCOMPARE(m_selection->current(), m_selection->entries()[1].run);
    QTest::keyClick(view, Qt::Key_Space);
    QVERIFY(!m_selection->entries()[1].visible);
  }

  void headlineIsTheValidationLossThenTheLoss() {
    const auto run = m_store->openRun("/a", "run");
    run->appendScalar("accuracy", 1, 1, 0.5);
    QCOMPARE(widgets::headlineTag(run->tags()), std::string("accuracy"));
    run->appendScalar("Training Loss", 1, 1, 0.4);
    QCOMPARE(widgets::headlineTag(run->tags()), std::string("Training Loss"));
    run->appendScalar("val/loss", 1, 1, 0.31421);
    QCOMPARE(widgets::headlineTag(run->tags()), std::string("val/loss"));
    m_selection->poll();
    RunListModel model(m_selection.get());
    QCOMPARE(model.index(0).data(RunListModel::kValueRole).toString(), QStringLiteral("0.3142"));
    run->appendScalar("val/loss", 2, 2, 0.25);
    QCOMPARE(model.index(0).data(RunListModel::kValueRole).toString(), QStringLiteral("0.2500"));
  }

  void damageMarksTheRowAndStandsInItsToolTip() {
    const auto run = m_store->openRun("/a", "run");
    m_selection->poll();
    RunListModel model(m_selection.get());
    QVERIFY(!model.index(0).data(RunListModel::kDamagedRole).toBool());
    run->addDamage({"/a/run/events.out.tfevents.1", 81244, 44, "data CRC does not match"});
    QVERIFY(model.index(0).data(RunListModel::kDamagedRole).toBool());
    const QString tip = model.index(0).data(Qt::ToolTipRole).toString();
    QVERIFY(tip.contains("/a/run"));
    QVERIFY(tip.contains("81,244"));
    QVERIFY(tip.contains("data CRC does not match"));
  }

  void onlyRowsOnScreenAreRead() {
    open("/a", 1000);
    m_selection->poll();
    RunList list(m_selection.get());
    list.resize(248, 400);
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    auto* view = list.findChild<QListView*>("runView");
    QSignalSpy announced(view->model(), &QAbstractItemModel::dataChanged);
    list.refresh();
    QCOMPARE(announced.count(), 1);
    const int rows = announced.first().at(1).toModelIndex().row() -
                     announced.first().at(0).toModelIndex().row() + 1;
    QVERIFY2(rows > 5 && rows < 40, qPrintable(QString::number(rows)));
  }

  void tagsStandInGroupsInNaturalOrder() {
    const auto run = m_store->openRun("/a", "run");
    for (const char* tag : {"layer10/weight", "layer2/weight", "layer2/bias", "Training Loss"}) {
      run->appendScalar(tag, 1, 1, 1);
    }
    run->appendText("notes/text_summary", {1, 1, {"no chart shows a text"}});
    m_selection->poll();
    widgets::TagList list(m_selection.get());
    list.refresh();
    list.show();
    const auto* model = list.findChild<QTreeView*>()->model();
    QStringList groups;
    for (int row = 0; row < model->rowCount(); ++row) {
      groups << model->index(row, 0).data().toString();
    }
    QCOMPARE(groups, (QStringList{"layer10", "Training Loss", "layer2"}));
    QCOMPARE(model->rowCount(model->index(2, 0)), 2);
    QSignalSpy activated(&list, &widgets::TagList::tagActivated);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Home);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Down);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated.first().first().toString(), QStringLiteral("Training Loss"));
    run->appendScalar("layer1/weight", 1, 1, 1);
    list.refresh();
    QCOMPARE(model->rowCount(), 4);
  }

 private:
  void open(const std::string& directory, int count) {
    for (int i = 0; i < count; ++i) m_store->openRun(directory, "run" + std::to_string(i));
  }

  std::shared_ptr<eventio::RunStore> m_store;
  std::unique_ptr<RunSelection> m_selection;
};

QTEST_MAIN(RunListTest)
#include "run_list_test.moc"
