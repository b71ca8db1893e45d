// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_names.h"

#include <QHash>
#include <algorithm>
#include <utility>

namespace widgets {
namespace {

constexpr qsizetype kShortestBeginning = 12;

bool isSeparator(QChar c) {
  return c == '/' || c == '_' || c == '-' || c == '.' || c == ' ';
}

qsizetype sharedLength(const QString& a, const QString& b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first;
  return end - a.begin();
}

/// What is left of a text on both sides of the place where it was cut.
struct Cut {
  QString head;
  QString tail;

  /// Whether another text could look so, too.
  [[nodiscard]] bool fits(const QString& other) const {
    return other.size() > head.size() + tail.size() && other.startsWith(head) &&
           other.endsWith(tail);
  }
};

Cut cutOf(const QString& text, const QString& elided) {
  const qsizetype head = sharedLength(elided, text);
  return {elided.left(head), elided.mid(head + 1)};
}

/// Where the word begins that holds the character at `at`.
qsizetype wordBegin(const QString& name, qsizetype at) {
  while (at > 0 && !isSeparator(name[at - 1])) --at;
  return at;
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

QString elidedApart(const QString& name, const QStringList& others, const QFontMetrics& metrics,
                    int width) {
  QString usual = metrics.elidedText(name, Qt::ElideMiddle, width);
  if (usual == name) return usual;
  QStringList alike;
  for (const QString& other : others) {
    if (other != name && cutOf(name, usual).fits(other)) alike << other;
  }
  if (alike.isEmpty()) return usual;
  qsizetype first = name.size() - 1;  // where it differs from any of them
  qsizetype last = 0;                 // where it differs from all of them
  for (const QString& other : std::as_const(alike)) {
    first = std::min(first, sharedLength(name, other));
    last = std::max(last, sharedLength(name, other));
  }
  last = std::min(last, name.size() - 1);
  const auto from = [](const QString& text, qsizetype begin) {
    return begin > 0 ? QChar(0x2026) + text.mid(begin) : text;
  };
  for (const qsizetype begin : {wordBegin(name, first), first, wordBegin(name, last), last}) {
    for (const Qt::TextElideMode mode : {Qt::ElideMiddle, Qt::ElideRight}) {
      const QString whole = from(name, begin);
      QString shown = metrics.elidedText(whole, mode, width);
      const bool isApart = std::none_of(alike.begin(), alike.end(), [&](const QString& other) {
        return shown == whole ? from(other, begin) == whole
                              : cutOf(whole, shown).fits(from(other, begin));
      });
      if (isApart) return shown;
    }
  }
  return usual;
}

QString withoutBeginning(const QString& name, const QString& beginning) {
  if (beginning.isEmpty() || !name.startsWith(beginning)) return name;
  return QChar(0x2026) + name.mid(beginning.size());
}

}  // namespace widgets
