// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/display_name.h"

#include <QCoreApplication>

namespace widgets {
namespace {

struct Text {
  Q_DECLARE_TR_FUNCTIONS(widgets::DisplayName)
};

/// Joins and separates letters in Persian, Indic scripts and emoji.
bool isJoiner(char32_t c) {
  return c == 0x200C || c == 0x200D;
}

bool isEscaped(char32_t c) {
  switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Surrogate:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
      return true;
    case QChar::Other_Format:
      return !isJoiner(c);
    default:
      return false;
  }
}

QString escaped(char32_t c) {
  switch (c) {
    case '\n':
      return QStringLiteral("\\n");
    case '\r':
      return QStringLiteral("\\r");
    case '\t':
      return QStringLiteral("\\t");
    default:
      break;
  }
  const auto code = static_cast<uint>(c);
  if (code < 0x100) return QStringLiteral("\\x%1").arg(code, 2, 16, QChar('0'));
  if (code < 0x10000) return QStringLiteral("\\u%1").arg(code, 4, 16, QChar('0'));
  return QStringLiteral("\\U%1").arg(code, 8, 16, QChar('0'));
}

}  // namespace

QString displayName(QStringView name) {
  if (name.isEmpty()) return Text::tr("(no name)");
  if (name.size() > kMaxDisplayName) {
    constexpr qsizetype kHalf = kMaxDisplayName / 2;
    return displayName(name.first(kHalf)) + QChar(0x2026) + displayName(name.last(kHalf));
  }
  QString shown;
  shown.reserve(name.size());
  for (qsizetype i = 0; i < name.size(); ++i) {
    const bool isPair =
        name[i].isHighSurrogate() && i + 1 < name.size() && name[i + 1].isLowSurrogate();
    const char32_t c =
        isPair ? QChar::surrogateToUcs4(name[i], name[i + 1]) : char32_t{name[i].unicode()};
    if (isEscaped(c)) {
      shown += escaped(c);
    } else {
      shown += name.sliced(i, isPair ? 2 : 1);
    }
    if (isPair) ++i;
  }
  if (QStringView(shown).trimmed().isEmpty()) return '"' + shown + '"';
  return shown;
}

QString displayName(std::string_view utf8) {
  return displayName(QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size())));
}

}  // namespace widgets
