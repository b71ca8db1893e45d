// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/field_text.h"

#include <QLocale>
#include <cmath>

namespace widgets {
namespace {

constexpr double kLongInDigits = 1e6;  // from here on the first digits would be all one sees

}  // namespace

QString fieldText(double value) {
  if (std::abs(value) < kLongInDigits) return QString::number(value, 'g', 10);
  QString text = QString::number(value, 'e', QLocale::FloatingPointShortest);
  return text.replace(QStringLiteral("e+0"), QStringLiteral("e")).remove('+');
}

}  // namespace widgets
