// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QSettings>
#include <QString>
#include <QTemporaryDir>
#include <QTest>
#include <fstream>
#include <string>

#include "app/window/main_window.h"
#include "app/window/workspace/workspace.h"
#include "eventio/writer/summary_writer.h"

struct OwnWorkspace {
  app::Workspace ownWorkspace;
};

/// The program's window with a workspace of its own.
class TestWindow : private OwnWorkspace, public app::MainWindow {
 public:
  TestWindow() : MainWindow(ownWorkspace) {}
};

/// Settings of their own and a folder for logs, for tests that open the program's window.
class WindowFixture {
 public:
  WindowFixture() {
    QCoreApplication::setOrganizationName(QStringLiteral("TrainDeckTest"));
    QCoreApplication::setApplicationName(QStringLiteral("window"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath("settings"));
  }

  [[nodiscard]] QString path(const QString& name) const { return m_folder.filePath(name); }

  /// Writes a run with `count` points of `tag`.
  void writeRun(const QString& folder, const std::string& tag, int count) const {
    auto writer = eventio::SummaryWriter::create(folder.toStdString());
    QVERIFY(writer.has_value());
    for (int i = 0; i < count; ++i) {
      QVERIFY((*writer)->addScalar(tag, 1.0F / static_cast<float>(i + 1), i).has_value());
    }
    QVERIFY((*writer)->close().has_value());
  }

  /// Four IDX files of 28 x 28 images whose class shows as a bright column: quickly learnt.
  void writeDataSet(const QString& folder, int trainCount, int testCount) const {
    QDir().mkpath(folder);
    writeIdx(folder + "/train", trainCount);
    writeIdx(folder + "/t10k", testCount);
  }

 private:
  static void writeIdx(const QString& prefix, int count) {
    const auto big = [](std::ofstream& out, std::uint32_t value) {
      for (int shift = 24; shift >= 0; shift -= 8)
        out.put(static_cast<char>(value >> shift & 255U));
    };
    std::ofstream images((prefix + "-images-idx3-ubyte").toStdString(), std::ios::binary);
    std::ofstream labels((prefix + "-labels-idx1-ubyte").toStdString(), std::ios::binary);
    big(images, 0x803);
    big(images, static_cast<std::uint32_t>(count));
    big(images, 28);
    big(images, 28);
    big(labels, 0x801);
    big(labels, static_cast<std::uint32_t>(count));
    for (int i = 0; i < count; ++i) {
      const int label = i % 10;
      labels.put(static_cast<char>(label));
      for (int pixel = 0; pixel < 28 * 28; ++pixel) {
        const int column = pixel % 28;
        images.put(static_cast<char>(column / 2 == label + 2 ? 250 : (pixel * 7 + i * 13) % 40));
      }
    }
  }

  QTemporaryDir m_folder;
};
