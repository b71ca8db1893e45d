// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/control/status_strip_state.h"

#include <QCoreApplication>

#include "app/window/session/status_text.h"

namespace app {
namespace {

const QString kSeparator = QStringLiteral(" · ");

QString tr(const char* text) {
  return QCoreApplication::translate("app::StatusStripState", text);
}

QString leftText(const StatusStripInput& input) {
  const TrainingSession::Snapshot& now = input.snapshot;
  if (now.status.runPath.empty()) {
    return input.openLogs.isEmpty() ? tr("No log directory is open")
                                    : input.openLogs.join(kSeparator);
  }
  QStringList parts{QString::fromStdString(now.status.runPath)};
  if (now.loggedBytes > 0) parts << sizeText(now.loggedBytes);
  if (isUnderWay(now.status.state)) {
    parts << tr("logging costs %1 %").arg(now.status.loggingShare * 100, 0, 'f', 1);
  }
  if (now.loggingWaits > 0) parts << tr("waits for the log's disk: %1").arg(now.loggingWaits);
  if (!now.loggingFailure.isEmpty()) parts << tr("the log cannot be written");
  if (!now.status.saveFailure.empty()) parts << tr("the model cannot be saved");
  return parts.join(kSeparator);
}

QString rightText(const StatusStripInput& input) {
  QStringList parts;
  if (input.threads > 0) {
    parts << (input.threads == 1 ? tr("1 thread") : tr("%1 threads").arg(input.threads));
  }
  if (!input.device.isEmpty()) parts << input.device;
  switch (input.engine) {
    case TrainingSession::Engine::kReady:
      parts << tr("LibTorch %1").arg(QString::fromStdString(input.torchVersion));
      break;
    case TrainingSession::Engine::kMissing:
      parts << tr("no training engine");
      break;
    default:
      parts << tr("loading LibTorch…");
      break;
  }
  return parts.join(kSeparator);
}

}  // namespace

StatusStripState statusStripState(const StatusStripInput& input) {
  return {leftText(input), rightText(input)};
}

}  // namespace app
