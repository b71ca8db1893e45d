// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>
#include <QStringList>
#include <QVariantMap>

#include "widgets/style/theme.h"

namespace app {

/// What the window keeps from one start to the next, in the user's settings (QSettings of the
/// application's organisation and name). Each setter stores at once; a value that cannot be read
/// back counts as not set.
class WindowSettings {
 public:
  static constexpr int kMaxRecent = 10;

  [[nodiscard]] widgets::ThemeMode themeMode() const;
  void setThemeMode(widgets::ThemeMode mode);

  [[nodiscard]] QByteArray geometry() const;
  [[nodiscard]] QByteArray layout() const;
  void setGeometryAndLayout(const QByteArray& geometry, const QByteArray& layout);

  /// Log directories and files opened lately, newest first.
  [[nodiscard]] QStringList recent() const;
  void addRecent(const QString& path);
  void clearRecent();

  /// The set-up panel's values.
  [[nodiscard]] QVariantMap setup() const;
  void setSetup(const QVariantMap& values);

  /// The log directories that the pages' filters and axes were chosen for.
  [[nodiscard]] QStringList viewedLogs() const;
  void setViewedLogs(const QStringList& paths);

  /// Id of the page that was in front.
  [[nodiscard]] QString frontPage() const;
  void setFrontPage(const QString& id);
  /// What a page or a panel wants to find again, by its id.
  [[nodiscard]] QVariantMap page(const QString& name) const;
  void setPage(const QString& name, const QVariantMap& state);

 private:
  QSettings m_settings;
};

}  // namespace app
