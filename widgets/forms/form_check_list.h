// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

#include "widgets/forms/form_field.h"

class QCheckBox;
class QLabel;

namespace widgets {

/// Check boxes below one another, each with a note at the right.
class FormCheckList : public QWidget {
  Q_OBJECT

 public:
  explicit FormCheckList(QWidget* parent = nullptr);

  /// Entries by value; those that were ticked before stay ticked. Of a note "x|y" the
  /// first part shows while the entry is ticked, the second while it is not.
  void setChoices(const QList<FormChoice>& choices);
  /// The values that are ticked, in the order of the choices.
  [[nodiscard]] QStringList checked() const;
  void setChecked(const QStringList& values);

 signals:
  void edited();

 private:
  struct Row {
    QString value;
    QString note;
    QCheckBox* box;
    QLabel* noteLabel;
  };
  bool takeTexts(const QList<FormChoice>& choices);
  void addRow(const FormChoice& choice, bool ticked);
  void showNotes();

  QList<Row> m_rows;
  QStringList m_wanted;  // ticked, also those that are not offered (yet)
};

}  // namespace widgets
