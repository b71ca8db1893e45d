// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cards/chart_card.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/style/display_name.h"
#include "widgets/style/elided_label.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kTitlePixels = 13;
constexpr double kSubtitlePixels = 12;

/// Three dots, drawn so that they follow the theme.
class MenuButton : public QToolButton {
 public:
  using QToolButton::QToolButton;

 protected:
  void paintEvent(QPaintEvent* event) override {
    QToolButton::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().muted);
    for (int i = -1; i <= 1; ++i) {
      const QPointF center(width() / 2.0 + i * scaled(4), height() / 2.0);
      painter.drawEllipse(center, scaled(1.4), scaled(1.4));
    }
  }
};

/// Shows nothing where only a few letters would find room.
class Subtitle : public ElidedLabel {
 public:
  using ElidedLabel::ElidedLabel;

 protected:
  void paintEvent(QPaintEvent* event) override {
    constexpr double kFewLetters = 56;
    if (width() >= std::min(sizeHint().width(), scaled(kFewLetters)))
      ElidedLabel::paintEvent(event);
  }
};

}  // namespace

ChartCard::ChartCard(QWidget* parent)
    : QFrame(parent),
      m_title(new ElidedLabel),
      m_subtitle(new Subtitle),
      m_notice(new QLabel),
      m_legend(new ChartLegend),
      m_menuButton(new MenuButton),
      m_header(new QWidget),
      m_layout(new QVBoxLayout(this)) {
  m_layout->setContentsMargins(scaled(14), scaled(10), scaled(14), scaled(10));
  m_layout->setSpacing(scaled(4));
  auto* row = new QHBoxLayout(m_header);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(scaled(8));
  m_title->setTextFormat(Qt::PlainText);
  m_subtitle->setTextFormat(Qt::PlainText);
  m_subtitle->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  m_notice->setTextFormat(Qt::PlainText);
  m_notice->hide();
  m_menuButton->setFixedSize(scaled(24), scaled(20));
  m_menuButton->setToolTip(tr("Chart menu"));
  m_menuButton->setAccessibleName(tr("Chart menu"));
  m_menuButton->hide();
  row->addWidget(m_title);
  row->addWidget(m_subtitle, 1);
  row->addWidget(m_notice);
  row->addWidget(m_legend);
  row->addWidget(m_menuButton);
  m_layout->addWidget(m_header);
  m_header->installEventFilter(this);
  connect(m_menuButton, &QToolButton::clicked, this,
          [this] { openMenu(m_menuButton->mapToGlobal(QPoint(0, m_menuButton->height()))); });
  applyTheme();
}

void ChartCard::applyTheme() {
  m_title->setFont(themeFont(kTitlePixels, QFont::DemiBold));
  m_subtitle->setFont(themeFont(kSubtitlePixels));
  m_notice->setFont(themeFont(kSubtitlePixels));
  const auto paint = [](QLabel* label, const QColor& color) {
    QPalette palette = label->palette();
    if (palette.color(QPalette::WindowText) == color) return;
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
  };
  paint(m_title, theme().text);
  paint(m_subtitle, theme().muted);
  paint(m_notice, theme().warn);
}

void ChartCard::setTitle(const QString& title) {
  m_title->setText(displayName(title));
  setAccessibleName(m_title->text());
}
QString ChartCard::title() const {
  return m_title->text();
}

void ChartCard::setSubtitle(const QString& subtitle) {
  m_subtitle->setText(subtitle);
}
QString ChartCard::subtitle() const {
  return m_subtitle->text();
}

void ChartCard::setDescription(const QString& description) {
  m_header->setToolTip(description);
}

void ChartCard::setNotice(const QString& notice) {
  m_notice->setText(notice);
  m_notice->setVisible(!notice.isEmpty());
}

void ChartCard::setLegend(std::vector<ChartLegend::Entry> entries) {
  m_legend->setEntries(std::move(entries));
}

void ChartCard::setContent(QWidget* content) {
  delete m_content;
  m_content = content;
  if (content) m_layout->addWidget(content, 1);
}

void ChartCard::addControl(QWidget* control) {
  auto* row = static_cast<QHBoxLayout*>(m_header->layout());
  row->insertWidget(row->count() - 1, control);
}

void ChartCard::setMenu(std::function<QMenu*(QWidget*)> makeMenu, const QString& help) {
  // As rich text it is broken into lines.
  if (!help.isEmpty()) {
    m_menuButton->setToolTip(
        QStringLiteral("<b>%1</b><br>%2").arg(tr("Chart menu"), help.toHtmlEscaped()));
  }
  m_makeMenu = std::move(makeMenu);
  m_menuButton->setVisible(static_cast<bool>(m_makeMenu));
}

void ChartCard::setLoading(bool loading) {
  if (loading == m_loading) return;
  m_loading = loading;
  update();
}

void ChartCard::setDraggable(bool draggable) {
  m_draggable = draggable;
  m_header->setCursor(draggable ? Qt::OpenHandCursor : Qt::ArrowCursor);
}

void ChartCard::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    applyTheme();
    update();
  }
  QFrame::changeEvent(event);
}

void ChartCard::openMenu(const QPoint& globalPosition) {
  QMenu* menu = m_makeMenu(m_menuButton);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(globalPosition);
}

void ChartCard::contextMenuEvent(QContextMenuEvent* event) {
  if (m_makeMenu) {
    openMenu(event->globalPos());
  } else {
    event->ignore();
  }
}

bool ChartCard::eventFilter(QObject* watched, QEvent* event) {
  if (watched != m_header || !m_draggable) return QFrame::eventFilter(watched, event);
  if (event->type() == QEvent::MouseButtonPress) {
    m_pressed = static_cast<QMouseEvent*>(event)->position().toPoint();
    return true;
  }
  if (event->type() == QEvent::MouseMove) {
    auto* mouse = static_cast<QMouseEvent*>(event);
    const int distance = (mouse->position().toPoint() - m_pressed).manhattanLength();
    if (mouse->buttons().testFlag(Qt::LeftButton) &&
        distance >= QApplication::startDragDistance()) {
      emit dragStarted();
    }
    return true;
  }
  return QFrame::eventFilter(watched, event);
}

void ChartCard::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  QPainterPath outline;
  outline.addRoundedRect(box, scaled(8), scaled(8));
  painter.fillPath(outline, theme().panel);
  if (m_loading) {
    painter.save();
    painter.setClipPath(outline);
    painter.fillRect(QRectF(0, 0, width(), scaled(3)), theme().accent);
    painter.restore();
  }
  painter.setPen(QPen(theme().line, 1));
  painter.drawPath(outline);
}

}  // namespace widgets
