// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_note_text.h"

#include <QCoreApplication>

#include "widgets/style/number_text.h"
#include "widgets/style/translated.h"

namespace widgets {
namespace {

using eventio::RunNote;

struct NoteWords {
  Q_DECLARE_TR_FUNCTIONS(widgets::RunNote)
};

QString recorded(const std::string& text) {
  return withGroupedNumbers(QString::fromStdString(text).simplified());
}

QString stepText(double step) {
  return countText(static_cast<qint64>(step));
}

QString phaseText(const RunNote& note) {
  const QString layers = QString::fromStdString(note.detail);
  if (note.name == "training") return NoteWords::tr("training begins");
  if (note.name == "fine-tuning") return NoteWords::tr("fine-tuning of %1 begins").arg(layers);
  return recorded(note.sentence);
}

/// As a message where the run has one, else the English text.
QString messageText(const RunNote& note, const std::string& english) {
  return note.message.empty() ? recorded(english) : translated(note.message).simplified();
}

QString goingBackText(const RunNote& note) {
  QString steps = NoteWords::tr("went back from step %1 to step %2")
                      .arg(stepText(note.from), stepText(note.to));
  if (note.detail.empty()) return steps;
  const QString detail = messageText(note, note.detail);
  const QString why = note.detailStep
                          ? NoteWords::tr("step %1: %2").arg(countText(*note.detailStep), detail)
                          : detail;
  return steps + QStringLiteral(": ") + why;
}

}  // namespace

QString noteText(const RunNote& note) {
  switch (note.kind) {
    case RunNote::Kind::kPhaseBegins:
      return phaseText(note);
    case RunNote::Kind::kWentBack:
      return goingBackText(note);
    case RunNote::Kind::kSaved:
      if (note.name.empty()) break;
      return NoteWords::tr("saved %1").arg(QString::fromStdString(note.name));
    case RunNote::Kind::kAlert:
      return messageText(note, note.sentence);
    default:
      break;
  }
  return recorded(note.sentence);
}

QString noteLabel(const RunNote& note) {
  if (note.kind != RunNote::Kind::kWentBack) return noteText(note);
  return NoteWords::tr("back to step %1").arg(stepText(note.to));
}

}  // namespace widgets
