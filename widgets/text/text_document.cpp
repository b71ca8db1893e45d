// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_document.h"

#include <QCoreApplication>
#include <QFontDatabase>
#include <QImage>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextDocumentFragment>
#include <QTextList>
#include <QTextTable>
#include <QUrl>
#include <algorithm>
#include <array>
#include <utility>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"
#include "widgets/text/markdown_tables.h"
#include "widgets/text/text_view.h"

namespace widgets {
namespace {

constexpr std::array<double, 3> kHeadingPixels{18, 16, 14};  // of levels 1, 2, and 3 and more

QString tr(const char* text) {
  return QCoreApplication::translate("widgets::TextDocument", text);
}

/// A document that loads nothing. Qt would read a picture from the disk where it gets none.
class ParsedMarkdown : public QTextDocument {
 public:
  /// `afterOther`: an empty paragraph goes first, since a document's first one takes the form of
  /// the paragraph that it is inserted into.
  ParsedMarkdown(const QString& text, bool afterOther) {
    setUndoRedoEnabled(false);
    setDefaultFont(themeFont(13));
    setMarkdown(text, MarkdownFeatures(MarkdownDialectGitHub) | MarkdownNoHTML);
    replacePictures();
    styleText();
    for (QTextFrame* frame : rootFrame()->childFrames()) {
      if (auto* table = qobject_cast<QTextTable*>(frame)) styleTable(*table);
    }
    if (afterOther) addLeadingBlock();
  }

  static void styleTable(QTextTable& table);

 protected:
  QVariant loadResource(int /*type*/, const QUrl& /*name*/) override {
    return QImage(1, 1, QImage::Format_ARGB32_Premultiplied);
  }

 private:
  struct Piece {
    int position = 0;
    int length = 0;
    QTextCharFormat format;
    int heading = 0;  // level of the heading that it is in; 0: none
  };

