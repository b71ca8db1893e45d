// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_list.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "tests/widgets/run_fixture.h"
#include "widgets/runs/run_color_menu.h"
#include "widgets/runs/run_list_delegate.h"
#include "widgets/runs/run_list_model.h"
#include "widgets/runs/run_names.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"

using widgets::FilterField;
using widgets::RunList;
using widgets::RunListModel;

class RunListTest : public QObject, RunFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }
  void init() { reset(); }
  void cleanup() { clear(); }

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

  void namesThatAreCutStayApart() {
    const QStringList names{"allenai+allennlp/d722a83ea/tmpout7/log/train",
                            "allenai+allennlp/d722a83ea/tmpout7/log/validation",
                            "allenai+allennlp/e738342fe/tmpout-den/log/train",
                            "allenai+allennlp/e738342fe/tmpout-den/log/validation",
                            "allenai+allennlp/67958b379/tests/fixtures/srl/serialization/log/train",
                            "other"};
    const QFontMetrics metrics(widgets::themeFont(13));
    for (const int width : {90, 120, 160, 220, 1000}) {
      QStringList shown;
      for (const QString& name : names) {
        shown << widgets::elidedApart(name, names, metrics, width);
        QVERIFY2(metrics.horizontalAdvance(shown.last()) <= width, qPrintable(shown.last()));
      }
      const QString all = shown.join(" | ");
      QVERIFY2(shown.removeDuplicates() == 0, qPrintable(all));
    }
    QCOMPARE(widgets::elidedApart(names[0], names, metrics, 1000), names[0]);
    // The list shows them so: no two rows look the same beside their colours.
    m_selection->poll();
    for (const QString& name : names) m_store->openRun("/logs", name.toStdString());
    m_selection->poll();
    RunList list(m_selection.get());
    list.resize(170, 400);
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    auto* view = list.findChild<QListView*>();
    QVERIFY(view != nullptr);
    m_selection->setCurrent(m_selection->entries().back().run);
    QCoreApplication::processEvents();
    const QImage image = view->viewport()->grab().toImage();
    QList<QImage> rows;
    for (int row = 0; row + 1 < view->model()->rowCount(); ++row) {
      const QRect area = view->visualRect(view->model()->index(row, 0));
      const QImage text = image.copy(area.adjusted(34, 4, -4, -4));
      QVERIFY2(!rows.contains(text), qPrintable(view->model()->index(row, 0).data().toString()));
      rows << text;
    }
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
    m_selection->setFilter(FilterField::expression("imagenet"));
    QCOMPARE(m_selection->visible().size(), std::size_t{2});
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

  void filterIsARegularExpression() {
    for (const char* name : {"lr_0.01", "LR_0.1", "baseline"}) m_store->openRun("/a", name);
    m_selection->poll();
    RunListModel model(m_selection.get());
    m_selection->setFilter(FilterField::expression("^lr.*0\\.01$"));
    QCOMPARE(model.rowCount(), 1);
    m_selection->setFilter(FilterField::expression("lr"));
    QCOMPARE(model.rowCount(), 2);
    m_selection->setFilter(FilterField::expression(""));
    QCOMPARE(model.rowCount(), 3);
  }

  void aFilterIsNoChoiceOfAnotherRun() {
    open("/a", 4);
    m_selection->poll();
    RunList list(m_selection.get());
    list.show();
    m_selection->setCurrent(m_selection->entries()[2].run);
    list.setFilter("run[13]");
    QCOMPARE(m_selection->current()->name(), std::string("run1"));
    list.setFilter("");
    QCOMPARE(m_selection->current()->name(), std::string("run2"));
    auto* view = list.findChild<QListView*>("runView");
    QCOMPARE(view->currentIndex().data().toString(), QStringLiteral("run2"));
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
    run->addDamage({"/a/run/events.out.tfevents.1", 81244, 44, {"data CRC does not match"}});
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

 private:
  static void choose(const QMenu* menu, const QString& text) {
    for (QAction* action : menu->actions()) {
      if (action->text() == text) return action->trigger();
    }
    QFAIL(qPrintable("no such action: " + text));
  }
};

QTEST_MAIN(RunListTest)
#include "run_list_test.moc"
