// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/note_text.h"

#include <QRegularExpression>
#include <algorithm>
#include <array>

#include "widgets/style/number_text.h"

namespace widgets {
namespace {

/// "went back from step A to step B", which may be followed by the reason.
const QRegularExpression& wentBack() {
  static const QRegularExpression kExpression(
      QStringLiteral(R"(^(went back from step (\d+) to step (\d+))(?:: (?:step \2: )?(.*))?$)"),
      QRegularExpression::CaseInsensitiveOption | QRegularExpression::DotMatchesEverythingOption);
  return kExpression;
}

}  // namespace

QString withGroupedNumbers(const QString& sentence) {
  static const QRegularExpression kNumber(
      QStringLiteral(R"((?<![\w./\\:,+-])\d{4,18}(?![\w/\\+-]|[.:,]\w))"));
  QString text;
  qsizetype end = 0;
  auto matches = kNumber.globalMatch(sentence);
  while (matches.hasNext()) {
    const QRegularExpressionMatch match = matches.next();
    text += sentence.mid(end, match.capturedStart() - end);
    text += countText(match.captured().toLongLong());
    end = match.capturedEnd();
  }
  return text + sentence.mid(end);
}

QString noteText(const QString& recorded) {
  QString text = recorded.simplified();
  const QRegularExpressionMatch match = wentBack().match(text);
  if (match.hasMatch()) {
    const QString reason = match.captured(4);
    text = match.captured(1);
    if (!reason.isEmpty()) text += QStringLiteral(": ") + reason;
  }
  return withGroupedNumbers(text);
}

QString noteLabel(const QString& recorded) {
  const QRegularExpressionMatch match = wentBack().match(recorded.simplified());
  if (!match.hasMatch()) return noteText(recorded);
  return QStringLiteral("back to step %1").arg(countText(match.captured(3).toLongLong()));
}

bool isAboutFiles(const QString& recorded) {
  static constexpr std::array<QLatin1String, 5> kBeginnings{
      QLatin1String("The log "), QLatin1String("The model could not be saved"),
      QLatin1String("The model is saved again"), QLatin1String("This file system "),
      QLatin1String("Cannot go back ")};
  const QString text = recorded.simplified();
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&text](QLatin1String beginning) { return text.startsWith(beginning); }) ||
         text.contains(QLatin1String("event file")) || text.contains(QLatin1String("checkpoints/"));
}

}  // namespace widgets
