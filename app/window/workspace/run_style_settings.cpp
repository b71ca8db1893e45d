// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace/run_style_settings.h"

#include <QCryptographicHash>
#include <QDate>
#include <QFileInfo>
#include <algorithm>
#include <vector>

namespace app {
namespace {

constexpr auto kGroup = "runs";
/// A list of log directories and names in turns, the newest first.
constexpr auto kSelected = "selectedRuns";

}  // namespace

void RunStyleSettings::refresh() {
  m_settings.sync();
  m_stored = -1;
}

QString RunStyleSettings::canonical(const std::string& logDirectory) {
  const QString directory = QString::fromStdString(logDirectory);
  QString& folder = m_canonical[directory];
  if (folder.isEmpty()) folder = QFileInfo(directory).canonicalFilePath();
  if (folder.isEmpty()) folder = directory;
  return folder;
}

QString RunStyleSettings::keyOf(const std::string& logDirectory, const std::string& name) {
  const QString folder = canonical(logDirectory);
  const QString path = name == "." ? folder : folder + '/' + QString::fromStdString(name);
  // A path may hold what a key of the settings cannot.
  const QByteArray hash = QCryptographicHash::hash(path.toUtf8(), QCryptographicHash::Md5);
  return QStringLiteral("%1/%2").arg(QLatin1String(kGroup), QLatin1String(hash.toHex()));
}

std::optional<widgets::RunStyle> RunStyleSettings::find(const std::string& logDirectory,
                                                        const std::string& name) {
  // "12 shown 2026-11-27": the style's number, whether it is drawn, when this was stored.
  const QStringList parts = m_settings.value(keyOf(logDirectory, name)).toString().split(' ');
  bool isNumber = false;
  const int color = parts.value(0).toInt(&isNumber);
  if (!isNumber || parts.size() < 2 || color < 0 || color >= widgets::kRunStyles) return {};
  return widgets::RunStyle{color, parts.at(1) != QLatin1String("hidden")};
}

void RunStyleSettings::store(const std::string& logDirectory, const std::string& name,
                             const widgets::RunStyle& style) {
  const QString key = keyOf(logDirectory, name);
  if (m_stored < 0 || !m_settings.contains(key)) forgetOldest();
  m_settings.setValue(key,
                      QStringLiteral("%1 %2 %3")
                          .arg(style.colorIndex)
                          .arg(style.ticked ? QStringLiteral("shown") : QStringLiteral("hidden"),
                               QDate::currentDate().toString(Qt::ISODate)));
}

std::string RunStyleSettings::findSelected(const std::string& logDirectory) {
  const QStringList known = m_settings.value(kSelected).toStringList();
  const QString folder = canonical(logDirectory);
  for (qsizetype i = 0; i + 1 < known.size(); i += 2) {
    if (known[i] == folder) return known[i + 1].toStdString();
  }
  return {};
}

void RunStyleSettings::storeSelected(const std::string& logDirectory, const std::string& name) {
  const QStringList known = m_settings.value(kSelected).toStringList();
  const QString folder = canonical(logDirectory);
  QStringList list{folder, QString::fromStdString(name)};
  for (qsizetype i = 0; i + 1 < known.size() && list.size() < 2 * kMaxDirectories; i += 2) {
    if (known[i] != folder) list << known[i] << known[i + 1];
  }
  m_settings.setValue(kSelected, list);
}

/// Makes room for one more; a quarter goes at once, so that this is rare.
void RunStyleSettings::forgetOldest() {
  m_settings.beginGroup(QLatin1String(kGroup));
  if (m_stored < 0) m_stored = static_cast<int>(m_settings.childKeys().size());
  if (++m_stored > kMaxRuns) {
    std::vector<std::pair<QString, QString>> byDate;
    for (const QString& key : m_settings.childKeys()) {
      byDate.emplace_back(m_settings.value(key).toString().section(' ', 2), key);
    }
    std::sort(byDate.begin(), byDate.end());
    byDate.resize(kMaxRuns / 4);
    for (const auto& [date, key] : byDate) m_settings.remove(key);
    m_stored -= kMaxRuns / 4;
  }
  m_settings.endGroup();
}

}  // namespace app
