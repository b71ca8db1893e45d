// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>

class QWidget;

namespace widgets {

/// One kind of file that something can be saved as.
struct SaveKind {
  QString filter;  ///< "PNG (*.png)"
  QString suffix;  ///< "png"
  QString name;    ///< what is offered, without suffix; any text: it is made fit for a file
};

/// A name that every file system takes: letters, digits, '-', '.' and '_', no leading dot, at most
/// 120 bytes of UTF-8. Empty text gives "chart".
[[nodiscard]] QString safeFileName(const QString& text);

struct SaveChoice {
  QString path;  ///< with a suffix of `kind`; empty: cancelled
  int kind = 0;  ///< index of the SaveKind
};

/// Asks where to save, and offers a name; it begins in the folder that was chosen last. The suffix
/// follows the kind, and a typed suffix decides on the kind. Asks before it replaces a file.
[[nodiscard]] SaveChoice askSavePath(QWidget* parent, const QString& title,
                                     const QList<SaveKind>& kinds);

}  // namespace widgets
