// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/form_panel.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalSpy>
#include <QStyleOption>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>

#include "widgets/style/theme.h"

using widgets::FormField;
using widgets::FormPanel;
using widgets::FormSection;

class FormPanelTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }

  void init() {
    m_form = std::make_unique<FormPanel>("Next run");
    m_form->setSections({{"Data",
                          {{"place",
                            "Folder",
                            FormField::Type::kFolder,
                            "auto",
                            "where",
                            {{"MNIST", "auto", {}, {}}, {"KMNIST", "/data/kmnist", {}, {}}},
                            {},
                            "Data (*.npz *.csv);;All files (*)"}}},
                         {"Training",
                          {{"rate", "Rate", FormField::Type::kNumber, 0.01, "rate", {}},
                           {"count", "Count", FormField::Type::kInteger, 64, "count", {}},
                           {"name", "Name", FormField::Type::kText, "conv_net", "name", {}},
                           {"layers",
                            {},
                            FormField::Type::kCheckList,
                            QStringList{"fc2"},
                            "layers",
                            {{"fc1", "fc1", "10 trained|10 frozen", {}},
                             {"fc2", "fc2", "5 trained|5 frozen", {}}}}}}});
    m_form->resize(288, 600);
    m_form->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_form.get()));
  }
  void cleanup() { m_form.reset(); }

  void theWheelChangesAFieldThatHasTheFocusAlone() {
    auto* box = m_form->findChild<QComboBox*>("place");
    QVERIFY(box);
    const auto turn = [box] {
      const QPointF middle(box->rect().center());
      QWheelEvent event(middle, box->mapToGlobal(middle), {}, {0, -120}, Qt::NoButton,
                        Qt::NoModifier, Qt::NoScrollPhase, false);
      QApplication::sendEvent(box, &event);
    };
    m_form->findChild<QLineEdit*>("name")->setFocus();
    turn();
    QCOMPARE(box->currentIndex(), 0);
    QVERIFY(!box->hasFocus());
    box->setFocus();
    turn();
    QCOMPARE(box->currentIndex(), 1);
  }

  void longNotesOfLayersLeaveTheFieldsInThePanel() {
    const QString longNote = QString("depends on the data ").repeated(9);
    m_form->setChoices("layers", {{"layer1.0.downsample.conv1", "fc1", longNote, {}}});
    QTest::qWait(1);
    const auto* scroll = m_form->findChild<QScrollArea*>();
    QTRY_VERIFY(scroll->widget()->width() <= scroll->viewport()->width());
  }

  void valuesHaveTheFieldsTypes() {
    const QVariantMap values = m_form->values();
    QCOMPARE(values.value("rate"), QVariant(0.01));
    QCOMPARE(values.value("count"), QVariant(qlonglong{64}));
    QCOMPARE(values.value("name"), QVariant("conv_net"));
    QCOMPARE(values.value("layers"), QVariant(QStringList{"fc2"}));
    QCOMPARE(values.value("place"), QVariant("auto"));
  }

  void aResetCanBeUndoneUntilAFieldIsEdited() {
    auto* button = m_form->findChild<QPushButton*>("resetButton");
    QSignalSpy undo(m_form.get(), &FormPanel::undoRequested);
    QSignalSpy reset(m_form.get(), &FormPanel::resetRequested);
    const QVariantMap before = m_form->values();
    m_form->offerUndo(before);  // the reset changed nothing
    QCOMPARE(button->text(), QString("Reset"));
    m_form->setValues({{"rate", 0.5}});
    m_form->offerUndo(before);
    QCOMPARE(button->text(), QString("Undo reset"));
    button->click();
    QCOMPARE(undo.count(), 1);
    QCOMPARE(undo.first().first().toMap(), before);
    QCOMPARE(button->text(), QString("Reset"));
    m_form->offerUndo(before);
    QTest::keyClicks(m_form->findChild<QLineEdit*>("name"), "x");
    QCOMPARE(button->text(), QString("Reset"));
    QCOMPARE(reset.count(), 0);
    button->click();
    QCOMPARE(reset.count(), 1);
  }

  void aLongFolderNameIsCutWithDots() {
    m_form->resize(240, 600);
    auto* box = m_form->findChild<QComboBox*>("place");
    const auto inkAtTheEnd = [box] {
      QStyleOptionComboBox option;
      option.initFrom(box);
      option.subControls = QStyle::SC_All;
      const QRect room = box->style()->subControlRect(QStyle::CC_ComboBox, &option,
                                                      QStyle::SC_ComboBoxEditField, box);
      const QImage image = box->grab().toImage();
      int count = 0;
      for (int y = box->height() / 4; y < box->height() * 3 / 4; ++y) {
        for (int x = room.right() - 2; x <= room.right(); ++x) {
          if (image.pixelColor(x, y).lightness() < 128) ++count;
        }
      }
      return count;
    };
    QCOMPARE(inkAtTheEnd(), 0);
    m_form->setValues({{"place", "/data/" + QString(60, QChar('M'))}});
    QCOMPARE(box->currentText(), QString(60, QChar('M')));
    QCOMPARE(inkAtTheEnd(), 0);
  }

  void aSingleChoiceStandsAsText() {
    FormPanel form("Next run");
    form.setSections({{"Model",
                       {{"model",
                         "Model",
                         FormField::Type::kChoice,
                         "conv",
                         "model",
                         {{"ConvNet", "conv", {}, {}}}}}}});
    form.show();
    QVERIFY(QTest::qWaitForWindowExposed(&form));
    auto* box = form.findChild<QComboBox*>("model");
    auto* plain = form.findChild<QLabel*>("modelPlain");
    QVERIFY(box->isHidden());
    QVERIFY(plain && plain->isVisible());
    QCOMPARE(plain->text(), QStringLiteral("ConvNet"));
    QCOMPARE(form.values().value("model"), QVariant("conv"));
    form.setChoices("model", {{"ConvNet", "conv", {}, {}}, {"MLP", "mlp", {}, {}}});
    QVERIFY(box->isVisible() && plain->isHidden());
    QCOMPARE(form.values().value("model"), QVariant("conv"));
    form.setChoices("model", {{"ConvNet · 21,840", "conv", {}, {}}});
    QVERIFY(box->isHidden());
    QCOMPARE(plain->text(), QStringLiteral("ConvNet · 21,840"));
    // A long one must not push the fields out of a narrow panel.
    const int least = plain->minimumSizeHint().width();
    form.setChoices("model", {{"A name that is longer than any panel is wide", "conv", {}, {}}});
    QCOMPARE(plain->minimumSizeHint().width(), least);
  }

  void aNoteSaysWhatTheValueMeans() {
    QList<QVariant> asked;
    FormField field{"threads", "Threads", FormField::Type::kInteger, qlonglong{0}, "threads", {}};
    field.note = [&asked](const QVariant& value) {
      asked << value;
      return value.toLongLong() == 0 ? QStringLiteral("all cores") : QString();
    };
    FormPanel form("Next run");
    form.setSections({{"Training", {field}}});
    form.resize(288, 200);
    form.show();
    QVERIFY(QTest::qWaitForWindowExposed(&form));
    auto* line = form.findChild<QLineEdit*>("threads");
    const auto inkAtTheRight = [line] {
      const QImage image = line->grab().toImage();
      int different = 0;
      for (int y = 4; y < image.height() - 4; ++y) {
        for (int x = image.width() / 2; x < image.width() - 8; ++x) {
          different += image.pixelColor(x, y) != image.pixelColor(image.width() - 6, 6);
        }
      }
      return different;
    };
    QCOMPARE(asked.last(), QVariant(qlonglong{0}));
    QVERIFY(inkAtTheRight() > 20);
    line->setText("3");
    QCOMPARE(asked.last(), QVariant(qlonglong{3}));
    QCOMPARE(inkAtTheRight(), 0);
    line->setText("x");  // no number: nothing to say about it
    QCOMPARE(asked.last(), QVariant(qlonglong{3}));
  }

  void typingIsReportedAtOnceAndCommittedOnEnter() {
    QSignalSpy edited(m_form.get(), &FormPanel::edited);
    QSignalSpy committed(m_form.get(), &FormPanel::committed);
    type("count", "12");
    QCOMPARE(edited.count(), 2);
    QCOMPARE(edited.first().first().toString(), QStringLiteral("count"));
    QCOMPARE(committed.count(), 0);
    QTest::keyClick(field<QLineEdit>("count"), Qt::Key_Return);
    QCOMPARE(committed.count(), 1);
    QCOMPARE(m_form->values().value("count"), QVariant(qlonglong{12}));
  }

  void textThatIsNoNumberIsAProblemOfItsOwn() {
    type("count", "1.5");
    m_form->setProblems({{"count", "Must be at least 1"}});
    QVERIFY(!m_form->values().value("count").isValid());
    QVERIFY(m_form->problem("count").contains("whole number"));
    QVERIFY(field<QLineEdit>("count")->property("bad").toBool());
    type("rate", "1e999");
    m_form->setProblems({});
    QVERIFY(!m_form->problem("rate").isEmpty());
  }

  void reasonStandsBelowTheFieldAndGoesAway() {
    m_form->setProblems({{"count", "Must be at least 1"}});
    auto* message = m_form->findChild<QLabel*>("countMessage");
    QVERIFY(message->isVisible());
    QCOMPARE(message->text(), QStringLiteral("Must be at least 1"));
    QVERIFY(message->mapTo(m_form.get(), QPoint()).y() >=
            field<QLineEdit>("count")->mapTo(m_form.get(), QPoint()).y() +
                field<QLineEdit>("count")->height());
    QCOMPARE(m_form->firstProblem(), QStringLiteral("Count: Must be at least 1"));
    const QImage image = field<QLineEdit>("count")->grab().toImage();
    QCOMPARE(image.pixelColor(image.width() / 2, 0), widgets::theme().bad);
    m_form->setProblems({});
    QVERIFY(!message->isVisible());
    QVERIFY(m_form->firstProblem().isEmpty());
  }

  void hintsGiveWayToProblems() {
    m_form->setHint("count", "Needs a restart");
    auto* message = m_form->findChild<QLabel*>("countMessage");
    QCOMPARE(message->text(), QStringLiteral("Needs a restart"));
    m_form->setProblems({{"count", "bad"}});
    QCOMPARE(message->text(), QStringLiteral("bad"));
    m_form->setProblems({});
    QCOMPARE(message->text(), QStringLiteral("Needs a restart"));
    m_form->clearHints();
    QVERIFY(!message->isVisible());
  }

  void checkListFollowsTheMouseAndKeepsItsNotes() {
    QSignalSpy committed(m_form.get(), &FormPanel::committed);
    auto* box = m_form->findChild<QCheckBox*>("check_fc1");
    QVERIFY(!box->isChecked());
    box->click();
    QCOMPARE(committed.count(), 1);
    QCOMPARE(m_form->values().value("layers").toStringList(), (QStringList{"fc1", "fc2"}));
    QStringList notes;
    for (const QLabel* label : box->parentWidget()->findChildren<QLabel*>()) notes << label->text();
    QVERIFY(notes.contains("10 trained"));
  }

  void choicesThatComeLateKeepWhatWasChosen() {
    m_form->setValues({{"layers", QStringList{"fc2", "extra"}}});
    m_form->setChoices("layers", {{"fc2", "fc2", {}, {}}, {"extra", "extra", {}, {}}});
    QCOMPARE(m_form->values().value("layers").toStringList(), (QStringList{"fc2", "extra"}));
  }

  void aFileCanBeChosenAsWellAsAFolder() {
    QTemporaryDir folder;
    const QString path = folder.filePath("digits.npz");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    auto* combo = m_form->findChild<QComboBox*>("place");
    QVERIFY(combo != nullptr);
    QCOMPARE(combo->itemText(combo->count() - 2), QString("Choose folder…"));
    QCOMPARE(combo->itemText(combo->count() - 1), QString("Choose file…"));
    QSignalSpy edited(m_form.get(), &FormPanel::edited);
    const auto choose = [&](const QString& chosen) {
      QTimer::singleShot(0, this, [chosen] {
        auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
        QVERIFY(dialog != nullptr);
        QCOMPARE(dialog->nameFilters(), (QStringList{"Data (*.npz *.csv)", "All files (*)"}));
        if (chosen.isEmpty()) return dialog->reject();
        dialog->setDirectory(QFileInfo(chosen).path());
        dialog->selectFile(chosen);
        static_cast<QDialog*>(dialog)->done(QDialog::Accepted);
      });
      combo->setCurrentIndex(combo->count() - 1);
      emit combo->activated(combo->count() - 1);
    };
    choose({});
    QCOMPARE(m_form->values().value("place"), QVariant("auto"));
    QCOMPARE(edited.count(), 0);
    choose(path);
    QCOMPARE(m_form->values().value("place"), QVariant(path));
    QCOMPARE(combo->currentText(), QString("digits.npz"));
    QCOMPARE(edited.count(), 1);
  }

  void unknownFolderIsTakenUpAsAChoice() {
    m_form->setValues({{"place", "/somewhere/else"}});
    QCOMPARE(m_form->values().value("place"), QVariant("/somewhere/else"));
    QCOMPARE(field<QComboBox>("place")->currentText(), QStringLiteral("else"));
  }

  void settingValuesEmitsNothing() {
    QSignalSpy edited(m_form.get(), &FormPanel::edited);
    QSignalSpy committed(m_form.get(), &FormPanel::committed);
    m_form->setValues({{"rate", 0.5}, {"layers", QStringList{}}, {"place", "/data/kmnist"}});
    QCOMPARE(edited.count() + committed.count(), 0);
    QCOMPARE(m_form->values().value("rate"), QVariant(0.5));
  }

  void theFirstProblemStandsAboveTheFieldsAndLeadsToItsField() {
    auto* line = m_form->findChild<QAbstractButton*>("problemLine");
    QVERIFY(!line->isVisible());
    m_form->resize(288, 150);
    m_form->setProblems({{"layers", "Choose at least one"}});
    QVERIFY(line->isVisible());
    QCOMPARE(line->text(), QStringLiteral("Training: Choose at least one"));
    QTest::qWait(20);
    auto* reason = m_form->findChild<QLabel*>("layersMessage");
    QVERIFY(reason->visibleRegion().isEmpty());
    QTest::mouseClick(line, Qt::LeftButton);
    QTest::qWait(20);
    QCOMPARE(reason->visibleRegion().boundingRect(), reason->rect());
    m_form->setProblems({{"layers", "Choose at least one"}, {"count", "Must be at least 1"}});
    QCOMPARE(line->text(),
             QStringLiteral("Count: Must be at least 1 (fields with other problems: 1)"));
    m_form->setProblems({});
    QVERIFY(!line->isVisible());
  }

  void aLongProblemTakesSeveralLines() {
    m_form->setProblems({{"count", QString("A sentence that is not short. ").repeated(6)}});
    QTest::qWait(20);
    const auto* line = m_form->findChild<QAbstractButton*>("problemLine");
    QVERIFY(line->height() > 3 * line->fontMetrics().height());
    QVERIFY(line->height() >= line->heightForWidth(line->width()));
  }

  void resetIsAsked() {
    QSignalSpy reset(m_form.get(), &FormPanel::resetRequested);
    m_form->findChild<QPushButton*>("resetButton")->click();
    QCOMPARE(reset.count(), 1);
  }

  void everyFieldCanBeReachedByTab() {
    QStringList reached;
    field<QComboBox>("place")->setFocus();
    for (int i = 0; i < 8; ++i) {
      reached << QApplication::focusWidget()->objectName();
      QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    for (const QString name : {"place", "rate", "count", "name", "check_fc1", "check_fc2"}) {
      QVERIFY2(reached.contains(name), qPrintable(name + " not in " + reached.join(' ')));
    }
    QVERIFY(reached.indexOf("rate") < reached.indexOf("count"));
  }

 private:
  template <class T>
  T* field(const char* name) {
    return m_form->findChild<T*>(QString::fromLatin1(name));
  }

  void type(const char* name, const QString& text) {
    auto* line = field<QLineEdit>(name);
    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, text);
  }

  std::unique_ptr<FormPanel> m_form;
};

QTEST_MAIN(FormPanelTest)
#include "form_panel_test.moc"
