// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QRegularExpression>
#include <QTabWidget>
#include <QTest>
#include <QTimer>
#include <algorithm>
#include "app/window/control/training_controller.h"
#include "app/window/main_window.h"
#include "tests/app/window/window_fixture.h"
#include "training/job/trainer.h"
#include "widgets/forms/form_panel.h"
#include "widgets/runs/run_selection.h"
#include "widgets/status/control_bar.h"
#include "widgets/status/event_list.h"
#include "widgets/status/event_list_model.h"
#include "widgets/status/status_notice.h"
#include "widgets/status/status_strip.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

/// A window that trains on a small made-up data set.
class TrainingWindowFixture : public QObject {
 protected:
  using TrainingSession = app::TrainingSession;
  using TrainerState = training::TrainerState;

  void writeData() {
    m_files = std::make_unique<WindowFixture>();
    m_files->writeDataSet(m_files->path("data"), 600, 100);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }
  void begin() {
    QSettings().clear();
    openWindow();
    ++m_case;
  }
  void end() {
    m_window->workspace().session().stopAndWait();
    m_window.reset();
  }

  void openWindow() {
    m_window.reset();
    m_window = std::make_unique<TestWindow>();
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    m_window->startEngine();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->workspace().session().engineState(),
                              TrainingSession::Engine::kReady, 60000);
  }

  void setUp(int epochs, int fineTuneEpochs) {
    QVariantMap values = m_window->form().values();
    values["dataFolder"] = m_files->path("data");
    values["logDirectory"] = m_files->path(QStringLiteral("runs%1").arg(m_case));
    values["epochs"] = qlonglong{epochs};
    values["batchSize"] = qlonglong{60};
    values["fineTuneEpochs"] = qlonglong{fineTuneEpochs};
    values["histogramInterval"] = qlonglong{10};
    values["threads"] = qlonglong{1};
    m_window->trainingController().setForm(values);
    QCOMPARE(m_window->controlBar().state().mainReason, QString());
  }

  void pressSpace() {
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    m_window->setFocus();
    QTest::keyClick(m_window.get(), Qt::Key_Space);
  }

  void type(const char* name, const QString& text) {
    auto* field = m_window->form().findChild<QLineEdit*>(QString::fromLatin1(name));
    field->setFocus();
    field->selectAll();
    QTest::keyClicks(field, text);
    QTest::keyClick(field, Qt::Key_Return);
  }

  [[nodiscard]] TrainerState state() const {
    return m_window->trainingController().shown().status.state;
  }
  [[nodiscard]] std::int64_t step() const {
    return m_window->workspace().session().control().status().step;
  }
  [[nodiscard]] int countEvents(const QString& part) const {
    const auto& entries = m_window->events().entries();
    return static_cast<int>(
        std::count_if(entries.begin(), entries.end(),
                      [&part](const auto& entry) { return entry.text.contains(part); }));
  }
  [[nodiscard]] bool hasEvent(const QString& part) const { return countEvents(part) > 0; }

  /// The commands that stand in rows of the events, newest first.
  [[nodiscard]] QStringList links() const {
    const auto* model = m_window->findChild<QListView*>("eventView")->model();
    QStringList links;
    for (int row = 0; row < model->rowCount(); ++row) {
      const QString link = model->index(row, 0).data(widgets::EventListModel::kLinkRole).toString();
      if (!link.isEmpty()) links << link;
    }
    return links;
  }

  [[nodiscard]] bool statusContains(const QString& part) const {
    const auto labels =
        m_window->findChild<widgets::StatusStrip*>()->findChildren<widgets::FigureLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&part](const widgets::FigureLabel* label) {
      return label->text().contains(part);
    });
  }

  std::unique_ptr<WindowFixture> m_files;
  std::unique_ptr<TestWindow> m_window;
  int m_case = 0;
};
