// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDateTime>
#include <QLocale>
#include <QString>
#include <optional>

/// How numbers and times are written wherever a user sees them: with a decimal point, thousands
/// apart by commas, days as 2026-11-27 and hours from 0 to 23, in every locale, as the event files,
/// the command line and PyTorch write them. Use these functions, or those of axis_scale.h which
/// build on them; never QLocale() or QLocale::system() for a number. The program also makes
/// numberLocale() Qt's default, so that Qt's own widgets agree.
namespace widgets {

[[nodiscard]] const QLocale& numberLocale();

/// 3,376.
[[nodiscard]] QString countText(qint64 count);
/// 1,234.50: `decimals` digits after the point.
[[nodiscard]] QString decimalText(double value, int decimals);
/// 0 B, 12.3 kB, 4.5 MB: of 1000 bytes.
[[nodiscard]] QString dataSizeText(quint64 bytes);
/// 2026-11-27 08:15:30, local.
[[nodiscard]] QString dateTimeText(const QDateTime& time);

/// What a user typed: everything that the functions above and QString::number() write, and a
/// decimal comma. None for what is no finite number, and for "1,500", which is 1500 here and 1.5
/// elsewhere.
[[nodiscard]] std::optional<double> parseNumber(const QString& text);
/// As parseNumber() for whole numbers: "1,500" is 1500.
[[nodiscard]] std::optional<qint64> parseCount(const QString& text);

/// Whole numbers in a sentence with their thousands apart: "at most 1000000" becomes "at most
/// 1,000,000". Numbers in paths, dates and words stay as they are, and so do decimals.
[[nodiscard]] QString withGroupedNumbers(const QString& sentence);

}  // namespace widgets
