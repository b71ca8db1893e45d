// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/style_system_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFileInfo>

namespace widgets {
namespace {

const QString kService = QStringLiteral("org.freedesktop.portal.Desktop");
const QString kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const QString kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const QString kGroup = QStringLiteral("org.freedesktop.appearance");
const QString kKey = QStringLiteral("color-scheme");

/// Without this look, asking for the session bus could start one.
bool hasSessionBus() {
  return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
         QFileInfo::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + QStringLiteral("/bus"));
}

}  // namespace

SystemScheme::SystemScheme(QObject* parent) : QObject(parent) {
  if (!hasSessionBus()) return;
  QDBusConnection bus = QDBusConnection::sessionBus();
  if (!bus.isConnected()) return;
  qRegisterMetaType<QDBusVariant>();  // the slot's argument, which is looked up by its name
  // QtDBus looks the slot up by its normalised name, without blanks.
  // clang-format off
  bus.connect(kService, kPath, kInterface, QStringLiteral("SettingChanged"), this,
              SLOT(settingChanged(QString,QString,QDBusVariant)));
  // clang-format on
  QDBusMessage question =
      QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
  question << kGroup << kKey;
  auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), this);
  connect(watcher, &QDBusPendingCallWatcher::finished, this,
          [this](QDBusPendingCallWatcher* finished) {
            const QDBusPendingReply<QDBusVariant> reply = *finished;
            if (!reply.isError()) take(reply.value().variant());
            finished->deleteLater();
          });
}

void SystemScheme::settingChanged(const QString& group, const QString& key,
                                  const QDBusVariant& value) {
  if (group == kGroup && key == kKey) take(value.variant());
}

void SystemScheme::take(const QVariant& value) {
  // Read answers with a variant in a variant.
  const QVariant inner =
      value.canConvert<QDBusVariant>() ? value.value<QDBusVariant>().variant() : value;
  const uint scheme = inner.toUInt();
  const std::optional<bool> dark = scheme == 1   ? std::optional(true)
                                   : scheme == 2 ? std::optional(false)
                                                 : std::nullopt;
  if (dark == m_dark) return;
  m_dark = dark;
  emit changed();
}

}  // namespace widgets
