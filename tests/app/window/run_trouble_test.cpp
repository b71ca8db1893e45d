// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says and offers when a run goes wrong, with a status made up by the test.
#include <QLabel>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>

#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "app/window/workspace/live_run_events.h"
#include "app/window/workspace/old_run_events.h"
#include "eventio/text/run_notes.h"
#include "tests/app/window/window_fixture.h"
#include "training/settings/setting.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/forms/form_panel.h"
#include "widgets/runs/run_selection.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/event_list.h"
#include "widgets/status/status_notice.h"
#include "widgets/style/theme.h"
#include "widgets/training/training_page.h"

using app::MainWindow;
using training::SavedState;
using training::TrainerState;
using training::TrainerStatus;
using Tone = widgets::ControlBarState::Tone;

class RunTroubleTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    m_files = std::make_unique<WindowFixture>();
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void init() {
    QSettings().clear();
    m_window = std::make_unique<TestWindow>();
    m_window->resize(1400, 900);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    set([](TrainerStatus& status) {
      status.state = TrainerState::kTraining;
      status.epoch = 4;
      status.epochs = 10;
      status.step = 3600;
      status.stepsInAll = 9000;
      status.savedStates = {{SavedState::Kind::kBest, 2814, 0.8595, 0.01, false},
                            {SavedState::Kind::kBeforeChange, 3578, -1, 0.01, false},
                            {SavedState::Kind::kLast, 3600, 0.1, 100, true}};
    });
    QCOMPARE(int(m_window->controlBar().state().tone), int(Tone::kActive));
    QVERIFY(!m_window->notice().isVisible());
  }
  void cleanup() { m_window.reset(); }

  void aDivergedRunIsNotGreenAndCanGoBack() {
    diverge(3599);
    QCOMPARE(int(m_window->controlBar().state().tone), int(Tone::kBad));
    QVERIFY(m_window->notice().isVisible());
    const QString text = m_window->notice().text();
    QVERIFY2(text.contains("3,599") && text.contains("2.4") && text.contains("12"),
             qPrintable(text));
    QCOMPARE(answers(),
             (QStringList{"Go back to step 3,578 with a tenth of the rate", "Go on", "Stop"}));
    click(0);
    const auto request = control().takeGoBackRequest();
    QVERIFY(request.has_value());
    QCOMPARE(request->step, std::int64_t{3578});
    QCOMPARE(request->learningRateFactor, 0.1);
  }

  void theAnswerLeavesTheFocusToTheWindow() {
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    diverge(3599);
    auto* goOn = m_window->notice().findChild<QPushButton*>("answer1");
    goOn->setFocus(Qt::TabFocusReason);
    QTRY_COMPARE(QApplication::focusWidget(), goOn);
    QTest::keyClick(goOn, Qt::Key_Space);
    QVERIFY(!m_window->notice().isVisible());
    QVERIFY(!qobject_cast<QAbstractButton*>(QApplication::focusWidget()));
  }

  void goingOnIsNotAskedAgainUntilItDivergesAnew() {
    diverge(3599);
    click(1);
    QVERIFY(!m_window->notice().isVisible());
    set([](TrainerStatus& status) { ++status.step; });
    QVERIFY(!m_window->notice().isVisible());
    QCOMPARE(int(m_window->controlBar().state().tone), int(Tone::kBad));
    set([](TrainerStatus& status) { status.divergence.reset(); });
    QCOMPARE(int(m_window->controlBar().state().tone), int(Tone::kActive));
    diverge(3650);
    QVERIFY(m_window->notice().isVisible());
    set([](TrainerStatus& status) { status.divergence.reset(); });
    QVERIFY(!m_window->notice().isVisible());
  }

  void withoutASavedModelTheRateCanBeLowered() {
    set([](TrainerStatus& status) { status.savedStates.clear(); });
    control().set(&training::LiveHyperParameters::learningRate, 0.5);
    set([](TrainerStatus& status) { status.divergence = {3599, 2.4, 0.2}; });
    QCOMPARE(answers().size(), 3);
    QVERIFY(!answers().first().contains("Go back"));
    click(0);
    QCOMPARE(control().live().learningRate, 0.05);
  }

  void aNonFiniteValueOffersToGoBackFirst() {
    set([](TrainerStatus& status) {
      status.state = TrainerState::kNonFinite;
      status.nonFinite = {3600, "loss", {"the loss is not finite"}};
    });
    QVERIFY(answers().first().contains("Lower"));
    set([](TrainerStatus& status) { status.goBackStep = 3578; });
    QCOMPARE(answers().size(), 4);
    QCOMPARE(answers().first(), QStringLiteral("Go back to step 3,578 with a tenth of the rate"));
    click(0);
    const auto request = control().takeGoBackRequest();
    QVERIFY(request.has_value());
    QCOMPARE(request->step, std::int64_t{3578});
  }

  void aFailedSaveIsSaidOnceWhenItBeginsAndOnceWhenItIsOver() {
    const auto count = [this](const QString& part) {
      int found = 0;
      for (const auto& entry : m_window->events().entries()) found += entry.text.contains(part);
      return found;
    };
    for (const char* failure : {"/runs/a: No space left on device", "/runs/a: No space left"}) {
      set([failure](TrainerStatus& status) {
        status.saveFailure = eventio::Message::ofTable(failure);
      });
    }
    QCOMPARE(count("No space left"), 1);
    set([](TrainerStatus& status) { status.saveFailure = {}; });
    set([](TrainerStatus& status) { ++status.step; });
    QCOMPARE(count("can be saved again"), 1);
  }

  void whatCannotBeSavedStaysInSightUntilItIsOver() {
    auto* notice = m_window->findChild<widgets::StatusNotice*>("failureNotice");
    const auto fail = [this](const char* failure) {
      set([failure](TrainerStatus& status) {
        status.saveFailure = eventio::Message::ofTable(failure);
      });
    };
    QVERIFY(!notice->isVisible());
    fail("/runs/a: No space left on device");
    QVERIFY(notice->isVisible());
    QVERIFY2(notice->text().contains("No space left on device"), qPrintable(notice->text()));
    fail("");
    QVERIFY(!notice->isVisible());
    fail("/runs/a: No space left on device");
    notice->findChild<QPushButton*>("answer0")->click();
    QVERIFY(!notice->isVisible());
    fail("/runs/a: No space left");  // still the same trouble
    QVERIFY(!notice->isVisible());
    fail("");
    fail("/runs/a: No space left on device");
    QVERIFY(notice->isVisible());
  }

  void eventsOfferToGoBackToTheModelBefore() {
    QString asked;
    bool agrees = false;
    m_window->setGoBackQuestion([&](const QString& text) {
      asked = text;
      return agrees;
    });
    auto& events = m_window->events();
    events.add({widgets::Severity::kWarning, QDateTime::currentDateTime(), "rate changed", 3578});
    QVERIFY(choose("Go back to step 3,578 with a tenth of the rate"));
    QVERIFY(asked.contains("3,578"));
    QVERIFY(!control().takeGoBackRequest());
    agrees = true;
    QVERIFY(choose("Go back to step 3,578 with a tenth of the rate"));
    QCOMPARE(control().takeGoBackRequest()->step, std::int64_t{3578});
    // Nothing was saved before that, and what is not of a step cannot be gone back to.
    events.add({widgets::Severity::kWarning, QDateTime::currentDateTime(), "early", 10});
    QVERIFY(!choose("Go back"));
    events.add(widgets::Severity::kError, "of no step");
    QVERIFY(!choose("Go back"));
    set([](TrainerStatus& status) { status.state = TrainerState::kStopped; });
    events.add({widgets::Severity::kWarning, QDateTime::currentDateTime(), "late", 3578});
    QVERIFY(!choose("Go back"));
  }

  void aRowsLinkGoesBack() {
    m_window->setGoBackQuestion([](const QString&) { return true; });
    m_window->events().add(
        {widgets::Severity::kWarning, QDateTime::currentDateTime(), "rate changed", 3578});
    auto* view = m_window->findChild<QListView*>("eventView");
    const QRect row = view->visualRect(view->model()->index(0, 0));
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, {row.left() + 40, row.center().y()});
    QVERIFY(!control().takeGoBackRequest());
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, {row.right() - 40, row.center().y()});
    QVERIFY(control().takeGoBackRequest());
  }

  void aChartsMarkOffersWhatCanBeDoneAboutIt() {
    auto store = std::make_shared<eventio::RunStore>();
    const auto run = store->openRun("/logs", "run");
    for (int step = 0; step < 100; ++step) {
      run->appendScalar("train/loss", step, 1000 + step, 1.0 / (step + 1));
    }
    run->appendText("traindeck/changes/text_summary", {40, 1040, {"learning rate 0.01 → 100"}});
    widgets::RunSelection selection(store);
    widgets::TrainingPage page(&selection);
    page.setMarkAction([&run](const eventio::Run& of, const widgets::ChartMark& mark) {
      return &of == run.get() ? QStringLiteral("Go back to %1").arg(mark.step) : QString();
    });
    page.resize(800, 600);
    page.show();
    QVERIFY(QTest::qWaitForWindowExposed(&page));
    selection.poll();
    widgets::ScalarChart* chart = page.lossChart();
    QTRY_VERIFY((page.refresh(), chart->isSmoothed() && !chart->isEmpty()));
    const QRect area = chart->plotArea();
    std::optional<QPoint> mark;
    QPoint free = area.center();
    for (int x = area.left(); x < area.right(); ++x) {
      const QPoint place(x, area.center().y());
      (chart->markAt(place) ? mark.emplace() : free) = place;
    }
    QVERIFY(mark.has_value());
    QCOMPARE(chart->markAt(*mark)->step, std::int64_t{40});
    QCOMPARE(commandsAt(*chart, free, "Go back").size(), 0);
    QSignalSpy spy(&page, &widgets::TrainingPage::markActionRequested);
    const auto commands = commandsAt(*chart, *mark, "Go back to 40");
    QCOMPARE(commands.size(), 1);
    commands.first()->trigger();
    QCOMPARE(spy.count(), 1);
  }

  void faultsOfFilesAreReportedOnceAndOfferNoModel() {
    eventio::RunStore store;
    const auto run = store.openRun("/logs", "run");
    const std::string alerts = "traindeck/alerts/text_summary";
    app::LiveRunEvents watch;
    QList<widgets::EventEntry> reported;
    connect(&watch, &app::LiveRunEvents::happened, this,
            [&reported](const widgets::EventEntry& entry) { reported << entry; });
    watch.follow(run, 0);
    // The trainer's status reports these, and when they are over.
    run->appendText(alerts, {5250, 1, {"The model could not be saved: /logs/run: full"}});
    run->appendText(alerts, {5260, 2, {"The model is saved again"}});
    watch.poll();
    QCOMPARE(reported.size(), 0);
    run->appendText(alerts, {5270, 3, {"the event file '/logs/run/a' was removed"}});
    run->appendText(alerts, {5280, 4, {"output of fc2 holds 640 inf"}});
    watch.poll();
    QCOMPARE(reported.size(), 2);
    QVERIFY(reported[0].text.contains("5,270"));
    QVERIFY(!reported[0].step);
    QCOMPARE(reported[1].step, std::optional<std::int64_t>(5280));
  }

  void epochsOfFineTuningCountAnew() {
    eventio::RunStore store;
    const auto run = store.openRun("/logs", "run");
    using Kind = eventio::RunNote::Kind;
    const auto begins = [&](const char* phase, std::int64_t step) {
      const eventio::RunNote note{.kind = Kind::kPhaseBegins, .name = phase};
      run->appendText(std::string(eventio::kRunNotesTag), {step, 1, {encodeRunNote(note)}});
    };
    begins("training", 0);
    const double accuracies[] = {0.5, 0.6, 0.55, 0.7, 0.8};
    for (int epoch = 0; epoch < 5; ++epoch) {
      if (epoch == 3) begins("fine-tuning", 30);
      run->appendScalar("validation/accuracy", 10 * epoch + 9, 2.0 + epoch, accuracies[epoch]);
    }
    QStringList best;
    for (const widgets::EventEntry& entry : app::recordedEvents(*run, "run")) {
      if (entry.severity == widgets::Severity::kGood) best << entry.text.section('(', 1);
    }
    QCOMPARE(best,
             QStringList({"epoch 1)", "epoch 2)", "fine-tuning epoch 1)", "fine-tuning epoch 2)"}));
  }

  void theMenuListsTheSavedModels() {
    const auto choices = m_window->trainingController().savedChoices();
    QCOMPARE(choices.size(), 3);
    QCOMPARE(choices.first().step, std::int64_t{3600});
    QVERIFY(choices[2].text.contains("0.8595") && choices[2].text.contains("best"));
    QVERIFY(choices[0].text.contains("diverged"));
  }

  void whatHappensAfterGoingBackIsReported() {
    eventio::RunStore store;
    const auto run = store.openRun("/logs", "run");
    const std::string changes = "traindeck/changes/text_summary";
    double wallTime = 100;
    const auto write = [&](std::int64_t step, const std::string& text) {
      run->appendText(changes, {step, wallTime += 1, {text}});
    };
    app::LiveRunEvents watch;
    QStringList reported;
    connect(&watch, &app::LiveRunEvents::happened, this,
            [&reported](const widgets::EventEntry& entry) { reported << entry.text; });
    watch.follow(run, false);
    write(10, "learning rate 0.01 → 0.1");
    write(20, "learning rate 0.1 → 100");
    watch.poll();
    QCOMPARE(reported.size(), 2);
    QVERIFY(reported.last().contains("from step 20"));
    run->purgeFrom(20);
    write(20, "went back from step 2400 to step 20: step 2400: output of fc2 holds 6400 inf");
    watch.poll();
    QCOMPARE(reported.size(), 3);
    QCOMPARE(reported.last(),
             QStringLiteral("Went back from step 2,400 to step 20: output of fc2 holds 6,400 inf"));
    write(25, "momentum 0.9 → 0.5");
    watch.poll();
    watch.poll();
    QCOMPARE(reported.size(), 4);
  }

  void noHintBeginsTwiceWithTheSameWords() {
    int needRestart = 0;
    const QStringList fields = m_window->form().values().keys();
    for (const QString& field : fields) {
      emit m_window->form().committed(field);
      const auto* message = m_window->form().findChild<QLabel*>(field + "Message");
      if (!message) continue;
      const QString text = message->text();
      if (text.startsWith("Needs a restart")) {
        ++needRestart;
        const training::Setting* setting = training::findSetting(field.toStdString());
        QVERIFY2(setting && !setting->live, qPrintable(field));
        QCOMPARE(text, QStringLiteral("Needs a restart: ") + setting->restartReason);
      }
      QStringList parts = text.split(QStringLiteral(": "));
      const auto count = parts.size();
      parts.removeDuplicates();
      QVERIFY2(parts.size() == count, qPrintable(text));
    }
    QVERIFY2(needRestart >= 10, qPrintable(QString::number(needRestart)));
  }

 private:
  /// Those of the chart's context menu at a place.
  static QList<QAction*> commandsAt(widgets::ScalarChart& chart, const QPoint& place,
                                    const QString& text) {
    chart.hover(place);
    QContextMenuEvent event(QContextMenuEvent::Mouse, place, chart.mapToGlobal(place));
    QCoreApplication::sendEvent(&chart, &event);
    QList<QAction*> found;
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    if (!menu) return found;
    const auto actions = menu->actions();
    for (QAction* action : actions) {
      if (action->text().startsWith(text)) found << action;
    }
    menu->hide();
    return found;
  }

  training::TrainerControl& control() { return m_window->workspace().session().control(); }

  template <class Change>
  void set(const Change& change) {
    control().update(change);
    m_window->trainingController().poll();
  }

  void diverge(std::int64_t step) {
    set([step](TrainerStatus& status) {
      status.divergence = {step, 2.4, 0.2};
      status.goBackStep = 3578;
    });
  }

  [[nodiscard]] QStringList answers() {
    QStringList texts;
    for (const QPushButton* button : m_window->notice().findChildren<QPushButton*>()) {
      texts << button->text();
    }
    return texts;
  }

  void click(int answer) {
    auto* button =
        m_window->notice().findChild<QPushButton*>(QStringLiteral("answer%1").arg(answer));
    QVERIFY(button != nullptr);
    QTest::mouseClick(button, Qt::LeftButton);
  }

  /// Chooses a command from the menu of the newest event; false where it is not offered.
  bool choose(const QString& command) {
    auto* view = m_window->findChild<QListView*>("eventView");
    bool found = false;
    QTimer::singleShot(50, this, [&] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      const auto actions = menu->actions();
      for (QAction* action : actions) {
        if (!action->text().startsWith(command)) continue;
        found = true;
        action->trigger();
        break;
      }
      menu->close();
    });
    emit view->customContextMenuRequested(view->visualRect(view->model()->index(0, 0)).center());
    return found;
  }

  std::unique_ptr<WindowFixture> m_files;
  std::unique_ptr<TestWindow> m_window;
};

QTEST_MAIN(RunTroubleTest)
#include "run_trouble_test.moc"
