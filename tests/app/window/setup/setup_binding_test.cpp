// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup/setup_binding.h"

#include <QTest>

#include "app/window/control/control_bar_state.h"
#include "app/window/refresh_timer.h"
#include "app/window/session/status_text.h"
#include "tests/support/another_value.h"
#include "training/settings/setting.h"

using training::TrainingConfig;

class SetupBindingTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

  void configurationGoesThroughTheFormUnchanged() {
    for (const training::Setting& setting : training::settingsTable()) {
      TrainingConfig config;
      const training::SettingValue value = anotherValue(setting.valueIn(config));
      setting.assignTo(config, value);
      const TrainingConfig back = app::toConfig(app::toForm(config));
      for (const training::Setting& other : training::settingsTable()) {
        QVERIFY2(other.valueIn(back) == other.valueIn(config), setting.name);
      }
    }
  }

  void noDataSetIsSaidToBeMissingBeforeTheSearchEnds() {
    const QString before = app::dataChoices({}, false).front().text;
    QVERIFY2(before.contains("Looking"), qPrintable(before));
    const QString after = app::dataChoices({}, true).front().text;
    QVERIFY2(after.contains("None found"), qPrintable(after));
    for (const auto& section : app::setupSections()) {
      for (const auto& field : section.fields) {
        if (field.key == "dataFolder") QCOMPARE(field.choices.front().text, before);
      }
    }
  }

  void everySettingIsAFieldOfTheForm() {
    QStringList keys;
    for (const auto& section : app::setupSections()) {
      for (const auto& field : section.fields) keys << field.key;
    }
    for (const training::Setting& setting : training::settingsTable()) {
      QVERIFY2(keys.contains(setting.name), setting.name);
    }
  }

  void defaultsAreTheReferenceJob() {
    QVariantMap values;
    for (const auto& section : app::setupSections()) {
      for (const auto& field : section.fields) values.insert(field.key, field.initial);
    }
    QVERIFY(app::setupProblems(values, {}).isEmpty());
    const TrainingConfig config = app::toConfig(values);
    QCOMPARE(config.learningRate, 0.01);
    QCOMPARE(config.momentum, 0.9);
    QCOMPARE(config.batchSize, 64);
    QCOMPARE(config.epochs, 10);
    QCOMPARE(config.fineTuneLayers, (std::vector<std::string>{"fc1", "fc2"}));
  }

  void badValuesAreNamedByTheirField_data() {
    QTest::addColumn<QString>("key");
    QTest::addColumn<QVariant>("value");
    QTest::newRow("batch") << "batchSize" << QVariant(qlonglong{0});
    QTest::newRow("epochs") << "epochs" << QVariant(qlonglong{0});
    QTest::newRow("rate") << "learningRate" << QVariant(-0.1);
    QTest::newRow("momentum") << "momentum" << QVariant(1.0);
    QTest::newRow("decay") << "weightDecay" << QVariant(-1.0);
    QTest::newRow("seed") << "seed" << QVariant(qlonglong{-1});
    QTest::newRow("threads") << "threads" << QVariant(qlonglong{-2});
    QTest::newRow("many threads") << "threads" << QVariant(qlonglong{100000});
    QTest::newRow("name") << "runName" << QVariant("a/b");
    QTest::newRow("logs") << "logDirectory" << QVariant("");
    QTest::newRow("layers") << "fineTuneLayers" << QVariant(QStringList{});
    QTest::newRow("unknown layer") << "fineTuneLayers" << QVariant(QStringList{"fc9"});
    QTest::newRow("device") << "device" << QVariant("tpu");
    QTest::newRow("histograms") << "histogramInterval" << QVariant(qlonglong{-1});
  }
  void badValuesAreNamedByTheirField() {
    QFETCH(QString, key);
    QFETCH(QVariant, value);
    QVariantMap values = app::toForm({});
    values.insert(key, value);
    const auto problems = app::setupProblems(values, {"cpu"});
    QCOMPARE(problems.keys(), QStringList{key});
    QVERIFY(!problems.value(key).isEmpty());
  }

  void limitsAreWrittenAsOtherNumbersAre() {
    QVariantMap values = app::toForm({});
    values["batchSize"] = qlonglong{5'000'000};
    const auto problems = app::setupProblems(values, {});
    QCOMPARE(problems.value("batchSize"), QStringLiteral("Must be at most 1,000,000"));
  }

  void whatCanBeValidatedOnFollowsFromTheData() {
    const auto valuesOf = [](const QList<widgets::FormChoice>& choices) {
      QStringList values;
      for (const auto& choice : choices) values << choice.value.toString();
      return values;
    };
    const QStringList both{"test", "validation"};
    training::DataDescription data;
    QCOMPARE(valuesOf(app::validationChoices(data, false)), both);  // not known yet
    data.format = "npz";
    data.testCount = 2000;
    QCOMPARE(valuesOf(app::validationChoices(data, false)), QStringList{"test"});
    QCOMPARE(app::validationChoices(data, false).first().text, QString("test set, 2,000"));
    QCOMPARE(valuesOf(app::validationChoices(data, true)), both);  // not taken away
    data.hasValidation = true;
    data.validationCount = 10;
    QCOMPARE(valuesOf(app::validationChoices(data, false)), both);
    QCOMPARE(app::validationChoices(data, false).last().text, QString("validation, 10"));
  }

  void liveFieldsAreThoseOfTheTrainer() {
    using training::HyperParameter;
    QVERIFY(app::liveParameter("momentum") ==
            HyperParameter(&training::LiveHyperParameters::momentum));
    QVERIFY(app::liveParameter("weightDecay") ==
            HyperParameter(&training::LiveHyperParameters::weightDecay));
    QVERIFY(app::liveParameter("histogramInterval") ==
            HyperParameter(&training::LiveHyperParameters::histogramInterval));
    QVERIFY(app::liveParameter("beta1") == HyperParameter(&training::LiveHyperParameters::beta1));
    QVERIFY(app::liveParameter("beta2") == HyperParameter(&training::LiveHyperParameters::beta2));
    QCOMPARE(app::liveName(&training::LiveHyperParameters::beta2), QString("Beta2"));
    QCOMPARE(app::liveName(&training::LiveHyperParameters::histogramInterval),
             QString("Histogram interval"));
    QVERIFY(!app::liveParameter("batchSize"));
  }

  void layersTellWhatIsTrainedAndFrozen() {
    const auto choices = app::layerChoices({{"conv1", 260}, {"fc1", 16050}});
    QCOMPARE(choices[1].text, QStringLiteral("fc1"));
    QCOMPARE(choices[1].note, QStringLiteral("16,050 trained|16,050 frozen"));
    QCOMPARE(app::layerChoices({{"fc1", 0}})[0].note, QStringLiteral("depends on the data"));
    training::DataDescription mnist;
    mnist.name = "MNIST";
    mnist.shape = {{1, 28, 28}};
    const widgets::FormChoice convNet = app::modelChoices({}, mnist)[0];
    QCOMPARE(convNet.text, QStringLiteral("ConvNet"));
    QVERIFY2(convNet.toolTip.endsWith("21,840 parameters"), qPrintable(convNet.toolTip));
    QCOMPARE(app::deviceText("cuda:1"), QStringLiteral("CUDA 1"));
  }

  void whatZeroAndTheIntervalMeanIsSaid() {
    const auto note = [](const QString& key, qlonglong value) {
      for (const auto& section : app::setupSections()) {
        for (const auto& field : section.fields) {
          if (field.key == key && field.note) return field.note(value);
        }
      }
      return QString();
    };
    QVERIFY(note("threads", 0).contains("all cores"));
    QCOMPARE(note("threads", 3), QString());
    QCOMPARE(note("histogramInterval", 100), QStringLiteral("every 100 steps"));
    QCOMPARE(note("histogramInterval", 1), QStringLiteral("every step"));
    QCOMPARE(note("histogramInterval", 0), QStringLiteral("none"));
    QVERIFY(!note("fineTuneEpochs", 0).isEmpty());
  }

  void aDataFileIsNamedWithItsEndingWhileItIsUsed() {
    app::ControlBarInput input;
    input.snapshot.status.state = training::TrainerState::kTraining;
    input.snapshot.status.runName = "run";
    input.snapshot.status.dataName = "t";
    input.config.dataFolder = "/data/t.npz";
    QVERIFY(app::controlBarState(input).summaryBottom.startsWith("t.npz · "));
    input.snapshot.status.dataName = "MNIST";
    QVERIFY(app::controlBarState(input).summaryBottom.startsWith("MNIST · "));
  }

  void figuresAreShort() {
    QCOMPARE(app::speedText(24100), QStringLiteral("24.1 k/s"));
    QCOMPARE(app::speedText(812.4), QStringLiteral("812 /s"));
    QCOMPARE(app::speedText(0), QString());
    QCOMPARE(app::durationText(8), QStringLiteral("00:08"));
    QCOMPARE(app::durationText(3723), QStringLiteral("1:02:03"));
    QCOMPARE(app::durationText(-1), QString());
    QCOMPARE(app::countText(6214), QStringLiteral("6,214"));
  }

  void paceKeepsRedrawingUnderItsShare() {
    using app::RefreshTimer;
    for (const double busy : {0.0, 0.4, 2.0, 5.0, 9.0}) {
      const int interval = RefreshTimer::intervalFor(busy, true);
      QVERIFY(interval >= 33 && interval <= RefreshTimer::kLongestMilliseconds);
      if (interval < RefreshTimer::kLongestMilliseconds) {
        QVERIFY(busy / (busy + interval) <= 0.04);
      }
    }
    QCOMPARE(RefreshTimer::intervalFor(0, false), RefreshTimer::kShortestMilliseconds);
    QVERIFY(RefreshTimer::intervalFor(8, false) < RefreshTimer::intervalFor(8, true));
    QCOMPARE(RefreshTimer::intervalFor(10000, true), RefreshTimer::kLongestMilliseconds);
  }
};

QTEST_MAIN(SetupBindingTest)
#include "setup_binding_test.moc"
