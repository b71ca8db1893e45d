// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/form_panel.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/forms/form_problem_line.h"
#include "widgets/forms/form_row.h"
#include "widgets/style/style_field.h"
#include "widgets/style/theme.h"

namespace widgets {

FormPanel::FormPanel(const QString& title, QWidget* parent)
    : QWidget(parent), m_header(new QWidget(this)), m_reset(new QPushButton(m_header)) {
  auto* outer = new QVBoxLayout(this);
  outer->setContentsMargins(0, 0, 0, 0);
  outer->setSpacing(0);
  m_header->setProperty("surface", "panel");
  m_header->setAttribute(Qt::WA_StyledBackground);
  auto* head = new QHBoxLayout(m_header);
  head->setContentsMargins(scaled(16), scaled(9), scaled(12), scaled(6));
  auto* caption = new QLabel(title, m_header);
  caption->setFont(themeFont(13, QFont::DemiBold));
  m_reset->setObjectName(QStringLiteral("resetButton"));
  m_reset->setProperty("link", true);
  m_reset->setFont(themeFont(12));
  setUndo({});
  head->addWidget(caption);
  head->addStretch();
  head->addWidget(m_reset);
  outer->addWidget(m_header);
  connect(m_reset, &QPushButton::clicked, this, &FormPanel::resetClicked);

  m_problemLine = new FormProblemLine(this);
  outer->addWidget(m_problemLine);
  connect(m_problemLine, &FormProblemLine::clicked, this, &FormPanel::showFirstProblem);

  auto* scroll = m_scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  m_body = new QWidget(scroll);
  m_body->setProperty("surface", "panel");
  m_column = new QVBoxLayout(m_body);
  m_column->setSpacing(scaled(6));
  scroll->setWidget(m_body);
  outer->addWidget(scroll, 1);
  scroll->verticalScrollBar()->installEventFilter(this);
  placeFields(false);
}

void FormPanel::resetClicked() {
  if (!m_undo) {
    emit resetRequested();
    return;
  }
  const QVariantMap values = *m_undo;
  setUndo({});
  emit undoRequested(values);
}

void FormPanel::offerUndo(const QVariantMap& values) {
  if (values != this->values()) setUndo(values);
}

void FormPanel::setUndo(const std::optional<QVariantMap>& values) {
  m_undo = values;
  m_reset->setText(m_undo ? tr("Undo reset") : tr("Reset"));
  m_reset->setToolTip(m_undo ? tr("Bring the values back that the reset replaced")
                             : tr("Set every field back to its default"));
}

void FormPanel::placeFields(bool besideScrollBar) {
  // The scroll bar takes the place of the margin: the fields keep theirs.
  const int room = besideScrollBar ? m_scroll->verticalScrollBar()->sizeHint().width() : 0;
  m_column->setContentsMargins(scaled(16), scaled(4), std::max(0, scaled(16) - room), scaled(16));
}

bool FormPanel::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_scroll->verticalScrollBar() &&
      (event->type() == QEvent::Show || event->type() == QEvent::Hide)) {
    placeFields(event->type() == QEvent::Show);
  }
  return QWidget::eventFilter(watched, event);
}

void FormPanel::setSections(const QList<FormSection>& sections) {
  for (const FormSection& section : sections) addSection(m_column, section);
  m_column->addStretch(1);
  // The order in which the keyboard goes is the order in which the eye goes.
  QWidget* before = m_problemLine;
  setTabOrder(m_reset, m_problemLine);
  for (FormRow* row : std::as_const(m_rows)) {
    if (before && row->focusProxy()) setTabOrder(before, row->focusProxy());
    if (row->focusProxy()) before = row->focusProxy();
  }
}

// A field that loses the focus while it goes commits what was typed, to a panel that is gone.
FormPanel::~FormPanel() {
  for (FormRow* row : std::as_const(m_rows)) row->disconnect(this);
}

void FormPanel::addSection(QVBoxLayout* column, const FormSection& section) {
  if (!m_rows.isEmpty()) column->addSpacing(scaled(6));
  auto* title = new QLabel(section.title.toUpper(), m_body);
  QFont font = themeFont(11, QFont::DemiBold);
  font.setLetterSpacing(QFont::PercentageSpacing, 102);
  title->setFont(font);
  setTone(title, "muted");
  column->addWidget(title);
  for (const FormField& field : section.fields) {
    auto* row = new FormRow(field, m_body);
    connect(row, &FormRow::edited, this, [this, key = field.key] {
      setUndo({});
      emit edited(key);
    });
    connect(row, &FormRow::committed, this, [this, key = field.key] { emit committed(key); });
    column->addWidget(row);
    m_rows.append(row);
    m_names.insert(field.key, field.label.isEmpty() ? section.title : field.label);
  }
}

QVariantMap FormPanel::values() const {
  QVariantMap values;
  for (const FormRow* row : m_rows) values.insert(row->field().key, row->value());
  return values;
}

void FormPanel::setValues(const QVariantMap& values) {
  setUndo({});
  for (FormRow* row : std::as_const(m_rows)) {
    const auto value = values.constFind(row->field().key);
    if (value != values.constEnd() && *value != row->value()) row->setValue(*value);
  }
}

void FormPanel::setChoices(const QString& key, const QList<FormChoice>& choices) {
  for (FormRow* row : std::as_const(m_rows)) {
    if (row->field().key == key) row->setChoices(choices);
  }
}

void FormPanel::setHidden(const QStringList& keys) {
  for (FormRow* row : std::as_const(m_rows)) row->setHidden(keys.contains(row->field().key));
}

void FormPanel::setProblems(const QMap<QString, QString>& problems) {
  m_shown.clear();
  for (FormRow* row : std::as_const(m_rows)) {
    const QString& key = row->field().key;
    const QString ofType = row->isHidden() ? QString() : row->typeProblem();
    const QString reason = ofType.isEmpty() ? problems.value(key) : ofType;
    if (!reason.isEmpty()) m_shown.insert(key, reason);
    row->setProblem(reason);
  }
  const qsizetype others = m_shown.size() - 1;
  const QString more = others > 0 ? tr(" (fields with other problems: %1)").arg(others) : QString();
  m_problemLine->setProblem(others < 0 ? QString() : firstProblem() + more);
}

FormRow* FormPanel::firstBadRow() const {
  const auto bad = std::find_if(m_rows.begin(), m_rows.end(), [this](const FormRow* row) {
    return m_shown.contains(row->field().key);
  });
  return bad == m_rows.end() ? nullptr : *bad;
}

QString FormPanel::firstProblem() const {
  const FormRow* row = firstBadRow();
  if (row == nullptr) return {};
  const QString& key = row->field().key;
  return QStringLiteral("%1: %2").arg(m_names.value(key), m_shown.value(key));
}

void FormPanel::showFirstProblem() {
  FormRow* row = firstBadRow();
  if (row == nullptr) return;
  row->setFocus(Qt::OtherFocusReason);
  m_scroll->ensureWidgetVisible(row, 0, scaled(16));
}

void FormPanel::setHint(const QString& key, const QString& hint) {
  for (FormRow* row : std::as_const(m_rows)) {
    if (row->field().key == key) row->setHint(hint);
  }
}

void FormPanel::clearHints() {
  for (FormRow* row : std::as_const(m_rows)) row->setHint({});
}

void FormPanel::paintEvent(QPaintEvent* /*event*/) {
  QPainter(this).fillRect(rect(), theme().panel);
}

}  // namespace widgets
