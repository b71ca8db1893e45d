// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/status_strip.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>

#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

namespace widgets {

StatusStrip::StatusStrip(QWidget* parent)
    : QWidget(parent),
      m_left(new FigureLabel(this)),
      m_right(new FigureLabel(this)),
      m_loading(new QWidget(this)),
      m_loadingText(new FigureLabel(m_loading)),
      m_bar(new QProgressBar(m_loading)) {
  setFixedHeight(scaled(26));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(scaled(12), 1, scaled(12), 0);
  row->setSpacing(scaled(16));
  for (FigureLabel* label : {m_left, m_right, m_loadingText}) {
    label->setTextStyle(12);
    label->setTone(FigureLabel::Tone::kMuted);
  }
  m_left->setElided(true);
  m_right->setAlignment(Qt::AlignRight);

  auto* loadingRow = new QHBoxLayout(m_loading);
  loadingRow->setContentsMargins(0, 0, 0, 0);
  loadingRow->setSpacing(scaled(8));
  m_bar->setTextVisible(false);
  m_bar->setRange(0, 1000);
  m_bar->setFixedWidth(scaled(120));
  auto* cancel = new QPushButton(tr("Cancel"), m_loading);
  cancel->setObjectName(QStringLiteral("cancelLoading"));
  cancel->setProperty("link", true);
  cancel->setFont(themeFont(12));
  cancel->setToolTip(tr("Stop loading; what is loaded stays"));
  connect(cancel, &QPushButton::clicked, this, &StatusStrip::cancelLoadingRequested);
  loadingRow->addWidget(m_loadingText);
  loadingRow->addWidget(m_bar);
  loadingRow->addWidget(cancel);
  m_loading->hide();

  row->addWidget(m_left, 1);
  row->addWidget(m_loading);
  row->addWidget(m_right);
}

void StatusStrip::setLeft(const QString& text) {
  m_left->setText(text);
}

void StatusStrip::setRight(const QString& text) {
  m_right->setText(text);
}

void StatusStrip::setLoading(double share, const QString& text) {
  m_loading->setVisible(share >= 0);
  if (share < 0) return;
  m_bar->setValue(static_cast<int>(share * 1000));
  m_loadingText->setText(text);
}

void StatusStrip::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().panel);
  painter.fillRect(0, 0, width(), 1, theme().line);
}

}  // namespace widgets
