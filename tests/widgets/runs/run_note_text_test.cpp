// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_note_text.h"

#include <QtTest>

using eventio::RunNote;
using widgets::noteLabel;
using widgets::noteText;

class RunNoteTextTest : public QObject {
  Q_OBJECT

 private slots:
  void goingBackNamesNoStepTwice() {
    RunNote note{.kind = RunNote::Kind::kWentBack, .from = 1250, .to = 1245};
    QCOMPARE(noteText(note), QString("went back from step 1,250 to step 1,245"));
    note.detail = "output of fc2 holds 6400 inf";
    QCOMPARE(noteText(note),
             QString("went back from step 1,250 to step 1,245: output of fc2 holds 6,400 inf"));
    QCOMPARE(noteLabel(note), QString("back to step 1,245"));
    note.detail = "diverged";
    note.detailStep = 1249;  // another step is news
    QCOMPARE(noteText(note),
             QString("went back from step 1,250 to step 1,245: step 1,249: diverged"));
  }

  void phasesAndFilesAreNamed() {
    RunNote note{.kind = RunNote::Kind::kPhaseBegins, .name = "fine-tuning", .detail = "fc1, fc2"};
    QCOMPARE(noteText(note), QString("fine-tuning of fc1, fc2 begins"));
    note = {.kind = RunNote::Kind::kSaved, .name = "model.safetensors"};
    QCOMPARE(noteLabel(note), QString("saved model.safetensors"));
  }

  void anAlertsMessageIsTranslated() {
    class Reversed : public QTranslator {
     public:
      [[nodiscard]] bool isEmpty() const override { return false; }
      [[nodiscard]] QString translate(const char* context, const char* text,
                                      const char* /*comment*/, int /*count*/) const override {
        const bool isOurs =
            !qstrcmp(context, "Messages") && !qstrcmp(text, "%1 holds %2 NaN values");
        return isOurs ? QStringLiteral("%2 NaN: %1") : QString();
      }
    } translator;
    RunNote note;
    note.sentence = "fc1 holds 64000 NaN values";
    note.message = eventio::Message("%1 holds %2 NaN values", "fc1", 64000);
    QCOMPARE(noteText(note), QString("fc1 holds 64,000 NaN values"));
    QVERIFY(QCoreApplication::installTranslator(&translator));
    QCOMPARE(noteText(note), QString("64,000 NaN: fc1"));
    RunNote back{.kind = RunNote::Kind::kWentBack, .from = 9, .to = 5, .detail = note.sentence};
    back.message = note.message;
    QCOMPARE(noteText(back), QString("went back from step 9 to step 5: 64,000 NaN: fc1"));
    QCoreApplication::removeTranslator(&translator);
  }

  void whatHasNoMembersIsShownAsRecorded() {
    RunNote note;
    note.sentence = "output of  fc2\nholds 64000 inf";
    QCOMPARE(noteText(note), QString("output of fc2 holds 64,000 inf"));
    note = {.kind = RunNote::Kind::kPhaseBegins, .sentence = "warm-up begins"};
    QCOMPARE(noteText(note), QString("warm-up begins"));
  }
};

QTEST_GUILESS_MAIN(RunNoteTextTest)
#include "run_note_text_test.moc"
