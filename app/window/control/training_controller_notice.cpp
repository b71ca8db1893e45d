// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks about a run in trouble, and going back to a saved model.
#include "app/window/control/training_controller.h"
#include "app/window/session/status_text.h"
#include "app/window/session/validation_metric.h"
#include "widgets/status/status_notice.h"
#include "widgets/style/translated.h"

namespace app {

using training::TrainerState;
using widgets::Severity;

namespace {

/// Three digits say enough of a loss that explodes.
QString roughText(double value) {
  return QString::number(value, 'g', 3);
}

}  // namespace

QString TrainingController::goBackText(std::int64_t step) {
  return tr("Go back to step %1 with a tenth of the rate").arg(countText(step));
}

bool TrainingController::isInTrouble() const {
  const training::TrainerStatus& status = m_shown.status;
  return isUnderWay(status.state) &&
         (status.divergence || status.state == TrainerState::kNonFinite);
}

std::optional<std::int64_t> TrainingController::goBackChoice(std::int64_t step) const {
  const training::TrainerStatus& status = m_shown.status;
  if (!isUnderWay(status.state) || status.state == TrainerState::kPreparing) return std::nullopt;
  std::optional<std::int64_t> newest;
  for (const training::SavedState& state : status.savedStates) {
    const bool good = !state.diverged && state.step <= step;
    if (good && (!newest || state.step > *newest)) newest = state.step;
  }
  return newest;
}

void TrainingController::goBack(std::int64_t step) {
  const auto answer = m_session.control().goBack(step, kGoBackRateFactor);
  if (answer.kind != training::ChangeAnswer::Kind::kApplied) {
    emit happened(Severity::kError, tr("Cannot go back to step %1: %2")
                                        .arg(countText(step), widgets::translated(answer.reason)));
  }
  m_version = 0;
  poll();
}

QList<TrainingController::SavedChoice> TrainingController::savedChoices() const {
  QList<SavedChoice> choices;
  const training::TrainerStatus& status = m_shown.status;
  if (!isUnderWay(status.state)) return choices;
  for (const training::SavedState& state : status.savedStates) {
    QString text;
    switch (state.kind) {
      case training::SavedState::Kind::kBest:
        text = tr("Step %1, the best").arg(countText(state.step));
        break;
      case training::SavedState::Kind::kLast:
        text = tr("Step %1, the last one saved").arg(countText(state.step));
        break;
      case training::SavedState::Kind::kBeforeChange:
        text = tr("Step %1, before a change").arg(countText(state.step));
        break;
      case training::SavedState::Kind::kInitial:
        text = tr("Step %1, the untrained model").arg(countText(state.step));
        break;
    }
    if (state.validationMetric >= 0) {
      text += tr(": validation %1").arg(metricPhrase(m_shown.status.task, state.validationMetric));
    }
    if (state.diverged) text += tr(" (diverged)");
    choices.prepend({state.step, text});
  }
  return choices;
}

TrainingController::Question TrainingController::nonFiniteQuestion() const {
  const training::TrainerStatus& status = m_shown.status;
  Question question;
  question.text =
      tr("Step %1: %2. Training waits.")
          .arg(countText(status.nonFinite->step), widgets::translated(status.nonFinite->what));
  question.goBackStep = status.goBackStep.value_or(0);
  if (status.goBackStep) question.answers << Answer::kGoBack;
  question.answers << Answer::kLowerRate << Answer::kGoOn << Answer::kStop;
  return question;
}

TrainingController::Question TrainingController::divergenceQuestion() const {
  const training::TrainerStatus& status = m_shown.status;
  const training::DivergenceReport& report = *status.divergence;
  Question question;
  question.text = tr("Step %1: the loss, %2, is %3 times its best, %4. The run has diverged.")
                      .arg(countText(report.step), roughText(report.loss),
                           roughText(report.loss / report.bestLoss), roughText(report.bestLoss));
  question.goBackStep = status.goBackStep.value_or(0);
  question.answers << (status.goBackStep ? Answer::kGoBack : Answer::kLowerRate) << Answer::kGoOn
                   << Answer::kStop;
  return question;
}

QString TrainingController::answerText(Answer answer) const {
  switch (answer) {
    case Answer::kGoBack:
      return goBackText(m_shown.status.goBackStep.value_or(0));
    case Answer::kLowerRate:
      return tr("Lower the rate ÷10 and go on");
    case Answer::kGoOn:
      return tr("Go on");
    case Answer::kStop:
      return tr("Stop");
  }
  return {};
}

void TrainingController::showNotice() {
  const training::TrainerStatus& status = m_shown.status;
  if (!status.divergence) m_ignoredDivergence.reset();
  Question question;
  if (status.state == TrainerState::kNonFinite && status.nonFinite) {
    question = nonFiniteQuestion();
  } else if (isUnderWay(status.state) && status.divergence &&
             m_ignoredDivergence != status.divergence->step) {
    question = divergenceQuestion();
  }
  m_notice.setVisible(!question.answers.isEmpty());
  if (question == m_question) return;
  m_question = question;
  if (question.answers.isEmpty()) return;
  m_notice.setText(question.text);
  QStringList texts;
  for (const Answer answer : std::as_const(question.answers)) texts << answerText(answer);
  m_notice.setAnswers(texts);
}

void TrainingController::answerNotice(int index) {
  const training::TrainerStatus& status = m_shown.status;
  const bool waits = status.state == TrainerState::kNonFinite;
  training::TrainerControl& control = m_session.control();
  switch (m_question.answers.value(index, Answer::kGoOn)) {
    case Answer::kGoBack:
      if (status.goBackStep) goBack(*status.goBackStep);
      break;
    case Answer::kLowerRate:
      if (waits) {
        control.answerNonFinite(training::NonFiniteAnswer::kLowerRate);
      } else {
        setRate(control.live().learningRate * kGoBackRateFactor);
      }
      break;
    case Answer::kGoOn:
      control.answerNonFinite(training::NonFiniteAnswer::kGoOn);
      break;
    case Answer::kStop:
      m_session.requestStop();
      break;
  }
  if (status.divergence) m_ignoredDivergence = status.divergence->step;
  m_question = {};
  m_notice.hide();
}

}  // namespace app
