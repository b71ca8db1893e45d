// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QSocketNotifier>
#include <QTimer>
#include <QTranslator>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>

#include "app/cli/commands.h"
#include "app/cli/stop_signals.h"
#include "app/cli/terminal.h"
#include "app/cli/terminal_text.h"
#include "app/cli/version.h"
#include "app/window/exit_guard.h"
#include "app/window/main_window.h"
#include "app/window/window_settings.h"
#include "app/window/workspace/workspace.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

namespace app {
namespace {

bool isSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value;
}

bool hasDisplay() {
#ifdef Q_OS_LINUX
  return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") || isSet("QT_QPA_PLATFORM");
#else
  return true;
#endif
}

constexpr const char* kWithoutWindow =
    "'traindeck train' trains without a window, 'traindeck inspect' and 'export' read logs";

QString& firstComplaint() {
  static QString text;
  return text;
}

/// Qt aborts where it finds no display to open: this ends the program with one clear line instead.
void startMessageHandler(QtMsgType type, const QMessageLogContext& /*context*/,
                         const QString& message) {
  if (type == QtFatalMsg) {
    const QString reason = firstComplaint().isEmpty() ? message : firstComplaint();
    std::fprintf(stderr, "traindeck: cannot open a window: %s (%s)\n",
                 qPrintable(reason.simplified()), kWithoutWindow);
    std::fflush(stderr);
    std::_Exit(1);
  }
  if (firstComplaint().isEmpty()) firstComplaint() = message;
}

/// Milliseconds since the process was started, from the system's own record; -1 when unknown.
double millisecondsSinceStart() {
#ifdef Q_OS_LINUX
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto name = line.rfind(')');  // the name may hold blanks
  if (name == std::string::npos) return -1;
  std::size_t place = name + 1;
  for (int field = 2; field < 21; ++field) place = line.find(' ', place + 1);
  const double ticks = std::strtod(line.c_str() + place, nullptr);
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  const double seconds = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  return (seconds - ticks / static_cast<double>(sysconf(_SC_CLK_TCK))) * 1000;
#else
  return -1;
#endif
}

void installTranslations(QApplication& application) {
  auto* ofQt = new QTranslator(&application);
  if (ofQt->load(QLocale::system(), QStringLiteral("qtbase"), QStringLiteral("_"),
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
    QApplication::installTranslator(ofQt);
  }
}

QStringList pathsToOpen(const WindowOptions& options) {
  QStringList paths;
  for (const std::string& path : options.logDirectories) paths << QString::fromStdString(path);
  if (paths.isEmpty() && QFileInfo(QStringLiteral("runs")).isDir()) paths << QStringLiteral("runs");
  return paths;
}

constexpr int kMaxPreparationMs = 3000;

/// Saves what is being trained and ends the event loop, whatever dialogue is open.
void stopAndQuit(MainWindow& window) {
  window.setCloseQuestion([] { return MainWindow::CloseAnswer::kStopAndSave; });
  TrainingSession& session = window.workspace().session();
  QObject::connect(&session, &TrainingSession::ended, &window, [&window] {
    window.close();
    QApplication::exit(0);
  });
  window.close();
  if (!session.isRunning()) QApplication::exit(0);
  // Reading data can hang on a disk; there is nothing to save yet.
  QTimer::singleShot(kMaxPreparationMs, &window, [&session] {
    if (session.control().status().state == training::TrainerState::kPreparing) endOfStopSignal();
  });
}

/// Ctrl-C in the terminal, its end or the session's: what is being trained is stopped and saved.
void closeOnSignals(MainWindow& window) {
  catchStopSignals();
  auto* notifier = new QSocketNotifier(stopSignalDescriptor(), QSocketNotifier::Read, &window);
  QObject::connect(notifier, &QSocketNotifier::activated, &window, [&window, notifier] {
    notifier->setEnabled(false);
    stopAndQuit(window);
  });
}

/// When the display is lost: waits until what is being trained is saved.
void saveBeforeExit(TrainingSession& session) {
  if (!session.isRunning()) return;
  session.stopAndWait("the window ended, its display was lost");
  const training::TrainerStatus status = session.control().status();
  if (status.state == training::TrainerState::kFailed) {
    std::fprintf(stderr, "traindeck: %s\n", printable(status.message.english()).c_str());
    return;
  }
  if (status.state == training::TrainerState::kFinished) return;
  std::fprintf(stderr,
               "traindeck: the window ended; the run was stopped and saved\n"
               "continue: %s train --continue %s\n",
               shellQuoted(QCoreApplication::applicationFilePath().toStdString()).c_str(),
               shellQuoted(status.runPath).c_str());
}

/// While it lives, no library ends the process without saveBeforeExit().
class GuardedExit {
 public:
  explicit GuardedExit(TrainingSession& session) {
    setExitGuard([&session] { saveBeforeExit(session); });
  }
  ~GuardedExit() { setExitGuard({}); }
  GuardedExit(const GuardedExit&) = delete;
  GuardedExit& operator=(const GuardedExit&) = delete;
};

}  // namespace

std::string windowVersion() {
  return std::string("Qt ") + qVersion();
}

int runWindow(const WindowOptions& options, int& argc, char** argv) {
  if (!hasDisplay()) {
    std::fprintf(stderr, "traindeck: there is no display to open a window on (%s)\n",
                 kWithoutWindow);
    return 1;
  }
  const QtMessageHandler usual = qInstallMessageHandler(startMessageHandler);
  QApplication application(argc, argv);
  // Qt takes the system's language for the C library, whose reasons stand within our sentences.
  std::setlocale(LC_MESSAGES, "C");
  qInstallMessageHandler(usual);
  if (!firstComplaint().isEmpty()) qWarning("%s", qPrintable(firstComplaint()));

  QApplication::setOrganizationName(QStringLiteral("TrainDeck"));
  QApplication::setApplicationName(QStringLiteral("traindeck"));
  QApplication::setApplicationDisplayName(QStringLiteral("TrainDeck"));
  QApplication::setApplicationVersion(QString::fromStdString(programVersion()));
  QApplication::setDesktopFileName(QStringLiteral("traindeck"));
  installTranslations(application);
  QLocale::setDefault(widgets::numberLocale());  // for the numbers in Qt's own widgets
  widgets::applyTheme(application, WindowSettings().themeMode());
  QApplication::setWindowIcon(widgets::programIcon());

  Workspace workspace;
  MainWindow window(workspace);
  QObject::connect(&window, &MainWindow::firstPainted, &window, [&window, &workspace, &options] {
    if (isSet("TRAINDECK_STARTUP_TRACE")) {
      std::fprintf(stderr, "traindeck: first paint %.0f ms after the start\n",
                   millisecondsSinceStart());
    }
    workspace.setLogsNamed(!options.logDirectories.empty());
    window.openLogs(pathsToOpen(options));
    window.startEngine();
  });
  closeOnSignals(window);
  const GuardedExit guard(workspace.session());
  window.show();
  return QApplication::exec();
}

}  // namespace app