  [[nodiscard]] std::vector<Piece> pieces() const;
  void replacePictures();
  void styleText();
  void addLeadingBlock();
};

std::vector<ParsedMarkdown::Piece> ParsedMarkdown::pieces() const {
  std::vector<Piece> found;
  for (QTextBlock block = begin(); block.isValid(); block = block.next()) {
    for (auto it = block.begin(); !it.atEnd(); ++it) {
      const QTextFragment fragment = it.fragment();
      found.push_back({fragment.position(), fragment.length(), fragment.charFormat(),
                       block.blockFormat().headingLevel()});
    }
  }
  return found;
}

void ParsedMarkdown::replacePictures() {
  const std::vector<Piece> all = pieces();
  for (auto piece = all.rbegin(); piece != all.rend(); ++piece) {
    if (!piece->format.isImageFormat()) continue;
    const QTextImageFormat picture = piece->format.toImageFormat();
    const QString about = picture.property(QTextFormat::ImageAltText).toString();
    QTextCursor cursor(this);
    cursor.setPosition(piece->position);
    cursor.setPosition(piece->position + piece->length, QTextCursor::KeepAnchor);
    QTextCharFormat format;
    format.setForeground(theme().muted);
    const QString address = picture.name();
    cursor.insertText(about.isEmpty() ? tr("[picture: %1]").arg(address)
                                      : tr("[picture: %1, %2]").arg(about, address),
                      format);
  }
}

void ParsedMarkdown::styleText() {
  QFont fixed = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  const QString fixedFamily = fixed.family();
  const int fixedPixels = QFontInfo(themeFont(12)).pixelSize();
  for (const Piece& piece : pieces()) {
    QTextCharFormat change;
    if (piece.format.isAnchor()) {
      const bool opens = TextView::canOpen(QUrl(piece.format.anchorHref()));
      change.setAnchor(opens);
      if (!opens) change.setAnchorHref(QString());
      change.setForeground(opens ? theme().accent : theme().text);
      change.setFontUnderline(opens);
    }
    if (piece.heading > 0) {
      // Qt's headings are twice as high as the text: too loud in a card.
      change.setProperty(QTextFormat::FontSizeAdjustment, 0);
      const double pixels =
          kHeadingPixels[static_cast<std::size_t>(std::min(piece.heading, 3) - 1)];
      change.setProperty(QTextFormat::FontPixelSize, QFontInfo(themeFont(pixels)).pixelSize());
    }
    if (piece.format.fontFixedPitch()) {
      change.setFontFamilies({fixedFamily});
      change.setProperty(QTextFormat::FontPixelSize, fixedPixels);
      change.clearProperty(QTextFormat::FontPointSize);
      change.setBackground(theme().band);
    }
    if (change.isEmpty()) continue;
    QTextCursor cursor(this);
    cursor.setPosition(piece.position);
    cursor.setPosition(piece.position + piece.length, QTextCursor::KeepAnchor);
    cursor.mergeCharFormat(change);
  }
  for (QTextBlock block = begin(); block.isValid(); block = block.next()) {
    QTextBlockFormat change;
    if (block.blockFormat().hasProperty(QTextFormat::BlockCodeLanguage)) {
      change.setBackground(theme().band);
    }
    if (change.isEmpty()) continue;
    QTextCursor(block).mergeBlockFormat(change);
  }
}

void ParsedMarkdown::addLeadingBlock() {
  // A table has an empty paragraph before it already.
  if (begin().length() == 1 && blockCount() > 1) return;
  QTextCursor(this).insertBlock();
  if (QTextList* list = begin().textList()) list->remove(begin());
  QTextCursor(begin()).setBlockFormat(QTextBlockFormat());
}

void ParsedMarkdown::styleTable(QTextTable& table) {
  QTextTableFormat format = table.format();
  format.setBorder(1);
  format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
  format.setBorderBrush(theme().line);
  format.setBorderCollapse(true);
  format.setCellSpacing(0);
  format.setCellPadding(scaled(4));
  format.setTopMargin(scaled(4));
  format.setBottomMargin(scaled(4));
  table.setFormat(format);
}

/// Letters that a text document keeps for itself count as unreadable.
QString readable(const std::string& utf8, qsizetype maxCharacters) {
  // A letter has at most four bytes; an incomplete one at the end goes with what is cut.
  const auto bytes = std::min(static_cast<qsizetype>(utf8.size()), maxCharacters * 4);
  QString text = QString::fromUtf8(utf8.data(), bytes);
  for (QChar& letter : text) {
    const ushort code = letter.unicode();
    const bool isReserved = code == 0xfffc || (code >= 0xfdd0 && code <= 0xfdef) || code == 0;
    if (isReserved) letter = QChar::ReplacementCharacter;
  }
  return text;
}

/// How much Markdown is laid out. Qt goes through a paragraph anew for every piece of it that has a
/// format or a line of its own, and through a table for every row.
class MarkdownBudget {
 public:
  /// How much of a text, from its beginning, is within the budget; that much is taken from it.
  qsizetype take(const QString& text) {
    constexpr qsizetype kMaxLinesOfText = 1000;
    qsizetype paragraph = 0;  // where it begins
    qsizetype lines = std::min(kMaxLinesOfText, m_lines);
    bool isBlank = true;  // the line so far
    for (qsizetype i = 0; i < text.size(); ++i) {
      if (isMark(text[i])) m_visits -= i - paragraph;
      if (text[i] == '\n') {
        --lines;
        --m_lines;
        if (std::exchange(isBlank, true)) paragraph = i + 1;
      }
      isBlank &= text[i].isSpace();
      if (m_visits < 0 || lines < 0) return i;
    }
    return text.size();
  }

 private:
  static bool isMark(QChar letter) { return QStringView(u"\n`*_[]!&\\<~:@").contains(letter); }

  qsizetype m_visits = 4'000'000;  // of letters
  qsizetype m_lines = 5000;
};

/// Fills a document from front to back.
class Filler {
 public:
  Filler(QTextDocument& document, const TextDocumentOptions& options)
      : m_cursor(&document), m_options(options), m_left(options.maxCharactersInAll) {}

  void add(const TextSection& section) {
    newBlock(m_isFirst ? 0 : scaled(12));
    m_isFirst = false;
    QTextCharFormat label;
    label.setFontWeight(QFont::DemiBold);
    label.setForeground(section.color);
    m_cursor.insertText(QStringLiteral("■ "), label);
    label.setForeground(theme().text);
    m_cursor.insertText(section.label, label);
    if (!section.note.isEmpty()) {
      m_cursor.insertText(QStringLiteral("  ") + section.note, muted());
    }
    for (const QString& warning : section.warnings) addNote(warning);
    bool isNext = false;
    for (const auto& text : section.texts) {
      if (std::exchange(isNext, true)) addRule();
      addText(text);
    }
  }

