// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_color_menu.h"

#include <QAbstractButton>
#include <QGridLayout>
#include <QPainter>
#include <QWidgetAction>
#include <array>

#include "widgets/runs/run_list_delegate.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr int kColumns = 8;
constexpr int kPatterns = kRunStyles / kRunColors;

/// A swatch to click.
class StyleButton : public QAbstractButton {
 public:
  StyleButton(int style, bool isLine, QWidget* parent)
      : QAbstractButton(parent), m_style(style), m_isLine(isLine) {
    setCheckable(true);
    setAutoExclusive(false);
    setFocusPolicy(Qt::StrongFocus);
    setFixedSize(scaled(isLine ? 52 : 24), scaled(24));
  }

 protected:
  void paintEvent(QPaintEvent* /*event*/) override {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = QRectF(rect()).adjusted(1, 1, -1, -1);
    if (isChecked() || hasFocus() || underMouse()) {
      painter.setPen(QPen(isChecked() || hasFocus() ? theme().accent : theme().line, 1.5));
      painter.setBrush(isChecked() ? theme().selection : theme().band);
      painter.drawRoundedRect(area, scaled(5), scaled(5));
    }
    if (!m_isLine) {
      const double inset = scaled(5);
      paintRunSwatch(painter, QRectF(rect()).adjusted(inset, inset, -inset, -inset), m_style);
      return;
    }
    QPen pen(runColor(m_style), 2, Qt::SolidLine, Qt::FlatCap);
    QList<qreal> pattern;
    for (const double length : runDashes(m_style)) pattern.append(length / pen.widthF());
    if (!pattern.isEmpty()) pen.setDashPattern(pattern);
    painter.setPen(pen);
    painter.drawLine(QPointF(scaled(7), height() / 2.0),
                     QPointF(width() - scaled(7), height() / 2.0));
  }

 private:
  int m_style;
  bool m_isLine;
};

QString patternName(int pattern) {
  const std::array<QString, kPatterns> names{RunColorMenu::tr("Solid"), RunColorMenu::tr("Dashed"),
                                             RunColorMenu::tr("Dotted"),
                                             RunColorMenu::tr("Dash and dot")};
  return names[static_cast<std::size_t>(pattern)];
}

}  // namespace

RunColorMenu::RunColorMenu(int style, QWidget* parent) : QMenu(tr("Colour"), parent) {
  auto* palette = new QWidget(this);
  auto* grid = new QGridLayout(palette);
  grid->setContentsMargins(scaled(6), scaled(4), scaled(6), scaled(4));
  grid->setSpacing(scaled(2));
  const auto add = [&](int offered, bool isLine, bool isChosen, const QString& name) {
    auto* button = new StyleButton(offered, isLine, palette);
    button->setObjectName(QStringLiteral("runStyle%1").arg(offered));
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setChecked(isChosen);
    connect(button, &QAbstractButton::clicked, this, [this, offered] {
      emit chosen(offered);
      // The menu that this one belongs to closes with it.
      for (QWidget* menu = this; qobject_cast<QMenu*>(menu); menu = menu->parentWidget()) {
        menu->close();
      }
    });
    return button;
  };
  const int pattern = style / kRunColors;
  const int color = style % kRunColors;
  for (int i = 0; i < kRunColors; ++i) {
    grid->addWidget(add(pattern * kRunColors + i, false, i == color, tr("Colour %1").arg(i + 1)),
                    i / kColumns, i % kColumns);
  }
  for (int i = 0; i < kPatterns; ++i) {
    grid->addWidget(add(i * kRunColors + color, true, i == pattern, patternName(i)),
                    kRunColors / kColumns, i * (kColumns / kPatterns), 1, kColumns / kPatterns);
  }
  auto* action = new QWidgetAction(this);
  action->setDefaultWidget(palette);
  addAction(action);
}

}  // namespace widgets
