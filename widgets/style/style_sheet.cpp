// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/style_sheet.h"

#include <QFile>
#include <QHash>
#include <QRegularExpression>

// Q_INIT_RESOURCE must stand outside every namespace.
static void initialiseResources() {
  Q_INIT_RESOURCE(resources);
}

namespace widgets {
namespace {

QColor mixed(const QColor& a, const QColor& b, double share) {
  return QColor::fromRgbF(static_cast<float>(a.redF() + (b.redF() - a.redF()) * share),
                          static_cast<float>(a.greenF() + (b.greenF() - a.greenF()) * share),
                          static_cast<float>(a.blueF() + (b.blueF() - a.blueF()) * share));
}

QHash<QString, QString> tokensOf(const Theme& t) {
  const QHash<QString, QColor> colors{
      {"window", t.window},
      {"panel", t.panel},
      {"line", t.line},
      {"grid", t.grid},
      {"band", t.band},
      {"text", t.text},
      {"muted", t.muted},
      {"faint", t.faint},
      {"accent", t.accent},
      {"selection", t.selection},
      {"good", t.good},
      {"warn", t.warn},
      {"bad", t.bad},
      {"field", t.dark ? t.window : t.panel},
      {"on-accent", t.dark ? t.window : QColor(Qt::white)},
      {"accent-hover", mixed(t.accent, t.dark ? QColor(Qt::white) : QColor(Qt::black), 0.10)},
      {"accent-pressed", mixed(t.accent, QColor(Qt::black), 0.22)},
      {"accent-off", mixed(t.panel, t.accent, 0.38)},
      {"on-accent-off", mixed(t.panel, t.dark ? t.muted : QColor(Qt::white), 0.9)},
      {"hover", mixed(t.panel, t.muted, 0.08)},
      {"pressed", mixed(t.panel, t.muted, 0.16)},
      {"handle", mixed(t.panel, t.muted, 0.32)},
      {"handle-hover", mixed(t.panel, t.muted, 0.55)},
  };
  QHash<QString, QString> tokens;
  for (auto it = colors.begin(); it != colors.end(); ++it) tokens.insert(it.key(), it->name());
  tokens.insert("theme", t.dark ? "dark" : "light");
  return tokens;
}

/// Replaces `$(name)` by the token and `$(32)` by that length in scaled pixels.
QString filledIn(const QString& pattern, const QHash<QString, QString>& tokens) {
  static const QRegularExpression kPlace(QStringLiteral("\\$\\(([a-z0-9.-]+)\\)"));
  QString result;
  qsizetype end = 0;
  for (auto it = kPlace.globalMatch(pattern); it.hasNext();) {
    const auto match = it.next();
    result += QStringView(pattern).mid(end, match.capturedStart() - end);
    bool isLength = false;
    const double length = match.capturedView(1).toDouble(&isLength);
    result += isLength ? QString::number(scaled(length)) + QStringLiteral("px")
                       : tokens.value(match.captured(1));
    end = match.capturedEnd();
  }
  result += QStringView(pattern).mid(end);
  return result;
}

}  // namespace

void loadResources() {
  initialiseResources();
}

QString styleSheetFor(const Theme& theme) {
  loadResources();
  QFile file(QStringLiteral(":/traindeck/style/traindeck.qss"));
  if (!file.open(QIODevice::ReadOnly)) return {};
  return filledIn(QString::fromUtf8(file.readAll()), tokensOf(theme));
}

}  // namespace widgets
