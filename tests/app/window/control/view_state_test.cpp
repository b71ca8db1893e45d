// SPDX-License-Identifier: GPL-3.0-or-later
// What the window shows of a trainer's status: values in, values out.
#include <QTest>

#include "app/window/control/control_bar_state.h"
#include "app/window/control/status_strip_state.h"

using app::ControlBarInput;
using app::controlBarState;
using app::StatusStripInput;
using app::statusStripState;
using app::TrainingSession;
using app::trainingTitle;
using training::TrainerState;
using widgets::ControlBarState;
using Main = ControlBarState::Main;
using Tone = ControlBarState::Tone;

class ViewStateTest : public QObject {
  Q_OBJECT

 private slots:
  void anIdleBarShowsTheNextRun() {
    ControlBarInput input;
    input.next.learningRate = 0.25;
    input.next.runName = "next";
    input.nextData = "Digits";
    const ControlBarState state = controlBarState(input);
    QVERIFY(state.main == Main::kStart && state.mainReason.isEmpty());
    QVERIFY(!state.canStep && !state.canStop && state.rateEditable);
    QVERIFY(state.tone == Tone::kQuiet);
    QCOMPARE(state.learningRate, 0.25);
    QCOMPARE(state.summaryTop, QStringLiteral("next"));
    QVERIFY(state.summaryBottom.startsWith("Digits"));
    QVERIFY(state.epoch.isEmpty() && state.step.isEmpty() && state.speed.isEmpty());
    QVERIFY(state.progress < 0);
    input.startProblem = "because";
    QCOMPARE(controlBarState(input).mainReason, QStringLiteral("because"));
    input.hasEngine = false;
    QVERIFY(!controlBarState(input).rateEditable);
  }

  void buttonsFollowTheState_data() {
    QTest::addColumn<TrainerState>("trainer");
    QTest::addColumn<bool>("isPausing");
    QTest::addColumn<Main>("main");
    QTest::addColumn<bool>("mainIsOn");
    QTest::addColumn<bool>("canStep");
    QTest::addColumn<bool>("canStop");
    QTest::addColumn<Tone>("tone");
    QTest::addColumn<QString>("word");
    const auto row = [](const char* name, TrainerState trainer, bool isPausing, Main main, bool on,
                        bool canStep, bool canStop, Tone tone, const char* word) {
      QTest::newRow(name) << trainer << isPausing << main << on << canStep << canStop << tone
                          << QString(word);
    };
    row("preparing", TrainerState::kPreparing, false, Main::kPause, false, false, true,
        Tone::kActive, "Preparing");
    row("training", TrainerState::kTraining, false, Main::kPause, true, true, true, Tone::kActive,
        "Training");
    row("pausing", TrainerState::kTraining, true, Main::kResume, true, true, true, Tone::kWarn,
        "Pausing");
    row("evaluating", TrainerState::kEvaluating, false, Main::kPause, true, true, true,
        Tone::kActive, "Evaluating");
    row("pausing in an evaluation", TrainerState::kEvaluating, true, Main::kResume, true, true,
        true, Tone::kWarn, "Pausing");
    row("paused", TrainerState::kPaused, false, Main::kResume, true, true, true, Tone::kWarn,
        "Paused");
    row("not finite", TrainerState::kNonFinite, false, Main::kResume, false, false, true,
        Tone::kBad, "Not finite");
    row("finished", TrainerState::kFinished, false, Main::kStart, true, false, false, Tone::kQuiet,
        "Finished");
    row("stopped", TrainerState::kStopped, false, Main::kStart, true, false, false, Tone::kQuiet,
        "Stopped");
    row("failed", TrainerState::kFailed, false, Main::kStart, true, false, false, Tone::kBad,
        "Failed");
  }
  void buttonsFollowTheState() {
    QFETCH(TrainerState, trainer);
    QFETCH(bool, isPausing);
    ControlBarInput input;
    input.snapshot.status.state = trainer;
    input.isPausing = isPausing;
    const ControlBarState state = controlBarState(input);
    QTEST(state.main, "main");
    QTEST(state.mainReason.isEmpty(), "mainIsOn");
    QTEST(state.canStep, "canStep");
    QTEST(state.canStop, "canStop");
    QTEST(state.tone, "tone");
    QTEST(state.word, "word");
  }

  void aStartProblemDoesNotTurnOffTheButtonsOfARunUnderWay() {
    ControlBarInput input;
    input.startProblem = "a field is wrong";
    input.snapshot.status.state = TrainerState::kTraining;
    QVERIFY(controlBarState(input).mainReason.isEmpty());
    input.snapshot.status.state = TrainerState::kFinished;
    QCOMPARE(controlBarState(input).mainReason, input.startProblem);
  }

  void aRunThatIsBeingStoppedSaysSo() {
    training::TrainerControl control;
    const std::uint64_t before = control.version();
    control.stopNow();
    QVERIFY(control.version() != before);  // or nobody would look
    for (const TrainerState state : {TrainerState::kPreparing, TrainerState::kTraining}) {
      ControlBarInput input;
      input.snapshot.status.state = state;
      input.snapshot.status.divergence = {10, 5.0, 0.1};
      input.snapshot.stopsNow = true;
      QCOMPARE(controlBarState(input).word, QStringLiteral("Stopping"));
      QVERIFY(!controlBarState(input).canStop && !controlBarState(input).canStep);
    }
  }

