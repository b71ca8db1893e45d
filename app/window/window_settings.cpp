// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/window_settings.h"

namespace app {
namespace {

constexpr auto kTheme = "window/theme";
constexpr auto kGeometry = "window/geometry";
constexpr auto kLayout = "window/layout";
constexpr auto kFrontPage = "window/page";
constexpr auto kRecent = "recent";
constexpr auto kSetup = "setup";
constexpr auto kViewedLogs = "page/logs";

}  // namespace

widgets::ThemeMode WindowSettings::themeMode() const {
  const QString word = m_settings.value(kTheme).toString();
  if (word == QLatin1String("light")) return widgets::ThemeMode::kLight;
  if (word == QLatin1String("dark")) return widgets::ThemeMode::kDark;
  return widgets::ThemeMode::kSystem;
}

void WindowSettings::setThemeMode(widgets::ThemeMode mode) {
  m_settings.setValue(kTheme, mode == widgets::ThemeMode::kLight  ? "light"
                              : mode == widgets::ThemeMode::kDark ? "dark"
                                                                  : "system");
}

QByteArray WindowSettings::geometry() const {
  return m_settings.value(kGeometry).toByteArray();
}

QByteArray WindowSettings::layout() const {
  return m_settings.value(kLayout).toByteArray();
}

void WindowSettings::setGeometryAndLayout(const QByteArray& geometry, const QByteArray& layout) {
  m_settings.setValue(kGeometry, geometry);
  m_settings.setValue(kLayout, layout);
}

QStringList WindowSettings::recent() const {
  return m_settings.value(kRecent).toStringList();
}

void WindowSettings::addRecent(const QString& path) {
  QStringList paths = recent();
  paths.removeAll(path);
  paths.prepend(path);
  while (paths.size() > kMaxRecent) paths.removeLast();
  m_settings.setValue(kRecent, paths);
}

void WindowSettings::clearRecent() {
  m_settings.remove(kRecent);
}

QVariantMap WindowSettings::setup() const {
  return m_settings.value(kSetup).toMap();
}

void WindowSettings::setSetup(const QVariantMap& values) {
  m_settings.setValue(kSetup, values);
}

QStringList WindowSettings::viewedLogs() const {
  return m_settings.value(kViewedLogs).toStringList();
}

void WindowSettings::setViewedLogs(const QStringList& paths) {
  m_settings.setValue(kViewedLogs, paths);
}

QString WindowSettings::frontPage() const {
  return m_settings.value(kFrontPage).toString();
}

void WindowSettings::setFrontPage(const QString& id) {
  m_settings.setValue(kFrontPage, id);
}

QVariantMap WindowSettings::page(const QString& name) const {
  return m_settings.value(QStringLiteral("page/") + name).toMap();
}

void WindowSettings::setPage(const QString& name, const QVariantMap& state) {
  m_settings.setValue(QStringLiteral("page/") + name, state);
}

}  // namespace app
