// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/forms/form_row.h"

#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QStyleOption>
#include <QStylePainter>
#include <QWheelEvent>

#include "widgets/forms/form_check_list.h"
#include "widgets/style/field_text.h"
#include "widgets/style/icons.h"
#include "widgets/style/number_text.h"
#include "widgets/style/style_field.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kLabelWidth = 108;

QString valueText(const QVariant& value) {
  return value.typeId() == QMetaType::Double ? fieldText(value.toDouble()) : value.toString();
}

/// Text that stands in a field's place, cut with dots where the panel is narrow.
class PlainValue : public QLabel {
 public:
  using QLabel::QLabel;

  [[nodiscard]] QSize minimumSizeHint() const override {
    return {scaled(40), QLabel::minimumSizeHint().height()};
  }

 protected:
  void paintEvent(QPaintEvent* /*event*/) override {
    QPainter painter(this);
    painter.drawText(contentsRect(), Qt::AlignVCenter | Qt::AlignLeft,
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
  }
};

/// Its text is cut with dots where the panel is narrow. The wheel changes it only while it has the
/// focus, and scrolls the panel otherwise.
class ElidedComboBox : public QComboBox {
 public:
  explicit ElidedComboBox(QWidget* parent) : QComboBox(parent) {
    setFocusPolicy(Qt::StrongFocus);  // not by the wheel
  }

 protected:
  void wheelEvent(QWheelEvent* event) override {
    if (hasFocus()) {
      QComboBox::wheelEvent(event);
    } else {
      event->ignore();
    }
  }
  void paintEvent(QPaintEvent* /*event*/) override {
    QStylePainter painter(this);
    painter.setPen(palette().color(QPalette::Text));
    QStyleOptionComboBox option;
    initStyleOption(&option);
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    const QRect room =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    // The styles leave a pixel or two at both ends of the field.
    option.currentText =
        fontMetrics().elidedText(option.currentText, Qt::ElideRight, room.width() - scaled(4));
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
  }
};

/// A line of text with a quiet note at its right, as long as both find room.
class NotedLineEdit : public QLineEdit {
 public:
  using QLineEdit::QLineEdit;

  void setNote(const QString& note) {
    m_note = note;
    update();
  }

 protected:
  void paintEvent(QPaintEvent* event) override {
    QLineEdit::paintEvent(event);
    if (m_note.isEmpty()) return;
    QPainter painter(this);
    painter.setFont(themeFont(12));
    painter.setPen(theme().muted);
    const QRect room = rect().adjusted(scaled(8), 0, -scaled(9), 0);
    const int needed = fontMetrics().horizontalAdvance(text()) + scaled(10) +
                       painter.fontMetrics().horizontalAdvance(m_note);
    if (needed > room.width()) return;
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignRight, m_note);
  }

 private:
  QString m_note;
};

}  // namespace

FormRow::FormRow(FormField field, QWidget* parent) : QWidget(parent), m_field(std::move(field)) {
  auto* grid = new QGridLayout(this);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(scaled(8));
  grid->setVerticalSpacing(scaled(2));
  QWidget* editor = makeEditor();
  editor->setObjectName(m_field.key);
  editor->setToolTip(m_field.toolTip);
  m_message = new QLabel(this);
  m_message->setObjectName(m_field.key + QStringLiteral("Message"));
  m_message->setFont(themeFont(11));
  m_message->setWordWrap(true);
  m_message->hide();
  if (m_field.label.isEmpty()) {
    grid->addWidget(editor, 0, 0, 1, 2);
    grid->addWidget(m_message, 1, 0, 1, 2);
  } else {
    m_label = new QLabel(m_field.label, this);
    m_label->setToolTip(m_field.toolTip);
    m_label->setFixedWidth(scaled(kLabelWidth));
    m_label->setBuddy(editor);
    editor->setAccessibleName(m_field.label);
    grid->addWidget(m_label, 0, 0);
    grid->addWidget(editor, 0, 1);
    if (m_plain) grid->addWidget(m_plain, 0, 1);
    grid->addWidget(m_message, 1, 1);
  }
  grid->setColumnStretch(1, 1);
  setFocusProxy(editor);
  setValue(m_field.initial);
}

