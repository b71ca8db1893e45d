// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/filter_field.h"

#include <utility>

#include "widgets/style/style_field.h"

namespace widgets {

FilterField::FilterField(const QString& example, const QString& name, QWidget* parent)
    : QLineEdit(parent), m_filter(expression({})) {
  setPlaceholderText(example);
  setAccessibleName(name);
  setClearButtonEnabled(true);
  connect(this, &QLineEdit::textChanged, this, &FilterField::apply);
}

QRegularExpression FilterField::expression(const QString& text) {
  return QRegularExpression(text, QRegularExpression::CaseInsensitiveOption);
}

void FilterField::setHint(const QString& hint) {
  m_hint = hint;
  if (m_problem.isEmpty()) setToolTip(m_hint);
}

void FilterField::apply(const QString& text) {
  QRegularExpression wanted = expression(text);
  const bool isValid = wanted.isValid();
  const QString problem = isValid ? QString()
                                  : tr("Not a regular expression: %1 (at character %2)")
                                        .arg(wanted.errorString())
                                        .arg(wanted.patternErrorOffset() + 1);
  const bool isOther = std::exchange(m_problem, problem) != problem;
  setFieldBad(this, !isValid);
  setToolTip(isValid ? m_hint : problem);
  setAccessibleDescription(problem);
  if (isOther) emit problemChanged();
  if (!isValid || wanted == m_filter) return;
  m_filter = std::move(wanted);
  emit filterChanged();
}

}  // namespace widgets
