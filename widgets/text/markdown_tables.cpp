// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/markdown_tables.h"

#include <QRegularExpression>
#include <QStringList>

namespace widgets {
namespace {

/// "|:-|-:|", below a table's head.
bool isDelimiter(const QString& line) {
  static const QRegularExpression kDelimiter(
      QStringLiteral("^ {0,3}\\|? *:?-+:? *(\\| *:?-+:? *)*\\|?\\s*$"));
  return line.contains('|') && kDelimiter.match(line).hasMatch();
}

/// Cells of a line: bars at its ends and those behind a backslash separate none.
qsizetype cellsOf(const QString& line) {
  const QString text = line.trimmed();
  qsizetype bars = 0;
  for (qsizetype i = 0; i < text.size(); ++i) {
    const bool isInside = i > 0 && i + 1 < text.size();
    if (text[i] == '|' && isInside && text[i - 1] != '\\') ++bars;
  }
  return bars + 1;
}

QString withLongDashes(QString delimiter) {
  static const QRegularExpression kDashes(QStringLiteral("-+"));
  return delimiter.replace(kDashes, QStringLiteral("---"));
}

bool opensOrClosesCode(const QString& line) {
  const QString text = line.trimmed();
  return text.startsWith(QLatin1String("```")) || text.startsWith(QLatin1String("~~~"));
}

}  // namespace

QString withRegularTables(const QString& markdown) {
  if (!markdown.contains('|')) return markdown;
  QStringList lines;
  bool isCode = false;
  for (const QString& line : markdown.split('\n')) {
    if (opensOrClosesCode(line)) isCode = !isCode;
    const bool isTable = !isCode && !lines.isEmpty() && lines.last().contains('|') &&
                         isDelimiter(line) && cellsOf(line) == cellsOf(lines.last());
    if (!isTable) {
      lines << line;
      continue;
    }
    const bool isInParagraph = lines.size() > 1 && !lines[lines.size() - 2].trimmed().isEmpty();
    if (isInParagraph) lines.insert(lines.size() - 1, QString());
    lines << withLongDashes(line);
  }
  return lines.join('\n');
}

}  // namespace widgets