QWidget* FormRow::makeEditor() {
  switch (m_field.type) {
    case FormField::Type::kChoice:
    case FormField::Type::kFolder:
      return makeComboBox();
    case FormField::Type::kCheckList:
      m_checks = new FormCheckList(this);
      m_checks->setChoices(m_field.choices);
      connect(m_checks, &FormCheckList::edited, this, [this] {
        emit edited();
        emit committed();
      });
      return m_checks;
    default:
      return makeLineEdit();
  }
}

FormRow::~FormRow() {
  if (m_line) m_line->disconnect(this);
}

QWidget* FormRow::makeLineEdit() {
  auto* line = new NotedLineEdit(this);
  m_line = line;
  if (m_field.note) {
    connect(line, &QLineEdit::textChanged, this, [this, line] {
      const QVariant typed = value();
      line->setNote(typed.isValid() ? m_field.note(typed) : QString());
    });
  }
  connect(m_line, &QLineEdit::textEdited, this, &FormRow::edited);
  connect(m_line, &QLineEdit::editingFinished, this, [this] {
    if (!m_line->isModified()) return;
    m_line->setModified(false);
    emit committed();
  });
  if (m_field.type == FormField::Type::kPath) {
    QAction* choose =
        m_line->addAction(icon(QStringLiteral("folder"), theme().muted, theme().faint, scaled(16)),
                          QLineEdit::TrailingPosition);
    choose->setToolTip(tr("Choose a folder"));
    connect(choose, &QAction::triggered, this, &FormRow::chooseFolder);
  }
  return m_line;
}

QWidget* FormRow::makeComboBox() {
  m_combo = new ElidedComboBox(this);
  m_combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_combo->setMinimumContentsLength(6);
  if (m_field.type == FormField::Type::kChoice) {
    m_plain = new PlainValue(this);
    m_plain->setObjectName(m_field.key + QStringLiteral("Plain"));
    m_plain->setToolTip(m_field.toolTip);
    m_plain->setContentsMargins(scaled(10), 0, 0, 0);  // as the text in the fields below
    m_plain->setFixedHeight(scaled(28));
  }
  setChoices(m_field.choices);
  connect(m_combo, &QComboBox::activated, this, &FormRow::folderEntryActivated);
  return m_combo;
}

QVariant FormRow::value() const {
  switch (m_field.type) {
    case FormField::Type::kText:
    case FormField::Type::kPath:
      return m_line->text().trimmed();
    case FormField::Type::kInteger: {
      const std::optional<qint64> number = parseCount(m_line->text());
      return number ? QVariant(static_cast<qlonglong>(*number)) : QVariant();
    }
    case FormField::Type::kNumber: {
      const std::optional<double> number = parseNumber(m_line->text());
      return number ? QVariant(*number) : QVariant();
    }
    case FormField::Type::kChoice:
    case FormField::Type::kFolder:
      return m_combo->currentData();
    case FormField::Type::kCheckList:
      return m_checks->checked();
  }
  return {};
}

void FormRow::setValue(const QVariant& value) {
  if (m_line) {
    m_line->setText(valueText(value));
    m_line->setCursorPosition(0);
    m_line->setModified(false);
  } else if (m_checks) {
    m_checks->setChecked(value.toStringList());
  } else {
    if (m_combo->findData(value) < 0 && m_field.type == FormField::Type::kFolder) {
      addFolderChoice(value.toString());
    }
    m_combo->setCurrentIndex(std::max(0, m_combo->findData(value)));
    m_lastIndex = m_combo->currentIndex();
    m_combo->setToolTip(m_field.type == FormField::Type::kFolder ? m_combo->currentData().toString()
                                                                 : m_field.toolTip);
  }
}

