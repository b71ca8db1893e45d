// SPDX-License-Identifier: GPL-3.0-or-later
// What the catalogues hold is what form, command line, README and docs/catalogues.md offer.
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <set>
#include <sstream>

#include "app/cli/command_line.h"
#include "app/window/setup/setup_binding.h"
#include "app/window/training_metrics.h"
#include "eventio/sources/run_source_kinds.h"
#include "tests/app/window/window_fixture.h"
#include "training/job/setting_choices.h"
#include "training/optimisers/optimisers.h"
#include "training/tasks/tasks.h"
#include "widgets/pages/page.h"

using training::Setting;
using training::SettingChoice;

namespace {

QString textOf(const QString& file) {
  QFile opened(QStringLiteral(TRAINDECK_SOURCE_DIR "/") + file);
  if (!opened.open(QIODevice::ReadOnly)) return {};
  return QString::fromUtf8(opened.readAll());
}

std::vector<const Setting*> settingsWithChoices() {
  std::vector<const Setting*> settings;
  for (const Setting& setting : training::settingsTable()) {
    if (!training::settingChoices(setting).empty()) settings.push_back(&setting);
  }
  return settings;
}

QStringList valuesOf(const Setting& setting) {
  QStringList values;
  for (const SettingChoice& choice : training::settingChoices(setting)) {
    values << QString::fromStdString(choice.value);
  }
  return values;
}

QString trainHelp() {
  const std::array arguments{"traindeck", "train", "--help"};
  const auto command = app::parseCommandLine(arguments.size(), arguments.data());
  return QString::fromStdString(std::get<app::EarlyExit>(command).output);
}

void writeMetricsAndHyperParameters(std::ostream& page) {
  page << "\n## Metrics of the tasks\n\n| task | metrics, the main one first |\n|---|---|\n";
  for (const training::Task* task : training::tasks()) {
    std::string metrics;
    for (const training::Metric& metric : task->metrics()) {
      metrics += (metrics.empty() ? "" : ", ") + std::string(metric.label);
    }
    page << "| `" << task->name() << "` | " << metrics << " |\n";
  }
  page << "\n## Hyper-parameters that change while training runs\n\n"
          "| optimiser | hyper-parameters |\n|---|---|\n";
  for (const training::Optimiser* optimiser : training::optimisers()) {
    std::string names;
    for (const training::HyperParameter live : optimiser->liveHyperParameters()) {
      names += (names.empty() ? "" : ", ") + training::settingOf(live).words();
    }
    page << "| `" << optimiser->name() << "` | " << names << " |\n";
  }
}

/// docs/catalogues.md as the catalogues have it.
QString cataloguesPage() {
  std::ostringstream page;
  page << "# Catalogues\n\nWhat can be chosen. A test compares this page with the catalogues; "
          "`TRAINDECK_WRITE_DOCS=1 ctest -R catalogues` writes it.\n";
  for (const Setting* setting : settingsWithChoices()) {
    page << "\n## `" << setting->option << "`\n\n| value | what |\n|---|---|\n";
    for (const SettingChoice& choice : training::settingChoices(*setting)) {
      page << "| `" << choice.value << "` | " << choice.help << " |\n";
    }
  }
  writeMetricsAndHyperParameters(page);
  page << "\n## Logs that are read\n\n";
  for (const eventio::RunSourceKind& kind : eventio::runSourceKinds()) {
    page << "- " << kind.name << "\n";
  }
  page << "\n## Pages of the window\n\n";
  const TestWindow window;
  for (const widgets::Page* each : window.pages()) {
    page << "- " << each->title().toStdString() << "\n";
  }
  return QString::fromStdString(page.str());
}

}  // namespace

class CataloguesTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { m_files = std::make_unique<WindowFixture>(); }

  void thePageOfTheDocumentationIsTheCatalogues() {
    const QString expected = cataloguesPage();
    if (qEnvironmentVariableIsSet("TRAINDECK_WRITE_DOCS")) {
      QFile file(QStringLiteral(TRAINDECK_SOURCE_DIR "/docs/catalogues.md"));
      QVERIFY(file.open(QIODevice::WriteOnly));
      file.write(expected.toUtf8());
    }
    QCOMPARE(textOf("docs/catalogues.md"), expected);
  }

  void theFormOffersEachEntryAndNoOther() {
    int compared = 0;
    for (const auto& section : app::setupSections()) {
      for (const auto& field : section.fields) {
        const Setting* setting = training::findSetting(field.key.toStdString());
        if (!setting || training::settingChoices(*setting).empty()) continue;
        QStringList offered;
        for (const auto& choice : field.choices) offered << choice.value.toString();
        QCOMPARE(offered, valuesOf(*setting));
        ++compared;
      }
    }
    QCOMPARE(compared, static_cast<int>(settingsWithChoices().size()));
  }

  void helpNamesEachEntryWithItsOption() {
    const QString help = trainHelp().simplified();
    for (const Setting* setting : settingsWithChoices()) {
      const auto option = help.indexOf(QString(setting->option) + ' ');
      QVERIFY2(option >= 0, setting->option);
      auto end = help.indexOf(" --", option + 2);
      if (end < 0) end = help.size();
      const QString entry = help.mid(option, end - option);
      for (const SettingChoice& choice : training::settingChoices(*setting)) {
        const QString shown =
            QString::fromStdString(choice.value + " (" + choice.help).simplified();
        QVERIFY2(entry.contains(shown), qPrintable(entry));
      }
    }
  }

  void theReadmeNamesEachEntryAndNoOther() {
    const QString readme = textOf("README.md");
    for (const Setting* setting : settingsWithChoices()) {
      const QRegularExpression list('`' + QString(setting->option) +
                                    QStringLiteral(" ([a-z0-9_|]+)`"));
      const auto match = list.match(readme);
      QVERIFY2(match.hasMatch(), setting->option);
      QCOMPARE(match.captured(1).split('|'), valuesOf(*setting));
    }
  }

  void nothingOutsideTheTasksKnowsAMetricByName() {
    QStringList words;
    for (const training::Task* task : training::tasks()) {
      for (const training::Metric& metric : task->metrics()) {
        words << QRegularExpression::escape(metric.name)
              << QRegularExpression::escape(metric.label);
      }
    }
    const QRegularExpression metric("(?<![a-z])(" + words.join('|') + ")(?![a-z])",
                                    QRegularExpression::CaseInsensitiveOption);
    const QRegularExpression comment("//[^\n]*");
    int files = 0;
    for (const char* library : {"app", "training", "widgets"}) {
      QDirIterator each(QStringLiteral(TRAINDECK_SOURCE_DIR "/") + library, {"*.h", "*.cpp"},
                        QDir::Files, QDirIterator::Subdirectories);
      while (each.hasNext()) {
        const QString file = QDir(TRAINDECK_SOURCE_DIR).relativeFilePath(each.next());
        // The second one reads what older versions saved.
        if (file.startsWith("training/tasks/") || file.endsWith("/state_fields.cpp")) continue;
        const auto match = metric.match(textOf(file).remove(comment));
        QVERIFY2(!match.hasMatch(), qPrintable(file + ": " + match.captured()));
        ++files;
      }
    }
    QVERIFY(files > 200);
  }

  void theTrainingPageKnowsTheMetricsOfEachTask() {
    std::set<std::string> names;
    for (const widgets::TrainingMetric& metric : app::trainingMetrics()) {
      QVERIFY(!metric.title.isEmpty() && !metric.unit.isEmpty());
      for (const std::string& name : metric.names) {
        QVERIFY2(names.insert(name).second, name.c_str());
      }
    }
    for (const training::Task* task : training::tasks()) {
      for (const training::Metric& metric : task->metrics()) QVERIFY(names.count(metric.name) > 0);
    }
  }

 private:
  std::unique_ptr<WindowFixture> m_files;
};

QTEST_MAIN(CataloguesTest)
#include "catalogues_test.moc"