 private:
  static QTextCharFormat muted() {
    QTextCharFormat format;
    format.setForeground(theme().muted);
    return format;
  }

  /// A fresh paragraph without anything that the one before had.
  void newBlock(int topMargin) {
    QTextBlockFormat format;
    format.setTopMargin(topMargin);
    if (m_isEmpty) {
      m_cursor.setBlockFormat(format);
    } else {
      m_cursor.insertBlock(format, QTextCharFormat());
    }
    m_cursor.setCharFormat(QTextCharFormat());
    m_isEmpty = false;
  }

  void addNote(const QString& text) {
    newBlock(scaled(2));
    m_cursor.insertText(text, muted());
  }

  void addRule() {
    newBlock(scaled(4));
    QTextBlockFormat format = m_cursor.blockFormat();
    format.setProperty(QTextFormat::BlockTrailingHorizontalRulerWidth,
                       QTextLength(QTextLength::PercentageLength, 100));
    m_cursor.setBlockFormat(format);
  }

  void addText(const std::vector<std::string>& strings) {
    if (strings.empty()) return addNote(tr("(no text)"));
    if (strings.size() == 1) return addString(strings.front(), false);
    const auto rows = std::min(static_cast<int>(strings.size()), m_options.maxRows);
    newBlock(scaled(4));
    QTextTable* table = m_cursor.insertTable(rows, 1);
    ParsedMarkdown::styleTable(*table);
    for (int row = 0; row < rows; ++row) {
      m_cursor = table->cellAt(row, 0).firstCursorPosition();
      addString(strings[static_cast<std::size_t>(row)], true);
    }
    m_cursor = table->lastCursorPosition();
    m_cursor.movePosition(QTextCursor::End);
    m_isEmpty = true;  // the block that follows a table is there already
    if (static_cast<std::size_t>(rows) < strings.size()) {
      addNote(tr("The first %1 of %2 rows. Export writes all of them.")
                  .arg(countText(rows), countText(static_cast<qint64>(strings.size()))));
    }
  }

  /// In a paragraph of its own, or in a cell of a table, which has one.
  void addString(const std::string& utf8, bool isInCell) {
    const qsizetype room = std::min(m_options.maxCharacters, m_left);
    if (room <= 0) {
      if (!isInCell) newBlock(scaled(4));
      m_cursor.insertText(
          tr("A text of %1, not shown: the card is full. Show fewer runs to see it.")
              .arg(dataSizeText(utf8.size())),
          muted());
      return;
    }
    QString text = readable(utf8, room);
    const bool isLong = text.size() > room || static_cast<qsizetype>(utf8.size()) > room * 4;
    text.truncate(room);
    const qsizetype shown = m_options.markdown ? m_markdown.take(text) : text.size();
    const bool isCut = isLong || shown < text.size();
    text.truncate(shown);
    m_left -= text.size();
    const bool isEmpty = text.trimmed().isEmpty();
    if (m_options.markdown && !isEmpty) {
      const ParsedMarkdown parsed(withRegularTables(text), !isInCell);
      m_cursor.insertFragment(QTextDocumentFragment(&parsed));
    } else if (!isInCell) {
      newBlock(scaled(4));
    }
    if (isEmpty) {
      m_cursor.insertText(tr("(empty)"), muted());
    } else if (!m_options.markdown) {
      QTextCharFormat format;
      format.setFontFamilies({QFontDatabase::systemFont(QFontDatabase::FixedFont).family()});
      format.setProperty(QTextFormat::FontPixelSize, QFontInfo(themeFont(12)).pixelSize());
      m_cursor.insertText(text, format);
    }
    if (isCut) {
      addNote(tr("Cut: the first %1 characters of %2. Export writes the whole text.")
                  .arg(countText(text.size()), dataSizeText(utf8.size())));
    }
  }

  QTextCursor m_cursor;
  const TextDocumentOptions& m_options;
  qsizetype m_left;
  MarkdownBudget m_markdown;
  bool m_isFirst = true;
  bool m_isEmpty = true;
};

}  // namespace

void fillDocument(QTextDocument& document, const std::vector<TextSection>& sections,
                  const TextDocumentOptions& options) {
  document.clear();
  document.setDefaultFont(themeFont(13));
  Filler filler(document, options);
  for (const TextSection& section : sections) filler.add(section);
}

}  // namespace widgets
