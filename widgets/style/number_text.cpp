// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/number_text.h"

#include <QRegularExpression>
#include <cmath>

namespace widgets {
namespace {

QLocale makeNumberLocale() {
  QLocale locale = QLocale::c();
  locale.setNumberOptions(QLocale::DefaultNumberOptions);  // C leaves the thousands together
  return locale;
}

bool isGrouped(const QString& text) {
  static const QRegularExpression kGroups(
      QStringLiteral(R"(^[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$)"));
  return kGroups.match(text).hasMatch();
}

}  // namespace

const QLocale& numberLocale() {
  static const QLocale kLocale = makeNumberLocale();
  return kLocale;
}

QString countText(qint64 count) {
  return numberLocale().toString(static_cast<qlonglong>(count));
}

QString decimalText(double value, int decimals) {
  return numberLocale().toString(value, 'f', decimals);
}

QString dataSizeText(quint64 bytes) {
  return numberLocale().formattedDataSize(static_cast<qint64>(bytes), 1, QLocale::DataSizeSIFormat);
}

QString dateTimeText(const QDateTime& time) {
  return time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

std::optional<double> parseNumber(const QString& text) {
  QString number = text.trimmed();
  const auto commas = number.count(',');
  if (isGrouped(number)) {
    const bool isClear = commas > 1 || number.contains('.');
    if (!isClear && !QRegularExpression(QStringLiteral("^[+-]?0")).match(number).hasMatch()) {
      return std::nullopt;
    }
    number = isClear ? number.remove(',') : number.replace(',', '.');
  } else if (commas == 1 && !number.contains('.')) {
    number.replace(',', '.');
  }
  bool isNumber = false;
  const double value = number.toDouble(&isNumber);
  if (!isNumber || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<qint64> parseCount(const QString& text) {
  QString number = text.trimmed();
  if (isGrouped(number)) number.remove(',');
  bool isNumber = false;
  const qlonglong value = number.toLongLong(&isNumber);
  if (!isNumber) return std::nullopt;
  return value;
}

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

}  // namespace widgets
