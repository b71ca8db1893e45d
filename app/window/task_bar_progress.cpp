// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/task_bar_progress.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QGuiApplication>
#include <QVariantMap>

namespace app {

// Protocol: https://wiki.ubuntu.com/Unity/LauncherAPI
void showTaskBarProgress(std::optional<double> share) {
  // Without an address Qt would start a bus of its own.
  if (!qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) return;
  auto message = QDBusMessage::createSignal(QStringLiteral("/dev/traindeck/TrainDeck"),
                                            QStringLiteral("com.canonical.Unity.LauncherEntry"),
                                            QStringLiteral("Update"));
  message << QStringLiteral("application://%1.desktop").arg(QGuiApplication::desktopFileName())
          << QVariantMap{{QStringLiteral("progress-visible"), share.has_value()},
                         {QStringLiteral("progress"), share.value_or(0)}};
  static_cast<void>(QDBusConnection::sessionBus().send(message));
}

}  // namespace app
