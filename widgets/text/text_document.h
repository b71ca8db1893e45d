// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>
#include <cstddef>
#include <string>
#include <vector>

class QTextDocument;

namespace widgets {

/// What one run wrote, for fillDocument().
struct TextSection {
  QString label;         ///< the run's
  QColor color;          ///< the run's
  QString note;          ///< beside the label: the step
  QStringList warnings;  ///< below the label: what is not shown
  /// UTF-8; each a list of strings, of which several make a table with a row each.
  std::vector<std::vector<std::string>> texts;
};

struct TextDocumentOptions {
  bool markdown = true;  ///< else as it is, in a font of fixed width
  /// Of one text; the rest is cut, and a line says so.
  qsizetype maxCharacters = 20000;
  /// Of all together: what begins beyond is named, not shown.
  qsizetype maxCharactersInAll = 100000;
  int maxRows = 200;  ///< of a text that is a list of strings
};

/// Replaces what is in a document by the sections, in the theme in force.
///
/// Markdown is cut, too, where it has so many lines, or so many marks in one paragraph, that laying
/// it out would keep the window waiting.
///
/// Nothing that a text names is loaded: pictures become their description and address, HTML stays
/// text, and links other than http and https lose their target.
void fillDocument(QTextDocument& document, const std::vector<TextSection>& sections,
                  const TextDocumentOptions& options);

}  // namespace widgets
