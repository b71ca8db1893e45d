// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QVariantMap>
#include <QWidget>
#include <optional>

#include "widgets/forms/form_field.h"

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace widgets {

class FormProblemLine;
class FormRow;

/// A panel of fields in titled sections. Knows no field by name: values go in and out as a map, and
/// whoever owns the form says what is wrong with them.
class FormPanel : public QWidget {
  Q_OBJECT

 public:
  explicit FormPanel(const QString& title, QWidget* parent = nullptr);
  ~FormPanel() override;

  /// The panel's title row; a dock may take it as its title bar.
  [[nodiscard]] QWidget* header() const { return m_header; }

  /// Builds the form; once.
  void setSections(const QList<FormSection>& sections);

  [[nodiscard]] QVariantMap values() const;
  /// Sets the fields that the map names; emits nothing.
  void setValues(const QVariantMap& values);
  void setChoices(const QString& key, const QList<FormChoice>& choices);

  /// The fields that are not shown, by key; they keep their values and have no problem.
  void setHidden(const QStringList& keys);

  /// Reasons by key. What is wrong with the text of a number field itself goes before them. The
  /// first stands above the fields, too, where a click leads to its field.
  void setProblems(const QMap<QString, QString>& problems);
  /// The first field that is bad, as "Batch size: Must be at least 1"; empty when none is.
  [[nodiscard]] QString firstProblem() const;
  /// Scrolls to the first field that is bad, and gives it the focus.
  void showFirstProblem();
  /// The reason at one field, empty when it is good.
  [[nodiscard]] QString problem(const QString& key) const { return m_shown.value(key); }

  /// The reset button gives `values` back until the user edits a field or setValues() is called.
  void offerUndo(const QVariantMap& values);

  void setHint(const QString& key, const QString& hint);
  void clearHints();

 signals:
  /// A field changed under the user's hand; its value may be a bad one.
  void edited(const QString& key);
  /// The user has finished with a field that he changed.
  void committed(const QString& key);
  void resetRequested();
  /// The user wants the values back that were given to offerUndo().
  void undoRequested(const QVariantMap& values);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void resetClicked();
  void setUndo(const std::optional<QVariantMap>& values);
  void placeFields(bool besideScrollBar);
  [[nodiscard]] FormRow* firstBadRow() const;
  void addSection(QVBoxLayout* column, const FormSection& section);

  QWidget* m_header;
  QPushButton* m_reset;
  std::optional<QVariantMap> m_undo;
  QVBoxLayout* m_column;
  QWidget* m_body;
  FormProblemLine* m_problemLine = nullptr;
  QScrollArea* m_scroll = nullptr;
  QList<FormRow*> m_rows;
  QMap<QString, QString> m_names;  // of the fields, in sentences
  QMap<QString, QString> m_shown;  // reasons in force
};

}  // namespace widgets
