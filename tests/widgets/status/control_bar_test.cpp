// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/control_bar.h"

#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include "widgets/style/theme.h"

using widgets::ControlBar;
using widgets::ControlBarState;

class ControlBarTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void init() {
    m_bar = std::make_unique<ControlBar>();
    m_bar->resize(1440, 52);
    m_bar->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_bar.get()));
  }
  void cleanup() { m_bar.reset(); }

  void pauseTakesThePlaceOfStart() {
    QPushButton* main = child<QPushButton>("mainButton");
    const QList<QWidget*> others{child<QPushButton>("stepButton"), child<QToolButton>("stopButton"),
                                 child<QLineEdit>("rateField")};
    QRect place;
    QList<QRect> otherPlaces;
    for (const auto state : {ControlBarState::Main::kStart, ControlBarState::Main::kPause,
                             ControlBarState::Main::kResume}) {
      m_bar->setState(stateWith(state));
      QCoreApplication::processEvents();
      QList<QRect> now;
      for (const QWidget* widget : others) now << widget->geometry();
      if (place.isNull()) {
        place = main->geometry();
        otherPlaces = now;
      }
      QCOMPARE(main->geometry(), place);
      QCOMPARE(now, otherPlaces);
    }
  }

  void figuresDoNotMoveTheirNeighbours() {
    const QList<QWidget*> boxes = m_bar->findChildren<QWidget*>();
    ControlBarState state = stateWith(ControlBarState::Main::kPause);
    state.epoch = "1 / 10";
    state.step = "1";
    state.speed = "1.1 k/s";
    state.left = "00:01";
    m_bar->setState(state);
    QCoreApplication::processEvents();
    QHash<QWidget*, QPoint> places;
    for (QWidget* box : boxes) places.insert(box, box->pos());
    state.epoch = "10 / 10";
    state.step = "98,888";
    state.speed = "888.8 k/s";
    state.left = "1:08:08";
    m_bar->setState(state);
    QCoreApplication::processEvents();
    for (QWidget* box : boxes) QCOMPARE(box->pos(), places.value(box));
  }

  void mainButtonEmitsWhatItShows() {
    QSignalSpy start(m_bar.get(), &ControlBar::startRequested);
    QSignalSpy pause(m_bar.get(), &ControlBar::pauseRequested);
    QSignalSpy resume(m_bar.get(), &ControlBar::resumeRequested);
    auto* main = child<QPushButton>("mainButton");
    m_bar->setState(stateWith(ControlBarState::Main::kStart));
    QTest::mouseClick(main, Qt::LeftButton);
    m_bar->setState(stateWith(ControlBarState::Main::kPause));
    QTest::mouseClick(main, Qt::LeftButton);
    m_bar->setState(stateWith(ControlBarState::Main::kResume));
    QTest::mouseClick(main, Qt::LeftButton);
    QCOMPARE(start.count(), 1);
    QCOMPARE(pause.count(), 1);
    QCOMPARE(resume.count(), 1);
  }

  void keysDoWhatTheToolTipsSay() {
    m_bar->setState(stateWith(ControlBarState::Main::kPause));
    QSignalSpy pause(m_bar.get(), &ControlBar::pauseRequested);
    QSignalSpy step(m_bar.get(), &ControlBar::stepRequested);
    QSignalSpy stop(m_bar.get(), &ControlBar::stopRequested);
    m_bar->activateWindow();
    QTest::keyClick(m_bar.get(), Qt::Key_Space);
    QTest::keyClick(m_bar.get(), Qt::Key_S);
    QTest::keyClick(m_bar.get(), Qt::Key_Period, Qt::ControlModifier);
    QCOMPARE(pause.count(), 1);
    QCOMPARE(step.count(), 1);
    QCOMPARE(stop.count(), 1);
    for (QAbstractButton* button : m_bar->findChildren<QAbstractButton*>()) {
      QVERIFY2(button->toolTip().contains('('), qPrintable(button->text()));
    }
  }

  void startIsOffWithItsReason() {
    ControlBarState state = stateWith(ControlBarState::Main::kStart);
    state.mainReason = "Batch size: Must be at least 1";
    m_bar->setState(state);
    auto* main = child<QPushButton>("mainButton");
    QVERIFY(!main->isEnabled());
    QVERIFY(!m_bar->action(ControlBar::Command::kMain)->isEnabled());
    QVERIFY(main->toolTip().contains(state.mainReason));
    QSignalSpy start(m_bar.get(), &ControlBar::startRequested);
    QTest::keyClick(m_bar.get(), Qt::Key_Space);
    QCOMPARE(start.count(), 0);
  }

  void factorsMultiplyTheRateExactly() {
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    ControlBarState state = stateWith(ControlBarState::Main::kPause);
    state.learningRate = 0.01;
    m_bar->setState(state);
    m_bar->action(ControlBar::Command::kRateTenth)->trigger();
    m_bar->action(ControlBar::Command::kRateHalf)->trigger();
    m_bar->action(ControlBar::Command::kRateDouble)->trigger();
    m_bar->action(ControlBar::Command::kRateTenfold)->trigger();
    QList<double> rates;
    for (const auto& call : spy) rates << call.first().toDouble();
    QCOMPARE(rates, (QList<double>{0.001, 0.005, 0.02, 0.1}));
  }

  void typedRateIsTakenOnEnterOnly() {
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    auto* field = child<QLineEdit>("rateField");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "0.002");
    QCOMPARE(spy.count(), 0);
    QTest::keyClick(field, Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy.first().first().toDouble(), 0.002);
  }

  void badRateGetsRedBorderAndReason() {
    m_bar->setRateCheck([](double rate) {
      return rate > 0 ? QString() : QStringLiteral("Must be a number above 0");
    });
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    auto* field = child<QLineEdit>("rateField");
    for (const QString bad : {"-1", "0", "fast", "", "nan", "inf"}) {
      field->setFocus();
      field->selectAll();
      QTest::keyClick(field, Qt::Key_Delete);
      QTest::keyClicks(field, bad);
      QTest::keyClick(field, Qt::Key_Return);
      QVERIFY2(field->property("bad").toBool(), qPrintable(bad));
      QVERIFY(!field->toolTip().isEmpty());
      auto* reason = m_bar->window()->findChild<QLabel*>("rateReason");
      QVERIFY(reason && reason->isVisible() && !reason->text().isEmpty());
    }
    QCOMPARE(spy.count(), 0);
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(!field->property("bad").toBool());
    QCOMPARE(field->text(), QStringLiteral("0.01"));
    QVERIFY(!m_bar->window()->findChild<QLabel*>("rateReason"));
  }

  void aBadRateThatIsLeftGoesBackToTheOneInForceWithTheReason() {
    refuseAbove(1);
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    auto* field = child<QLineEdit>("rateField");
    typeRate("1e300");
    QTest::keyClick(field, Qt::Key_Tab);
    QVERIFY(!field->hasFocus());
    QCOMPARE(field->text(), QStringLiteral("0.01"));
    QVERIFY(!field->property("bad").toBool());
    auto* reason = m_bar->window()->findChild<QLabel*>("rateReason");
    QVERIFY(reason && reason->isVisible());
    QVERIFY2(reason->text().contains("1e300") && reason->text().contains("Must be at most 1"),
             qPrintable(reason->text()));
    QCOMPARE(spy.count(), 0);
  }

  void aFactorThatLeadsTooFarLeavesTheFieldAsItIs() {
    refuseAbove(0.05);
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    m_bar->action(ControlBar::Command::kRateTenfold)->trigger();
    QCOMPARE(spy.count(), 0);
    QCOMPARE(child<QLineEdit>("rateField")->text(), QStringLiteral("0.01"));
    auto* reason = m_bar->window()->findChild<QLabel*>("rateReason");
    QVERIFY(reason && reason->isVisible() && reason->text().contains("Must be at most"));
  }

  void aDecimalCommaIsTaken() {
    QSignalSpy spy(m_bar.get(), &ControlBar::learningRateRequested);
    typeRate("0,002");
    QVERIFY(!child<QLineEdit>("rateField")->property("bad").toBool());
    QTest::keyClick(child<QLineEdit>("rateField"), Qt::Key_Return);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy.first().first().toDouble(), 0.002);
  }

  void aLargeRateIsReadable() {
    ControlBarState state = stateWith(ControlBarState::Main::kPause);
    state.learningRate = 1e9;
    m_bar->setState(state);
    auto* field = child<QLineEdit>("rateField");
    QCOMPARE(field->text(), QStringLiteral("1e9"));
    for (const double rate : {1e30, 123456.0, 0.0123456789, 1e-30}) {
      state.learningRate = rate;
      m_bar->setState(state);
      QCOMPARE(field->text().toDouble(), rate);
      QCOMPARE(field->cursorPosition(), 0);
    }
  }

  void aRateThatIsNotAppliedYetShowsAsPending() {
    ControlBarState state = stateWith(ControlBarState::Main::kResume);
    state.learningRate = 0.002;
    state.appliedRate = 0.01;
    m_bar->setState(state);
    auto* field = child<QLineEdit>("rateField");
    QCOMPARE(field->text(), QStringLiteral("0.002"));
    QVERIFY(field->property("pending").toBool());
    QVERIFY2(field->toolTip().contains("0.01"), qPrintable(field->toolTip()));
    QCOMPARE(field->grab().toImage().pixelColor(field->width() / 2, 0), widgets::theme().warn);
    state.appliedRate.reset();
    m_bar->setState(state);
    QVERIFY(!field->property("pending").toBool());
    QVERIFY(!field->toolTip().contains("ending"));
  }

  void rateBeingTypedIsNotOverwritten() {
    auto* field = child<QLineEdit>("rateField");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, "0.5");
    ControlBarState state = stateWith(ControlBarState::Main::kPause);
    state.learningRate = 0.123;
    m_bar->setState(state);
    QCOMPARE(field->text(), QStringLiteral("0.5"));
  }

  void progressIsDrawnAlongTheLowerEdge() {
    ControlBarState state = stateWith(ControlBarState::Main::kPause);
    state.progress = 0.5;
    m_bar->setState(state);
    const QImage image = m_bar->grab().toImage();
    const int y = image.height() - 1;
    QCOMPARE(image.pixelColor(image.width() / 4, y), widgets::theme().accent);
    QCOMPARE(image.pixelColor(image.width() * 3 / 4, y), widgets::theme().line);
  }

  void aNarrowBarKeepsTheFactorsAndTheTimeLeft() {
    const auto factors = [this] {
      QStringList texts;
      for (const auto* button : m_bar->findChildren<QPushButton*>()) {
        if (button->property("factor").toBool() && button->isVisible()) texts << button->text();
      }
      return texts;
    };
    const QStringList all = factors();
    QCOMPARE(all.size(), 4);
    m_bar->resize(800, 52);
    QCoreApplication::processEvents();
    QCOMPARE(factors(), all);
    bool isLeftSeen = false;
    for (const auto* label : m_bar->findChildren<QLabel*>()) {
      isLeftSeen |= label->text() == "Left" && label->isVisible();
    }
    QVERIFY(isLeftSeen);
    m_bar->resize(1440, 52);
    QVERIFY(child<QPushButton>("stepButton")->text().contains("Step"));
    for (int width = 800; width > 400; width -= 20) {
      m_bar->resize(width, 52);
      QCOMPARE(factors().contains(all.first()), factors().contains(all.last()));
    }
  }

  void nothingIsCutOffInANarrowWindow() {
    m_bar->resize(900, 52);
    QCoreApplication::processEvents();
    for (const QWidget* widget : m_bar->findChildren<QAbstractButton*>()) {
      if (!widget->isVisibleTo(m_bar.get())) continue;
      QVERIFY(widget->geometry().right() < m_bar->width());
      QVERIFY(widget->width() >= widget->minimumSizeHint().width());
    }
  }

 private:
  template <class T>
  T* child(const char* name) {
    T* widget = m_bar->findChild<T*>(QString::fromLatin1(name));
    Q_ASSERT(widget);
    return widget;
  }

  void typeRate(const QString& text) {
    auto* field = child<QLineEdit>("rateField");
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
  }

  void refuseAbove(double most) {
    m_bar->setRateCheck([most](double rate) {
      return rate <= most ? QString() : QStringLiteral("Must be at most %1").arg(most);
    });
  }

  static ControlBarState stateWith(ControlBarState::Main main) {
    ControlBarState state;
    state.main = main;
    state.canStep = true;
    state.canStop = true;
    state.word = "Training";
    return state;
  }

  std::unique_ptr<ControlBar> m_bar;
};

QTEST_MAIN(ControlBarTest)
#include "control_bar_test.moc"
