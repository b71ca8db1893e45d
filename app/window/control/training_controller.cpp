// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/control/training_controller.h"

#include <cmath>

#include "app/window/session/status_text.h"
#include "app/window/setup/setup_binding.h"
#include "training/base/machine.h"
#include "widgets/forms/form_panel.h"
#include "widgets/status/status_notice.h"
#include "widgets/style/translated.h"

namespace app {

using training::TrainerState;
using widgets::ControlBar;
using widgets::Severity;

TrainingController::TrainingController(TrainingSession& session, ControlBar& bar,
                                       widgets::FormPanel& form, widgets::StatusNotice& notice,
                                       QObject* parent)
    : QObject(parent),
      m_session(session),
      m_bar(bar),
      m_form(form),
      m_setup(form, session),
      m_notice(notice) {
  m_bar.setRateCheck(rateProblem);
  training::TrainerControl* control = &m_session.control();
  connect(&m_bar, &ControlBar::startRequested, this, &TrainingController::start);
  connect(&m_bar, &ControlBar::pauseRequested, this, [this, control] {
    control->pause();
    setPausing(true);
  });
  connect(&m_bar, &ControlBar::resumeRequested, this, [this, control] {
    control->resume();
    setPausing(false);
  });
  connect(&m_bar, &ControlBar::stepRequested, this, [control] { control->stepOnce(); });
  connect(&m_bar, &ControlBar::stopRequested, this, [this] { m_session.requestStop(); });
  connect(&m_bar, &ControlBar::stopAfterEpochRequested, this, [this, control](bool wanted) {
    wanted ? control->stopAfterEpoch() : control->cancelStopAfterEpoch();
    m_version = 0;
    emit happened(Severity::kInfo, wanted ? tr("Will stop when this epoch ends")
                                          : tr("Will not stop when this epoch ends"));
  });
  connect(&m_bar, &ControlBar::learningRateRequested, this, &TrainingController::setRate);
  connect(&m_form, &widgets::FormPanel::edited, this, [this] {
    m_setup.check();
    showState();
  });
  connect(&m_form, &widgets::FormPanel::committed, this, &TrainingController::fieldCommitted);
  connect(&m_form, &widgets::FormPanel::resetRequested, this, [this] {
    const QVariantMap before = m_form.values();
    setForm(toForm(training::TrainingConfig{}));
    m_form.offerUndo(before);
  });
  connect(&m_form, &widgets::FormPanel::undoRequested, this, &TrainingController::setForm);
  connect(&m_notice, &widgets::StatusNotice::answered, this, &TrainingController::answerNotice);
  connect(&m_session, &TrainingSession::engineChanged, this, &TrainingController::takeEngine);
  connect(&m_session, &TrainingSession::ended, this, [this] {
    m_version = 0;
    poll();
  });
  m_setup.onDataFound([this] { showState(); });
  m_shown = m_session.snapshot();
  showState();
}

void TrainingController::poll() {
  const std::uint64_t version = m_session.control().version();
  if (version == m_version) return;
  m_version = version;
  const TrainingSession::Snapshot before = m_shown;
  m_shown = m_session.snapshot();
  const TrainerState state = m_shown.status.state;
  if (state != TrainerState::kTraining && state != TrainerState::kEvaluating) m_pausing = false;
  reportChanges(before, m_shown);
  showState();
  showPendingHints();
  showNotice();
  const bool underWay = isUnderWay(state);
  if (underWay == m_underWay) return;
  m_underWay = underWay;
  m_form.clearHints();
  emit underWayChanged(underWay);
}

void TrainingController::setPausing(bool pausing) {
  m_pausing = pausing;
  showState();
}

void TrainingController::start() {
  const QString problem = startProblem();
  if (problem.isEmpty()) {
    begin(toConfig(m_form.values()));
  } else {
    emit happened(Severity::kWarning, tr("Cannot start: %1").arg(problem));
  }
}

void TrainingController::begin(const training::TrainingConfig& config) {
  const auto started = m_session.start(config);
  if (!started) {
    emit happened(Severity::kError,
                  tr("Cannot start: %1").arg(widgets::translated(started.error().message)));
    return;
  }
  emit formChanged();
  m_version = 0;
  poll();
}

QString TrainingController::continueProblem(const QString& folder) const {
  if (!m_session.engineProblem().isEmpty()) return m_session.engineProblem();
  if (m_session.isRunning()) return tr("Another run is under way");
  const auto saved = training::readSavedRun(folder.toStdString());
  if (!saved) return widgets::translated(saved.error().message);
  if (saved->modelFile.empty()) return tr("No model was saved in this run's folder");
  if (saved->finished) {
    return tr("This run ran to its end; a new run with its settings and more epochs goes further");
  }
  return {};
}

QString TrainingController::continueEndedText() const {
  return m_shown.status.divergedRate > 0 ? tr("Continue with a tenth of the rate")
                                         : tr("Continue the run");
}

void TrainingController::continueEnded() {
  const auto rate = m_shown.status.divergedRate;
  goOn(QString::fromStdString(m_shown.status.runPath),
       rate > 0 ? std::optional(*rate * kGoBackRateFactor) : std::nullopt);
}

void TrainingController::continueRun(const QString& folder) {
  goOn(folder, std::nullopt);
}

void TrainingController::goOn(const QString& folder, std::optional<double> learningRate) {
  const QString problem = continueProblem(folder);
  if (!problem.isEmpty()) {
    const bool named = problem.contains(folder);
    emit happened(Severity::kError, named ? tr("Cannot continue: %1").arg(problem)
                                          : tr("Cannot continue %1: %2").arg(folder, problem));
    return;
  }
  const auto saved = training::readSavedRun(folder.toStdString());
  training::TrainingConfig config = saved->config;
  config.continueRun = folder.toStdString();
  if (learningRate) config.changes.set("learningRate", *learningRate);
  begin(config);
}

QString TrainingController::settingsProblem(const QString& folder) {
  const auto saved = training::readSavedRun(folder.toStdString());
  return saved ? QString() : widgets::translated(saved.error().message);
}

void TrainingController::useSettings(const QString& folder) {
  const auto saved = training::readSavedRun(folder.toStdString());
  if (!saved) {
    emit happened(Severity::kError, widgets::translated(saved.error().message));
    return;
  }
  setForm(toForm(saved->config));
  emit happened(Severity::kInfo, tr("The next run has the settings of %1").arg(folder));
}

void TrainingController::setForm(const QVariantMap& values) {
  m_setup.setValues(values);
  showState();
  emit formChanged();
}

QString TrainingController::threadsHint() const {
  const int cores = training::availableCores();
  if (m_form.values().value("threads").toInt() <= cores) return {};
  return tr("There are %1 cores here: more threads take turns and train slower").arg(cores);
}

void TrainingController::fieldCommitted(const QString& key) {
  m_setup.take(key);
  showState();
  emit formChanged();
  m_form.setHint(key, key == QLatin1String("threads") ? threadsHint() : QString());
  if (!isUnderWay(m_shown.status.state) || !m_form.problem(key).isEmpty()) return;
  if (key == QLatin1String("learningRate")) {
    m_form.setHint(key, tr("For the next run; the field at the top changes the running one"));
    return;
  }
  if (const auto parameter = liveParameter(key)) {
    applyLive(key, *parameter);
    return;
  }
  const auto answer = training::TrainerControl::setRestartOnly(key.toStdString());
  if (answer.kind == training::ChangeAnswer::Kind::kNeedsRestart) {
    m_form.setHint(key, tr("Needs a restart: %1").arg(widgets::translated(answer.reason)));
  }
}

void TrainingController::applyLive(const QString& key, training::HyperParameter parameter) {
  const auto answer = m_session.control().set(parameter, m_form.values().value(key).toDouble());
  if (answer.kind != training::ChangeAnswer::Kind::kApplied) {
    m_form.setHint(key, widgets::translated(answer.reason));
    return;
  }
  reportPending(parameter);
  m_pendingHints << key;
  m_version = 0;
  poll();
}

/// While the training waits nothing is applied: that is said, not left to be found out.
void TrainingController::reportPending(training::HyperParameter parameter) {
  const TrainingSession::Snapshot now = m_session.snapshot();
  if (now.status.state != TrainerState::kPaused || !now.hasPendingChange()) return;
  const double value = valueIn(now.status.live, parameter);
  const bool isCount =
      std::holds_alternative<std::int64_t training::LiveHyperParameters::*>(parameter);
  emit happened(Severity::kInfo,
                tr("%1 %2 is applied when training goes on")
                    .arg(liveName(parameter), isCount ? countText(static_cast<std::int64_t>(value))
                                                      : numberText(value)));
}

void TrainingController::showPendingHints() {
  const bool pending = m_shown.hasPendingChange();
  const QString hint = pending ? tr("Pending: applied before the next step") : QString();
  for (const QString& key : std::as_const(m_pendingHints)) m_form.setHint(key, hint);
  if (!pending) m_pendingHints.clear();
}

void TrainingController::setRate(double rate) {
  if (!isUnderWay(m_shown.status.state)) {
    m_form.setValues({{"learningRate", rate}});
    fieldCommitted(QStringLiteral("learningRate"));
    return;
  }
  const auto answer = m_session.control().set(&training::LiveHyperParameters::learningRate, rate);
  if (answer.kind != training::ChangeAnswer::Kind::kApplied) {
    emit happened(Severity::kError,
                  tr("Learning rate not changed: %1").arg(widgets::translated(answer.reason)));
  } else {
    reportPending(&training::LiveHyperParameters::learningRate);
  }
  m_version = 0;
  poll();
}

void TrainingController::takeEngine() {
  m_setup.takeEngine();
  if (m_session.engineState() == TrainingSession::Engine::kMissing) {
    emit happened(Severity::kWarning, m_session.engineProblem());
  }
  showState();
}

}  // namespace app
