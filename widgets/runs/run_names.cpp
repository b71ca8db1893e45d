// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_names.h"

#include <QHash>

namespace widgets {
namespace {

constexpr qsizetype kShortestBeginning = 12;

bool isSeparator(QChar c) {
  return c == '/' || c == '_' || c == '-' || c == '.' || c == ' ';
}

}  // namespace

QString sharedBeginning(const QStringList& names) {
  QHash<QStringView, qsizetype> uses;
  for (const QString& name : names) {
    for (qsizetype i = kShortestBeginning - 1; i + 1 < name.size(); ++i) {
      // A number keeps the word before it: "lr_0.1" says more than "0.1".
      if (!isSeparator(name[i]) || name[i + 1].isDigit()) continue;
      ++uses[QStringView(name).left(i + 1)];
    }
  }
  const qsizetype least = std::max<qsizetype>(2, (names.size() + 1) / 2);
  QStringView best;
  for (auto it = uses.cbegin(); it != uses.cend(); ++it) {
    if (it.value() < least || it.key().size() < best.size()) continue;
    if (it.key().size() > best.size() || it.key() < best) best = it.key();
  }
  return best.toString();
}

QString withoutBeginning(const QString& name, const QString& beginning) {
  if (beginning.isEmpty() || !name.startsWith(beginning)) return name;
  return QChar(0x2026) + name.mid(beginning.size());
}

}  // namespace widgets
