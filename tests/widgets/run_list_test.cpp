// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/run_list.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QTreeView>
#include <algorithm>
#include <set>

#include "widgets/run_color_menu.h"
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
    m_store->openRun("/other", "x");
    m_selection->poll();
    QVERIFY(m_selection->entries().back().visible);
  }

  void moreThanEightRunsStayApart() {
    open("/logs", 40);
    m_selection->poll();
    std::set<std::pair<QRgb, std::vector<double>>> styles;
    for (const auto& entry : m_selection->entries()) {
      styles.emplace(widgets::runColor(entry.colorIndex).rgb(),
                     widgets::runDashes(entry.colorIndex));
    }
    QCOMPARE(styles.size(), std::size_t{40});
  }

  void styleDoesNotDependOnTheOrderInWhichRunsAreFound() {
    const std::vector<std::string> names{"run10", "run2", "a", "run1"};
    std::map<std::string, int> first;
    for (const bool backwards : {false, true}) {
      init();
      auto order = names;
      if (backwards) std::reverse(order.begin(), order.end());
      for (const auto& name : order) m_store->openRun("/logs", name);
      m_selection->poll();
      for (const auto& entry : m_selection->entries()) {
        const auto [it, isNew] = first.try_emplace(entry.run->name(), entry.colorIndex);
        QCOMPARE(entry.colorIndex, it->second);
      }
    }
  }

  void storedStylesHoldInEveryWindow() {
    MemoryStorage storage;
    m_selection->setStyleStorage(&storage);
    open("/logs", 3);
    m_selection->poll();
    m_selection->setColor(m_selection->entries()[1].run.get(), 37);
    m_selection->setVisible(m_selection->entries()[2].run.get(), false);
    std::map<std::string, int> colors;
    for (const auto& entry : m_selection->entries()) {
      colors[entry.run->path()] = entry.colorIndex;
    }

    // Another window, where another run is found first.
    init();
    m_selection->setStyleStorage(&storage);
    m_store->openRun("/logs", "a");
    m_selection->poll();
    open("/logs", 3);
    m_selection->poll();
    std::set<int> used;
    for (const auto& entry : m_selection->entries()) {
      used.insert(entry.colorIndex);
      const auto known = colors.find(entry.run->path());
      if (known != colors.end()) QCOMPARE(entry.colorIndex, known->second);
      QCOMPARE(entry.visible, entry.run->name() != "run2");
    }
    QCOMPARE(colors["/logs/run1"], 37);
  }

  void runsStandInNaturalOrder() {
    for (const char* name : {"lr_0.1", "run10", "lr_0.05", "run9", "lr_1e-3"}) {
      m_store->openRun("/logs", name);
    }
    m_selection->poll();
    QCOMPARE(labels(), (QStringList{"lr_1e-3", "lr_0.05", "lr_0.1", "run9", "run10"}));
    // Rows come where they belong, the others stay.
    RunListModel model(m_selection.get());
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    QPersistentModelIndex last(model.index(4));
    m_store->openRun("/logs", "m");
    m_store->openRun("/logs", "a");
    m_store->openRun("/logs", "z");
    m_selection->poll();
    QCOMPARE(reset.count(), 0);
    QCOMPARE(last.row(), 6);
    QStringList rows;
    for (int row = 0; row < model.rowCount(); ++row) rows << model.index(row).data().toString();
    QCOMPARE(rows, labels());
  }

  void filterDecidesWhatIsDrawn() {
    for (const char* name : {"lr_0.01", "lr_0.1", "baseline"}) m_store->openRun("/a", name);
    m_selection->poll();
    m_selection->setFilter("lr");
    QStringList drawn;
    for (const auto& entry : m_selection->visible()) drawn << entry.label;
    QCOMPARE(drawn, (QStringList{"lr_0.01", "lr_0.1"}));
    m_selection->setAllVisible(false);
    QVERIFY(m_selection->visible().empty());
    m_selection->setFilter("0.01");
    m_selection->setAllVisible(true);
    m_selection->setFilter("");
    drawn.clear();
    for (const auto& entry : m_selection->visible()) drawn << entry.label;
    QCOMPARE(drawn, (QStringList{"baseline", "lr_0.01"}));
  }

  void currentRunPassesTheFilterAndComesBack() {
    for (const char* name : {"a", "b", "c"}) m_store->openRun("/logs", name);
    m_selection->poll();
    m_selection->setCurrent(m_selection->entries()[0].run);
    m_selection->setFilter("c");
    QCOMPARE(m_selection->current()->name(), std::string("c"));
    m_selection->setFilter("");
    QCOMPARE(m_selection->current()->name(), std::string("a"));
  }

  void longBeginningsInCommonAreLeftOut() {
    for (const char* name :
         {"2024/resnet50_imagenet/lr_0.1", "2024/resnet50_imagenet/lr_0.01", "baseline"}) {
      m_store->openRun("/logs", name);
    }
    m_selection->poll();
    QCOMPARE(labels(), (QStringList{"…lr_0.01", "…lr_0.1", "baseline"}));
    RunListModel model(m_selection.get());
    QVERIFY(model.index(0).data(Qt::ToolTipRole).toString().contains("resnet50_imagenet/lr_0.01"));
    m_selection->setFilter("imagenet");
    QCOMPARE(m_selection->visible().size(), std::size_t{2});
  }

  void shortNamesStayWhole() {
    for (const char* name : {"version_0", "version_1"}) m_store->openRun("/logs", name);
    m_selection->poll();
    QCOMPARE(labels(), (QStringList{"version_0", "version_1"}));
  }

  void aLiveRunIsVisibleWhereverItStands() {
    open("/logs", 11);
    const auto live = m_store->openRun("/logs", "live");
    live->setLive(true);
    m_selection->poll();
    QVERIFY(m_selection->find(live.get())->visible);
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
    std::set<int> seen;
    for (const auto& entry : m_selection->visible()) seen.insert(entry.colorIndex);
    const auto live = m_store->openRun("/logs", "live");
    live->setLive(true);
    m_selection->poll();
    QVERIFY(!seen.contains(m_selection->find(live.get())->colorIndex));
  }

  void labelsTellRunsOfOneNameApart() {
    m_store->openRun("/x/first", "conv_net");
    m_store->openRun("/x/second", "conv_net");
    m_store->openRun("/x/second", "other");
    m_store->openRun("/y/alone", ".");
    m_selection->poll();
    QCOMPARE(labels(), (QStringList{"alone", "conv_net · first", "conv_net · second", "other"}));
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
    QCOMPARE(m_selection->setFilter("^lr.*0\\.01$"), QString());
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(m_selection->setFilter("lr"), QString());
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(!m_selection->setFilter("(").isEmpty());
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(m_selection->setFilter(""), QString());
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
    QCOMPARE(m_selection->current(), m_selection->entries()[0].run);
    QCOMPARE(view->currentIndex().row(), 0);
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

  void numberBesideARunIsNamedAndChosen() {
    const auto run = m_store->openRun("/a", "run");
    for (int step = 0; step < 3; ++step) {
      run->appendScalar("validation/loss", step, step, step == 1 ? 0.25 : 0.5);
      run->appendScalar("accuracy", step, step, 0.1 * (step + 1));
    }
    m_store->openRun("/a", "without");
    m_selection->poll();
    RunList list(m_selection.get());
    list.resize(248, 300);
    list.show();
    auto* button = list.findChild<QToolButton*>("runFigure");
    QVERIFY2(button->text().startsWith("validation/loss · last"), qPrintable(button->text()));
    auto* view = list.findChild<QListView*>("runView");
    const auto value = [view](int row) {
      return view->model()->index(row, 0).data(RunListModel::kValueRole).toString();
    };
    QCOMPARE(value(0), QStringLiteral("0.5000"));
    QCOMPARE(value(1), QString());
    emit button->menu()->aboutToShow();
    choose(button->menu(), "Lowest");
    QCOMPARE(value(0), QStringLiteral("0.2500"));
    emit button->menu()->aboutToShow();
    choose(button->menu(), "accuracy");
    choose(button->menu(), "Highest");
    QCOMPARE(value(0), QStringLiteral("0.3000"));
    QVERIFY(button->text().startsWith("accuracy · highest"));

    RunList other(m_selection.get());
    other.resize(248, 300);
    other.restoreState(list.saveState());
    QCOMPARE(other.findChild<QToolButton*>("runFigure")->text(), button->text());
  }

  void colorIsChosenFromThePalette() {
    widgets::RunColorMenu menu(3);
    QSignalSpy chosen(&menu, &widgets::RunColorMenu::chosen);
    menu.findChild<QAbstractButton*>("runStyle11")->click();
    QCOMPARE(chosen.takeFirst().first().toInt(), 11);
    QCOMPARE(widgets::runColor(3 + 2 * widgets::kRunColors), widgets::runColor(3));
    menu.findChild<QAbstractButton*>(QStringLiteral("runStyle%1").arg(3 + 2 * widgets::kRunColors))
        ->click();
    QCOMPARE(chosen.takeFirst().first().toInt(), 3 + 2 * widgets::kRunColors);
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

  void oddNamesStandOnOneLine() {
    const auto run = m_store->openRun("/a", "two\nlines");
    run->appendScalar("a\nb", 1, 1, 1);
    run->appendScalar("", 1, 1, 1);
    m_selection->poll();
    QCOMPARE(labels(), QStringList{"two\\nlines"});
    widgets::TagList list(m_selection.get());
    list.refresh();
    const auto* model = list.findChild<QTreeView*>()->model();
    QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("(no name)"));
    QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("a\\nb"));
    QSignalSpy activated(&list, &widgets::TagList::tagActivated);
    emit list.findChild<QTreeView*>()->clicked(model->index(1, 0));
    QCOMPARE(activated.first().first().toString(), QStringLiteral("a\nb"));
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
    QCOMPARE(groups, (QStringList{"Training Loss", "layer2", "layer10/weight"}));
    QCOMPARE(model->rowCount(model->index(1, 0)), 2);
    QSignalSpy activated(&list, &widgets::TagList::tagActivated);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Home);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated.first().first().toString(), QStringLiteral("Training Loss"));
    run->appendScalar("layer1/weight", 1, 1, 1);
    list.refresh();
    QCOMPARE(model->rowCount(), 4);
  }

 private:
  struct MemoryStorage : widgets::RunStyleStorage {
    void refresh() override {}
    std::optional<widgets::RunStyle> find(const std::string& logDirectory,
                                          const std::string& name) override {
      const auto it = styles.find(logDirectory + '/' + name);
      return it == styles.end() ? std::nullopt : std::optional(it->second);
    }
    void store(const std::string& logDirectory, const std::string& name,
               const widgets::RunStyle& style) override {
      styles[logDirectory + '/' + name] = style;
    }
    std::map<std::string, widgets::RunStyle> styles;
  };

  static void choose(const QMenu* menu, const QString& text) {
    for (QAction* action : menu->actions()) {
      if (action->text() == text) return action->trigger();
    }
    QFAIL(qPrintable("no such action: " + text));
  }

  [[nodiscard]] QStringList labels() const {
    QStringList result;
    for (const auto& entry : m_selection->entries()) result << entry.label;
    return result;
  }

  void open(const std::string& directory, int count) {
    for (int i = 0; i < count; ++i) m_store->openRun(directory, "run" + std::to_string(i));
  }

  std::shared_ptr<eventio::RunStore> m_store;
  std::unique_ptr<RunSelection> m_selection;
};

QTEST_MAIN(RunListTest)
#include "run_list_test.moc"
