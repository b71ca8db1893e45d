// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/status_notice.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

#include "widgets/style/theme.h"

namespace widgets {

StatusNotice::StatusNotice(QWidget* parent)
    : QWidget(parent), m_text(new QLabel(this)), m_buttons(new QHBoxLayout) {
  setObjectName(QStringLiteral("notice"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(scaled(20), scaled(8), scaled(12), scaled(8));
  row->setSpacing(scaled(12));
  m_text->setWordWrap(true);
  m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_buttons->setSpacing(scaled(6));
  row->addWidget(m_text, 1);
  row->addLayout(m_buttons);
  hide();
}

void StatusNotice::setTone(Tone tone) {
  m_tone = tone;
  update();
}

void StatusNotice::setText(const QString& text) {
  m_text->setText(text);
  setAccessibleName(text);
}

QString StatusNotice::text() const {
  return m_text->text();
}

void StatusNotice::setAnswers(const QStringList& answers) {
  while (QLayoutItem* item = m_buttons->takeAt(0)) {
    // The click on one of them may have led here.
    item->widget()->setParent(nullptr);
    item->widget()->deleteLater();
    delete item;
  }
  for (int i = 0; i < answers.size(); ++i) {
    auto* button = new QPushButton(answers[i], this);
    button->setObjectName(QStringLiteral("answer%1").arg(i));
    button->setProperty("primary", i == 0);
    button->setToolTip(answers[i]);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QPushButton::clicked, this, [this, i] {
      // When the button goes its focus would fall on the next one, Stop for example.
      if (isAncestorOf(QApplication::focusWidget())) window()->setFocus();
      emit answered(i);
    });
    m_buttons->addWidget(button);
  }
}

void StatusNotice::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().panel);
  painter.fillRect(0, height() - 1, width(), 1, theme().line);
  const QColor edge = m_tone == Tone::kBad    ? theme().bad
                      : m_tone == Tone::kWarn ? theme().warn
                                              : theme().accent;
  painter.fillRect(0, 0, scaled(4), height(), edge);
}

}  // namespace widgets
