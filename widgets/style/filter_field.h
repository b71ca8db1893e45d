// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLineEdit>
#include <QRegularExpression>

namespace widgets {

/// A field for a regular expression that ignores case. What is no expression has the red border and
/// says why in the tool tip, and leaves the last filter in force.
class FilterField : public QLineEdit {
  Q_OBJECT

 public:
  /// `example` stands in the empty field, `name` is what screen readers call it.
  FilterField(const QString& example, const QString& name, QWidget* parent = nullptr);

  /// An expression as the field makes it of its text; may be invalid.
  [[nodiscard]] static QRegularExpression expression(const QString& text);

  /// The filter in force, always valid; one without a pattern lets everything through.
  [[nodiscard]] const QRegularExpression& filter() const { return m_filter; }
  [[nodiscard]] bool isFiltering() const { return !m_filter.pattern().isEmpty(); }
  /// Why the text is no expression; empty when it is one.
  [[nodiscard]] const QString& problem() const { return m_problem; }
  /// The tool tip of a field without a problem.
  void setHint(const QString& hint);

 signals:
  void filterChanged();
  /// problem() became another.
  void problemChanged();

 private:
  void apply(const QString& text);

  QRegularExpression m_filter;
  QString m_problem;
  QString m_hint;
};

}  // namespace widgets