  void aDivergedRunIsBad() {
    ControlBarInput input;
    input.snapshot.status.state = TrainerState::kTraining;
    input.snapshot.status.divergence = {10, 5.0, 0.1};
    QCOMPARE(controlBarState(input).word, QStringLiteral("Diverged"));
    QVERIFY(controlBarState(input).tone == Tone::kBad);
    input.snapshot.status.state = TrainerState::kPaused;
    QCOMPARE(controlBarState(input).word, QStringLiteral("Paused"));
    QVERIFY(controlBarState(input).tone == Tone::kBad);
    for (const TrainerState ended : {TrainerState::kStopped, TrainerState::kFinished}) {
      input.snapshot.status.state = ended;
      input.snapshot.status.divergedRate = 10;
      QCOMPARE(controlBarState(input).word, QStringLiteral("Diverged"));
      QVERIFY(controlBarState(input).tone == Tone::kBad);
    }
  }

  void progressIsShownOfTheRun() {
    ControlBarInput input;
    training::TrainerStatus& status = input.snapshot.status;
    status.state = TrainerState::kTraining;
    status.runName = "run";
    status.dataName = "Digits";
    status.epoch = 3;
    status.epochs = 12;
    status.step = 1501;  // done; the last one's index is one less
    status.stepsInAll = 6004;
    status.samplesPerSecond = 24'120;
    status.secondsLeft = 68;
    input.config.fineTuneEpochs = 2;
    ControlBarState state = controlBarState(input);
    QCOMPARE(state.epoch, QStringLiteral("3 / 12"));
    QCOMPARE(state.step, QStringLiteral("1,500"));
    QCOMPARE(state.progress, 0.25);
    QCOMPARE(state.speed, QStringLiteral("24.1 k/s"));
    QCOMPARE(state.left, QStringLiteral("01:08"));
    QCOMPARE(state.summaryTop, QStringLiteral("run · fine-tuning next"));
    QVERIFY(state.summaryBottom.startsWith("Digits"));
    const app::TrainingTitle title = trainingTitle(status, state);
    QCOMPARE(title.text, QStringLiteral("25 % · Training · run"));
    QCOMPARE(title.share, std::optional(0.25));

    input.pauseRequested = true;  // single steps: no speed, no time left
    state = controlBarState(input);
    QVERIFY(state.speed.isEmpty() && state.left.isEmpty());
    QCOMPARE(state.step, QStringLiteral("1,500"));

    status.phase = training::Phase::kFineTuning;
    QCOMPARE(controlBarState(input).summaryTop, QStringLiteral("run"));
    status.state = TrainerState::kFinished;
    state = controlBarState(input);
    QCOMPARE(trainingTitle(status, state).text, QStringLiteral("Finished · run"));
    QVERIFY(!trainingTitle(status, state).share);
    QVERIFY(trainingTitle({}, controlBarState({})).text.isEmpty());
  }

  void aRateThatIsNotAppliedYetShowsTheOneInForce() {
    ControlBarInput input;
    training::TrainerStatus& status = input.snapshot.status;
    status.state = TrainerState::kPaused;
    status.applied.learningRate = 0.1;
    status.live = status.applied;
    status.live.learningRate = 0.5;
    QCOMPARE(controlBarState(input).learningRate, 0.5);
    QCOMPARE(controlBarState(input).appliedRate, std::optional(0.1));
    status.state = TrainerState::kTraining;  // applied within a step
    QVERIFY(!controlBarState(input).appliedRate);
  }

  void theStripNamesTheOpenLogsOrTheRun() {
    StatusStripInput input;
    QCOMPARE(statusStripState(input).left, QStringLiteral("No log directory is open"));
    input.openLogs = QStringList{"/a", "/b"};
    QCOMPARE(statusStripState(input).left, QStringLiteral("/a · /b"));
    input.snapshot.status.runPath = "/runs/x";
    QCOMPARE(statusStripState(input).left, QStringLiteral("/runs/x"));
    input.snapshot.status.state = TrainerState::kTraining;
    input.snapshot.status.loggingShare = 0.0123;
    input.snapshot.loggedBytes = 3'200'000;
    QCOMPARE(statusStripState(input).left,
             QStringLiteral("/runs/x · 3.2 MB · logging costs 1.2 %"));
    input.snapshot.loggingWaits = 4;
    input.snapshot.loggingFailure = "disk full";
    input.snapshot.status.saveFailure = {"disk full"};
    const QString left = statusStripState(input).left;
    for (const char* part : {"disk: 4", "log cannot be written", "model cannot be saved"}) {
      QVERIFY2(left.contains(part), part);
    }
    input.snapshot.status.state = TrainerState::kFinished;
    QVERIFY(!statusStripState(input).left.contains("logging costs"));
  }

  void theStripNamesWhatTrains() {
    StatusStripInput input;
    QCOMPARE(statusStripState(input).right, QStringLiteral("loading LibTorch…"));
    input.threads = 1;
    input.device = "CPU";
    input.engine = TrainingSession::Engine::kReady;
    input.torchVersion = "1.13";
    QCOMPARE(statusStripState(input).right, QStringLiteral("1 thread · CPU · LibTorch 1.13"));
    input.threads = 4;
    input.engine = TrainingSession::Engine::kMissing;
    QCOMPARE(statusStripState(input).right, QStringLiteral("4 threads · CPU · no training engine"));
  }
};

QTEST_GUILESS_MAIN(ViewStateTest)
#include "view_state_test.moc"
