// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QString>
#include <QVariant>
#include <functional>

namespace widgets {

/// One of several things that a field offers.
struct FormChoice {
  QString text;
  QVariant value;
  QString note;  ///< at the right of an entry of a check list
  QString toolTip;
};

/// A field of a form. Its value in the form's map is a QString (kText, kPath), qlonglong
/// (kInteger), double (kNumber), a choice's value (kChoice, kFolder) or a QStringList of the ticked
/// values (kCheckList); an invalid QVariant where the text is not a number.
struct FormField {
  enum class Type {
    kText,
    kInteger,
    kNumber,
    kPath,    ///< text with a button that chooses a folder
    kChoice,  ///< one of `choices`; plain text while there is only one
    kFolder,  ///< one of `choices`, the last entry lets the user choose another folder
    kCheckList
  };

  QString key;
  QString label;
  Type type = Type::kText;
  QVariant initial;
  QString toolTip;
  QList<FormChoice> choices;
  /// What a value means, shown quietly at the right in a text field: "all cores" for 0.
  std::function<QString(const QVariant&)> note = {};
  /// Of kFolder: which files the dialog for a file offers, as QFileDialog takes it; empty: all.
  QString fileTypes = {};
};

struct FormSection {
  QString title;
  QList<FormField> fields;
};

}  // namespace widgets
