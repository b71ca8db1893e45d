// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QList>
#include <QObject>
#include <QSize>
#include <QVariantMap>

class QDockWidget;
class QMainWindow;

namespace app {

/// Gives the docks the room the window has for them.
///
/// A dock has the size the user dragged it to; where the window has become smaller since, at most a
/// share of it, and its old size again when the window grows. One dock folds by itself: in a narrow
/// window, and while foldUnneeded() says that nobody needs it; it comes back when that is over.
/// What the user opens or closes himself stays so.
class DockLayout : public QObject {
  Q_OBJECT

 public:
  struct Dock {
    QDockWidget* dock = nullptr;
    int size = 0;  ///< width at a side, height at top or bottom, before the user drags it
  };

  /// Below this width of the window `folding` folds, in pixels at the default scale.
  static constexpr double kNarrow = 900;

  /// `folding` is one of the docks. The window outlives this object and owns the docks.
  DockLayout(QMainWindow* window, QList<Dock> docks, QDockWidget* folding);

  /// While nobody needs the folding dock it stays closed, unless the user opens it.
  void foldUnneeded(bool unneeded);
  /// Opens the folding dock because the user asked for what is in it.
  void open();
  /// Back to the first sizes, everything open.
  void reset();

  [[nodiscard]] QVariantMap saveState() const;
  void restoreState(const QVariantMap& state);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  enum class Choice { kNone, kOpen, kClosed };
  struct Wanted {
    int size = 0;
    int window = 0;  ///< the window's extent when the user chose that size; 0: the first size
  };

  void schedule();
  void apply();
  void applyFold();
  void applySizes(Qt::Orientation orientation);
  void keepDragged();
  [[nodiscard]] bool isOf(const QDockWidget* dock, Qt::Orientation orientation) const;
  [[nodiscard]] int extentOf(const QDockWidget* dock) const;
  [[nodiscard]] int windowExtent(Qt::Orientation orientation) const;

  QMainWindow* m_window;
  QList<Dock> m_docks;
  QDockWidget* m_folding;
  QHash<QDockWidget*, Wanted> m_wanted;
  QHash<QDockWidget*, int> m_pressed;  // extents when a drag began
  Choice m_choice = Choice::kNone;
  bool m_isUnneeded = false;
  bool m_isScheduled = false;
};

}  // namespace app
