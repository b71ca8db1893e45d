// SPDX-License-Identifier: GPL-3.0-or-later
// What the set-up panel offers, and finds wrong before Start, for data of several kinds.
#include "app/window/setup/setup_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QPointer>
#include <QRegularExpression>
#include <QTest>

#include "app/window/session/training_session.h"
#include "tests/app/window/window_fixture.h"
#include "widgets/forms/form_panel.h"

class SetupFormTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    m_files = std::make_unique<WindowFixture>();
    m_files->writeDataSet(path("mnist"), 40, 10);
    m_files->writeDataSet(path("letters"), 40, 10);
    write("classes.csv", "a,b,c,label\n1,2,3,0\n2,3,4,1\n3,4,5,2\n4,5,6,0\n5,6,7,1\n6,7,8,2\n");
    write("values.csv", "a,b,target\n1,2,0.5\n2,3,0.25\n3,4,1.5\n4,5,2.75\n5,6,3.5\n");
    QDir().mkpath(path("pictures/cats"));
    QDir().mkpath(path("pictures/dogs"));
    write("pictures/cats/1.png", "");
    write("pictures/dogs/1.png", "");
    QDir().mkpath(path("split"));
    for (const char* part : {"train", "val", "test"}) {
      write(QString("split/%1.csv").arg(part), "a,b,label\n1,2,0\n2,3,1\n3,4,0\n");
    }
    writePicture("mixed/cats/1.png", 20, 30);
    writePicture("mixed/dogs/1.png", 30, 20);
  }

  void init() {
    m_panel = std::make_unique<widgets::FormPanel>("Next run");
    m_session = std::make_unique<app::TrainingSession>(std::make_shared<eventio::RunStore>());
    m_form = std::make_unique<app::SetupForm>(*m_panel, *m_session);
    set("dataFolder", path("mnist"));
  }

  void layersThatStayAreKeptAndTheLastOneComesForThoseThatGo() {
    set("model", "mlp");
    QCOMPARE(layers(), QStringList{"fc3"});
    set("hidden", "64");
    QCOMPARE(layers(), QStringList{"fc2"});
    QCOMPARE(m_panel->firstProblem(), QString());
    m_panel->setValues({{"fineTuneLayers", QStringList{"fc1", "fc2"}}});
    set("hidden", "64,32,16");
    QCOMPARE(layers(), (QStringList{"fc1", "fc2"}));
    set("model", "lenet5");
    QCOMPARE(layers(), QStringList{"fc3"});
  }

  void aLayersBoxOutlivesItsClick() {
    connect(m_panel.get(), &widgets::FormPanel::committed, m_panel.get(),
            [this](const QString& key) { m_form->take(key); });
    set("model", "mlp");
    m_panel->show();
    const QPointer<QCheckBox> box = m_panel->findChild<QCheckBox*>("check_fc1");
    QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
    QVERIFY(box);
    QVERIFY(box->isChecked());
    QCOMPARE(layers(), (QStringList{"fc1", "fc3"}));
    QVERIFY(note("fc1").endsWith("trained"));
  }

  void widthsThatAreNoModelLeaveTheLayersAlone() {
    set("model", "mlp");
    for (const char* widths : {"0", "", "128,64"}) set("hidden", widths);
    QCOMPARE(layers(), QStringList{"fc3"});
  }

  void aNewRunIsNamedAfterItsModelUntilTheUserNamesIt() {
    set("model", "mlp");
    QCOMPARE(m_panel->values().value("runName").toString(), QString("mlp"));
    set("runName", "mine");
    set("model", "lenet5");
    QCOMPARE(m_panel->values().value("runName").toString(), QString("mine"));
  }

  void noLayerStaysNoLayerWhereTheUserWantsIt() {
    set("model", "mlp");
    m_panel->setValues({{"fineTuneLayers", QStringList()}});
    set("hidden", "64");
    QCOMPARE(layers(), QStringList());
    QVERIFY(m_panel->firstProblem().startsWith("Fine-tuning: "));
  }

  void settingsOfAnotherModelBringTheirLayers() {
    m_form->setValues(
        {{"model", "mlp"}, {"hidden", "9,8,7,6"}, {"fineTuneLayers", QStringList{"fc4"}}});
    QCOMPARE(layers(), QStringList{"fc4"});
    m_form->setValues({{"hidden", "9"}});
    QCOMPARE(layers(), QStringList{"fc2"});
  }

  void aChosenValidationSetIsNotLostWhileTheDataChange() {
    const auto chosen = [this] { return m_panel->values().value("validateOn").toString(); };
    m_form->setValues(
        {{"dataFolder", path("split")}, {"model", "mlp"}, {"validateOn", "validation"}});
    QTRY_VERIFY(!m_form->isLooking());
    QCOMPARE(chosen(), QString("validation"));
    QVERIFY(m_panel->problem("validateOn").isEmpty());
    set("dataFolder", path("mnist"));
    QCOMPARE(chosen(), QString("validation"));
    QVERIFY(m_panel->problem("validateOn").contains("no validation set"));
    set("dataFolder", path("split"));
    QCOMPARE(chosen(), QString("validation"));
    QVERIFY(m_panel->problem("validateOn").isEmpty());
  }

  void anEpochWithoutAWholeBatchIsSaidBeforeTheStart() {
    set("dropLast", true);
    set("batchSize", 41);
    QVERIFY(m_panel->problem("batchSize").contains("40 samples"));
    set("batchSize", 40);
    QVERIFY(m_panel->problem("batchSize").isEmpty());
  }

  void numbersOfParametersFollowTheData_data() {
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("task");
    QTest::addColumn<QString>("hidden");  // a layer of 8
    QTest::addColumn<QString>("last");
    const QString open = "depends on the data";
    QTest::newRow("classes of a table") << "classes.csv"
                                        << "classification"
                                        << "32 frozen"
                                        << "27 trained";
    QTest::newRow("values of a table") << "values.csv"
                                       << "regression"
                                       << "24 frozen"
                                       << "9 trained";
    QTest::newRow("MNIST") << "mnist"
                           << "classification"
                           << "6,280 frozen"
                           << "90 trained";
    QTest::newRow("classes not known") << "letters"
                                       << "classification"
                                       << "6,280 frozen" << open;
    QTest::newRow("size not known") << "pictures"
                                    << "classification" << open << open;
    QTest::newRow("pictures of two sizes") << "mixed"  // 3 x 64 x 64
                                           << "classification"
                                           << "98,312 frozen"
                                           << "18 trained";
    QTest::newRow("no data") << "nowhere"
                             << "classification" << open << open;
  }
  void numbersOfParametersFollowTheData() {
    QFETCH(QString, data);
    QFETCH(QString, task);
    set("dataFolder", path(data));
    set("task", task);
    set("model", "mlp");
    set("hidden", "8");
    QTEST(note("fc1"), "hidden");
    QTEST(note("fc2"), "last");
    auto* models = m_panel->findChild<QComboBox*>("model");
    const QString tip = models->itemData(models->currentIndex(), Qt::ToolTipRole).toString();
    const bool isOpen = note("fc2") == "depends on the data";
    QCOMPARE(tip.endsWith("depends on the data"), isOpen);
    if (!isOpen) QVERIFY2(tip.contains(QRegularExpression("\\d parameters$")), qPrintable(tip));
  }

  void whatDoesNotFitTheDataIsSaidAtItsField_data() {
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("task");
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("words");
    const QString labels = "targets are class labels";
    QTest::newRow("idx") << "letters"
                         << "regression"
                         << "mlp"
                         << "task" << labels;
    QTest::newRow("pictures") << "pictures"
                              << "regression"
                              << "mlp"
                              << "task" << labels;
    QTest::newRow("numbers") << "classes.csv"
                             << "regression"
                             << "mlp"
                             << ""
                             << "";
    QTest::newRow("values") << "values.csv"
                            << "classification"
                            << "mlp"
                            << "task"
                            << "targets are values";
    QTest::newRow("shape") << "values.csv"
                           << "regression"
                           << "conv_net"
                           << "model"
                           << "the ConvNet takes";
    QTest::newRow("pictures that are resized") << "mixed"
                                               << "classification"
                                               << "conv_net"
                                               << "model"
                                               << "are resized to 3 x 64 x 64";
    QTest::newRow("other models") << "mixed"
                                  << "classification"
                                  << "lenet5"
                                  << "model"
                                  << "other models that take them: ";
    QTest::newRow("no data") << "nowhere"
                             << "classification"
                             << "mlp"
                             << "dataFolder"
                             << "nowhere";
    QTest::newRow("fits") << "values.csv"
                          << "regression"
                          << "mlp"
                          << ""
                          << "";
    QTest::newRow("may fit") << "pictures"
                             << "classification"
                             << "conv_net"
                             << ""
                             << "";
  }
  void whatDoesNotFitTheDataIsSaidAtItsField() {
    QFETCH(QString, data);
    QFETCH(QString, task);
    QFETCH(QString, model);
    QFETCH(QString, field);
    QFETCH(QString, words);
    set("dataFolder", path(data));
    set("task", task);
    set("model", model);
    for (const char* each : {"dataFolder", "task", "model"}) {
      const QString problem = m_panel->problem(each);
      QCOMPARE(!problem.isEmpty(), field == each);
      if (field == each) QVERIFY2(problem.contains(words), qPrintable(problem));
    }
    QCOMPARE(m_panel->firstProblem().isEmpty(), field.isEmpty());
  }

 private:
  [[nodiscard]] QString path(const QString& name) const { return m_files->path(name); }

  void write(const QString& name, const QByteArray& text) const {
    QFile file(path(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
  }

  void writePicture(const QString& name, int width, int height) const {
    QDir().mkpath(QFileInfo(path(name)).path());
    QImage image(width, height, QImage::Format_RGB32);
    image.fill(Qt::red);
    QVERIFY(image.save(path(name)));
  }

  /// As if the user had.
  void set(const QString& key, const QVariant& value) {
    m_panel->setValues({{key, value}});
    m_form->take(key);
    QTRY_VERIFY(!m_form->isLooking());
  }

  [[nodiscard]] QStringList layers() const {
    return m_panel->values().value("fineTuneLayers").toStringList();
  }

  [[nodiscard]] QString note(const QString& layer) const {
    const auto* box = m_panel->findChild<QCheckBox*>("check_" + layer);
    return box ? box->accessibleDescription() : QString();
  }

  std::unique_ptr<WindowFixture> m_files;
  std::unique_ptr<widgets::FormPanel> m_panel;
  std::unique_ptr<app::TrainingSession> m_session;
  std::unique_ptr<app::SetupForm> m_form;
};

QTEST_MAIN(SetupFormTest)
#include "setup_form_test.moc"
