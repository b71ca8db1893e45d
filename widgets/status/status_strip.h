// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QProgressBar;

namespace widgets {

class FigureLabel;

/// The line at the window's bottom: what is logged at the left, the machine at the right, and
/// loading in between while it lasts.
class StatusStrip : public QWidget {
  Q_OBJECT

 public:
  explicit StatusStrip(QWidget* parent = nullptr);

  void setLeft(const QString& text);
  void setRight(const QString& text);
  /// Share of the loading that is done, 0 to 1; negative when nothing is loading. `text` says what.
  void setLoading(double share, const QString& text);

 signals:
  void cancelLoadingRequested();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  FigureLabel* m_left;
  FigureLabel* m_right;
  QWidget* m_loading;
  FigureLabel* m_loadingText;
  QProgressBar* m_bar;
};

}  // namespace widgets
