// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFrame>
#include <functional>

#include "widgets/cards/chart_legend.h"

class QLabel;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace widgets {

/// The frame of a chart: bold title, muted subtitle, legend on the right, a menu, and a thin bar at
/// its top while something loads.
class ChartCard : public QFrame {
  Q_OBJECT

 public:
  explicit ChartCard(QWidget* parent = nullptr);

  void setTitle(const QString& title);
  [[nodiscard]] QString title() const;
  void setSubtitle(const QString& subtitle);
  [[nodiscard]] QString subtitle() const;
  /// Tool tip of the title row; the content below has its own.
  void setDescription(const QString& description);
  /// Shown in warning colour after the subtitle; empty for nothing.
  void setNotice(const QString& notice);
  void setLegend(std::vector<ChartLegend::Entry> entries);
  [[nodiscard]] const ChartLegend* legend() const { return m_legend; }
  /// Takes the widget over and puts it below the title.
  void setContent(QWidget* content);
  [[nodiscard]] QWidget* content() const { return m_content; }
  /// A small widget at the right of the title row, before the menu button; taken over.
  void addControl(QWidget* control);
  /// Fills a fresh menu each time the button is pressed, or a context menu of the card is asked
  /// for; without it there is no button. `help` goes into the button's tool tip.
  void setMenu(std::function<QMenu*(QWidget* parent)> makeMenu, const QString& help = {});
  void setLoading(bool loading);
  /// Lets the card be dragged by its title, which dragStarted() reports.
  void setDraggable(bool draggable);

 signals:
  void dragStarted();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void changeEvent(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void applyTheme();
  void openMenu(const QPoint& globalPosition);

  QLabel* m_title;
  QLabel* m_subtitle;
  QLabel* m_notice;
  ChartLegend* m_legend;
  QToolButton* m_menuButton;
  QWidget* m_header;
  QWidget* m_content = nullptr;
  QVBoxLayout* m_layout;
  std::function<QMenu*(QWidget*)> m_makeMenu;
  bool m_loading = false;
  bool m_draggable = false;
  QPoint m_pressed;
};

}  // namespace widgets
