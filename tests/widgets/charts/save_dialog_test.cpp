// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/save_dialog.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTimer>
#include <QtTest>

using widgets::askSavePath;
using widgets::SaveKind;

namespace {

const QList<SaveKind> kKinds{{"PNG (*.png)", "png", "run-1 train/loss"},
                             {"SVG (*.svg)", "svg", "run-1 train/loss"},
                             {"CSV (*.csv)", "csv", "run-1 scalars"}};

/// Does something with the dialog once it is open.
template <class Do>
void whenOpen(Do act) {
  QTimer::singleShot(0, qApp, [act] {
    auto* dialog = qobject_cast<QFileDialog*>(QApplication::activeModalWidget());
    QVERIFY(dialog);
    act(*dialog);
  });
}

QLineEdit& nameField(QFileDialog& dialog) {
  return *dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
}

void choose(QFileDialog& dialog, const QString& filter) {
  auto* box = dialog.findChild<QComboBox*>(QStringLiteral("fileTypeCombo"));
  const int index = box->findText(filter);
  box->setCurrentIndex(index);
  emit box->textActivated(filter);
  emit box->activated(index);
}

}  // namespace

class SaveDialogTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { QCoreApplication::setAttribute(Qt::AA_DontUseNativeDialogs); }

  void namesFitEveryFileSystem_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("name");
    QTest::newRow("a run and a tag") << "conv_net-2 train/loss"
                                     << "conv_net-2_train_loss";
    QTest::newRow("upwards") << "../../etc/passwd"
                             << "etc_passwd";
    QTest::newRow("hidden") << ".hidden"
                            << "hidden";
    QTest::newRow("of another system") << "a\\b:c*d?\"<e>|"
                                       << "a_b_c_d_e";
    QTest::newRow("lines") << "a\nb\tc"
                           << "a_b_c";
    QTest::newRow("nothing") << "/"
                             << "chart";
    QTest::newRow("dots at the end") << "loss..."
                                     << "loss";
    QTest::newRow("letters of the world") << "训练/loss é"
                                          << "训练_loss_é";
    QTest::newRow("long") << QString(5000, 'x') << QString(120, 'x');
    QTest::newRow("long of three bytes each")
        << QString(5000, QChar(0x8bad)) << QString(40, QChar(0x8bad));
  }
  void namesFitEveryFileSystem() {
    QFETCH(QString, text);
    QTEST(widgets::safeFileName(text), "name");
  }

  void aNameIsOfferedAndTheSuffixFollowsTheKind() {
    QStringList names;
    whenOpen([&names](QFileDialog& dialog) {
      names << nameField(dialog).text();
      for (const char* filter : {"SVG (*.svg)", "CSV (*.csv)", "PNG (*.png)"}) {
        choose(dialog, filter);
        names << nameField(dialog).text();
      }
      nameField(dialog).setText("mine.png");
      choose(dialog, "SVG (*.svg)");
      names << nameField(dialog).text();
      dialog.reject();
    });
    QVERIFY(askSavePath(nullptr, "Save", kKinds).path.isEmpty());
    QCOMPARE(names, (QStringList{"run-1_train_loss.png", "run-1_train_loss.svg",
                                 "run-1_scalars.csv", "run-1_train_loss.png", "mine.svg"}));
  }

  void aSuffixIsAddedAndATypedOneCounts_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("saved");
    QTest::addColumn<int>("kind");
    QTest::newRow("none") << "mine"
                          << "mine.png" << 0;
    QTest::newRow("a number is no suffix") << "lr0.1"
                                           << "lr0.1.png" << 0;
    QTest::newRow("of another kind") << "mine.svg"
                                     << "mine.svg" << 1;
    QTest::newRow("capitals") << "MINE.CSV"
                              << "MINE.CSV" << 2;
  }
  void aSuffixIsAddedAndATypedOneCounts() {
    QFETCH(QString, typed);
    QTemporaryDir folder;
    whenOpen([&](QFileDialog& dialog) {
      dialog.setDirectory(folder.path());
      nameField(dialog).setText(typed);
      QTest::keyClick(&nameField(dialog), Qt::Key_Return);
    });
    const auto choice = askSavePath(nullptr, "Save", kKinds);
    QTEST(QFileInfo(choice.path).fileName(), "saved");
    QTEST(choice.kind, "kind");
    QCOMPARE(QFileInfo(choice.path).absolutePath(), folder.path());
    // The next dialog begins there.
    QString next;
    whenOpen([&next](QFileDialog& dialog) {
      next = dialog.directory().absolutePath();
      dialog.reject();
    });
    (void)askSavePath(nullptr, "Save", kKinds);
    QCOMPARE(next, folder.path());
  }
};

QTEST_MAIN(SaveDialogTest)
#include "save_dialog_test.moc"
