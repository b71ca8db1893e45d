// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/form_check_list.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <algorithm>

#include "widgets/style/elided_label.h"
#include "widgets/style/style_field.h"
#include "widgets/style/theme.h"

namespace widgets {

FormCheckList::FormCheckList(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
}

void FormCheckList::setChoices(const QList<FormChoice>& choices) {
  if (takeTexts(choices)) return;
  const QStringList ticked = m_wanted;
  // A box may be what was just clicked, and is not done with that yet.
  for (const Row& row : std::as_const(m_rows)) {
    QWidget* line = row.box->parentWidget();
    line->setParent(nullptr);
    line->deleteLater();
  }
  m_rows.clear();
  setFocusProxy(nullptr);
  for (const FormChoice& choice : choices) {
    addRow(choice, ticked.contains(choice.value.toString()));
  }
  if (!m_rows.isEmpty()) setFocusProxy(m_rows.first().box);
  showNotes();
}

/// Where the choices are those that are there, only their texts are new.
bool FormCheckList::takeTexts(const QList<FormChoice>& choices) {
  const bool areSame = std::equal(
      choices.begin(), choices.end(), m_rows.cbegin(), m_rows.cend(),
      [](const FormChoice& choice, const Row& row) { return choice.value == row.value; });
  if (!areSame) return false;
  for (qsizetype i = 0; i < m_rows.size(); ++i) {
    m_rows[i].box->setText(choices[i].text);
    m_rows[i].box->setToolTip(choices[i].toolTip);
    m_rows[i].note = choices[i].note;
  }
  showNotes();
  return true;
}

void FormCheckList::addRow(const FormChoice& choice, bool ticked) {
  auto* line = new QWidget(this);
  line->setFixedHeight(scaled(24));
  auto* row = new QHBoxLayout(line);
  row->setContentsMargins(0, 0, 0, 0);
  auto* box = new QCheckBox(choice.text, line);
  box->setObjectName(QStringLiteral("check_") + choice.value.toString());
  box->setChecked(ticked);
  box->setToolTip(choice.toolTip);
  auto* note = new ElidedLabel(line);
  note->setFont(themeFont(12));
  setTone(note, "muted");
  row->addWidget(box);
  row->addStretch();
  row->addWidget(note);
  layout()->addWidget(line);
  m_rows.append({choice.value.toString(), choice.note, box, note});
  connect(box, &QCheckBox::toggled, this, [this] {
    m_wanted = checked();
    showNotes();
    emit edited();
  });
}

QStringList FormCheckList::checked() const {
  if (m_rows.isEmpty()) return m_wanted;
  QStringList values;
  for (const Row& row : m_rows) {
    if (row.box->isChecked()) values << row.value;
  }
  return values;
}

void FormCheckList::setChecked(const QStringList& values) {
  m_wanted = values;
  for (const Row& row : std::as_const(m_rows)) {
    const QSignalBlocker blocker(row.box);
    row.box->setChecked(values.contains(row.value));
  }
  showNotes();
}

void FormCheckList::showNotes() {
  for (const Row& row : std::as_const(m_rows)) {
    const bool on = row.box->isChecked();
    row.noteLabel->setText(row.note.section('|', on ? 0 : -1, on ? 0 : -1));
    setTone(row.box, on ? "" : "muted");
    row.box->setAccessibleDescription(row.noteLabel->text());
  }
}

}  // namespace widgets
