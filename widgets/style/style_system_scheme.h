// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDBusVariant>  // whole: moc must know the slot's argument
#include <QObject>
#include <optional>

namespace widgets {

/// What the desktop says of light and dark through the XDG desktop portal, where there is one:
/// GNOME publishes it nowhere else. Asked without waiting; followed as long as the object lives.
class SystemScheme : public QObject {
  Q_OBJECT

 public:
  explicit SystemScheme(QObject* parent = nullptr);

  /// True for dark, false for light; nothing while unknown or when the desktop has no preference.
  [[nodiscard]] std::optional<bool> dark() const { return m_dark; }

 signals:
  void changed();

 private:
  Q_SLOT void settingChanged(const QString& group, const QString& key, const QDBusVariant& value);
  void take(const QVariant& value);

  std::optional<bool> m_dark;
};

}  // namespace widgets