void FormRow::setChoices(const QList<FormChoice>& choices) {
  m_field.choices = choices;
  if (m_checks) {
    m_checks->setChoices(choices);
    return;
  }
  if (!m_combo) return;
  const QVariant before = m_combo->currentData();
  m_combo->clear();
  for (const FormChoice& choice : choices) {
    m_combo->addItem(choice.text, choice.value);
    m_combo->setItemData(m_combo->count() - 1, choice.toolTip, Qt::ToolTipRole);
  }
  if (choosers() > 0) {
    m_combo->addItem(tr("Choose folder…"), QVariant());
    m_combo->addItem(tr("Choose file…"), QVariant());
  }
  if (before.isValid()) setValue(before);
  showPlain();
}

int FormRow::choosers() const {
  return m_field.type == FormField::Type::kFolder ? 2 : 0;
}

/// One choice is none: it stands as text.
void FormRow::showPlain() {
  if (!m_plain) return;
  const bool plain = m_combo->count() == 1;
  m_plain->setText(m_combo->currentText());
  m_plain->setVisible(plain);
  m_combo->setVisible(!plain);
}

void FormRow::folderEntryActivated(int index) {
  const int chooser = index - (m_combo->count() - choosers());
  if (chooser >= 0) return chooser == 0 ? chooseFolder() : chooseFile();
  if (index == m_lastIndex) return;
  m_lastIndex = index;
  emit edited();
  emit committed();
}

void FormRow::chooseFolder() {
  if (m_combo) m_combo->setCurrentIndex(m_lastIndex);
  const QString start = m_line ? m_line->text() : m_combo->currentData().toString();
  const QFileInfo place(start);
  takeChosen(QFileDialog::getExistingDirectory(window(), tr("Choose a folder"),
                                               place.isDir()    ? start
                                               : place.isFile() ? place.path()
                                                                : QString()));
}

void FormRow::chooseFile() {
  m_combo->setCurrentIndex(m_lastIndex);
  const QString start = m_combo->currentData().toString();
  takeChosen(QFileDialog::getOpenFileName(window(), tr("Choose a file"),
                                          QFileInfo::exists(start) ? start : QString(),
                                          m_field.fileTypes));
}

void FormRow::takeChosen(const QString& path) {
  if (path.isEmpty()) return;
  setValue(path);
  emit edited();
  emit committed();
}

void FormRow::addFolderChoice(const QString& path) {
  const QString name = QDir(path).dirName();
  const int at = m_combo->count() - choosers();
  m_combo->insertItem(at, name.isEmpty() ? path : name, path);
  m_combo->setItemData(at, path, Qt::ToolTipRole);
}

QString FormRow::typeProblem() const {
  if (value().isValid()) return {};
  switch (m_field.type) {
    case FormField::Type::kInteger:
      return tr("Must be a whole number");
    case FormField::Type::kNumber:
      return tr("Must be a number");
    case FormField::Type::kChoice:
    case FormField::Type::kFolder:
      return tr("Choose one");
    default:
      return {};
  }
}

void FormRow::setProblem(const QString& reason) {
  if (reason == m_problem) return;
  m_problem = reason;
  showMessage();
}

void FormRow::setHint(const QString& hint) {
  if (hint == m_hint) return;
  m_hint = hint;
  showMessage();
}

void FormRow::showMessage() {
  const bool bad = !m_problem.isEmpty();
  const QString text = bad ? m_problem : m_hint;
  if (!m_checks) setFieldBad(focusProxy(), bad);
  focusProxy()->setAccessibleDescription(text);
  m_message->setText(text);
  m_message->setVisible(!text.isEmpty());
  setTone(m_message, bad ? "bad" : "warn");
}

}  // namespace widgets
