// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "widgets/forms/form_field.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace widgets {

class FormCheckList;

/// A field with its label at the left and, where there is one, the reason or a hint below.
class FormRow : public QWidget {
  Q_OBJECT

 public:
  explicit FormRow(FormField field, QWidget* parent = nullptr);
  ~FormRow() override;

  [[nodiscard]] const FormField& field() const { return m_field; }
  [[nodiscard]] QVariant value() const;
  /// Does not emit edited().
  void setValue(const QVariant& value);
  void setChoices(const QList<FormChoice>& choices);

  /// Red border and reason; an empty one takes both away.
  void setProblem(const QString& reason);
  /// A quiet line below, shown while there is no problem.
  void setHint(const QString& hint);
  /// What the text itself lacks to be a value of the field's type; empty when it is one.
  [[nodiscard]] QString typeProblem() const;

 signals:
  /// The user changed the field; the value may still be a bad one.
  void edited();
  /// The user has finished with the field (Enter, or focus went elsewhere) after a change.
  void committed();

 private:
  QWidget* makeEditor();
  QWidget* makeLineEdit();
  QWidget* makeComboBox();
  void chooseFolder();
  void chooseFile();
  void takeChosen(const QString& path);
  /// Entries of a kFolder box that choose something that is not in it.
  [[nodiscard]] int choosers() const;
  void folderEntryActivated(int index);
  void addFolderChoice(const QString& path);
  void showPlain();
  void showMessage();

  FormField m_field;
  QLabel* m_label = nullptr;
  QLabel* m_message = nullptr;
  QLineEdit* m_line = nullptr;
  QComboBox* m_combo = nullptr;
  QLabel* m_plain = nullptr;  // in the place of a kChoice box with one entry
  FormCheckList* m_checks = nullptr;
  QString m_problem;
  QString m_hint;
  int m_lastIndex = 0;  // of a kFolder box, to come back to when choosing is called off
};

}  // namespace widgets
