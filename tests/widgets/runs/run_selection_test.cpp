// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_selection.h"

#include <QTest>
#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "tests/widgets/run_fixture.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"

using widgets::RunSelection;

class RunSelectionTest : public QObject, RunFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }
  void init() { reset(); }
  void cleanup() { clear(); }

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
      reset();
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
    reset();
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

  void aNewRunTakesAColorThatNoVisibleOneHas() {
    open("/a", 4);
    m_selection->poll();
    // Of the same colours as the first ones, in a dash pattern.
    for (int i = 0; i < 4; ++i) {
      m_selection->setColor(m_selection->entries()[static_cast<std::size_t>(i)].run.get(),
                            widgets::kRunColors + i);
    }
    open("/b", 4);
    m_selection->poll();
    open("/c", 4);
    m_selection->poll();
    std::set<QRgb> colors;
    for (const auto& entry : m_selection->entries()) {
      colors.insert(widgets::runColor(entry.colorIndex).rgb());
    }
    QCOMPARE(colors.size(), std::size_t{12});
  }

  void theFirstVisibleRunIsCurrentAtFirst() {
    MemoryStorage storage;
    storage.styles["/logs/run0"] = {0, false};
    storage.styles["/logs/run1"] = {1, false};
    m_selection->setStyleStorage(&storage);
    open("/logs", 2);
    m_selection->poll();
    QCOMPARE(m_selection->current()->name(), std::string("run0"));  // none is visible yet
    open("/logs", 4);
    m_selection->poll();
    QCOMPARE(m_selection->current()->name(), std::string("run2"));
    open("/alpha", 1);  // stands before them
    m_selection->poll();
    QCOMPARE(m_selection->current()->name(), std::string("run2"));
  }

  void theRunSelectedLastIsCurrentAgain() {
    MemoryStorage storage;
    m_selection->setStyleStorage(&storage);
    open("/logs", 4);
    m_selection->poll();
    m_selection->setCurrent(m_selection->entries()[3].run);
    m_selection->setVisible(m_selection->entries()[3].run.get(), false);

    reset();
    m_selection->setStyleStorage(&storage);
    open("/other", 2);
    m_selection->poll();
    const auto first = m_selection->current();
    open("/logs", 3);  // another directory's choice does not take over
    m_selection->poll();
    QCOMPARE(m_selection->current(), first);

    reset();
    m_selection->setStyleStorage(&storage);
    open("/logs", 2);
    m_selection->poll();
    QCOMPARE(m_selection->current()->name(), std::string("run0"));
    open("/logs", 4);
    m_selection->poll();
    QCOMPARE(m_selection->current()->name(), std::string("run3"));
  }

  void filterDecidesWhatIsDrawn() {
    for (const char* name : {"lr_0.01", "lr_0.1", "baseline"}) m_store->openRun("/a", name);
    m_selection->poll();
    m_selection->setFilter(widgets::FilterField::expression("lr"));
    QStringList drawn;
    for (const auto& entry : m_selection->visible()) drawn << entry.label;
    QCOMPARE(drawn, (QStringList{"lr_0.01", "lr_0.1"}));
    m_selection->setAllVisible(false);
    QVERIFY(m_selection->visible().empty());
    m_selection->setFilter(widgets::FilterField::expression("0.01"));
    m_selection->setAllVisible(true);
    m_selection->setFilter(widgets::FilterField::expression(""));
    drawn.clear();
    for (const auto& entry : m_selection->visible()) drawn << entry.label;
    QCOMPARE(drawn, (QStringList{"baseline", "lr_0.01"}));
  }

  void currentRunPassesTheFilterAndComesBack() {
    for (const char* name : {"a", "b", "c"}) m_store->openRun("/logs", name);
    m_selection->poll();
    m_selection->setCurrent(m_selection->entries()[0].run);
    m_selection->setFilter(widgets::FilterField::expression("c"));
    QCOMPARE(m_selection->current()->name(), std::string("c"));
    m_selection->setFilter(widgets::FilterField::expression(""));
    QCOMPARE(m_selection->current()->name(), std::string("a"));
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

  void labelsDistinguishRunsOfOneName() {
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
};

QTEST_MAIN(RunSelectionTest)
#include "run_selection_test.moc"
