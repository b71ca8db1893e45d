// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPersistentModelIndex>
#include <QString>
#include <QVariantMap>
#include <QWidget>
#include <functional>
#include <memory>

#include "widgets/runs/run_selection.h"

class QBoxLayout;
class QLabel;
class QListView;
class QMenu;
class QToolButton;

namespace widgets {

class FigureLabel;
class FilterField;
class RunListModel;

/// The panel of runs: which are shown, in which colour, a value of each; a filter above.
///
/// Clicking a run makes it the selection's current one; clicking its swatch shows or hides it and
/// leaves the current one; a right click on the swatch offers other colours.
class RunList : public QWidget {
  Q_OBJECT

 public:
  /// `selection` must outlive the list.
  explicit RunList(RunSelection* selection, QWidget* parent = nullptr);

  /// Takes up new values of the rows on screen, at most four times a second.
  void refresh();

  using Check = std::function<QString(const eventio::Run&)>;
  /// Asked before the context menu opens: why a run cannot be continued, or its settings not be
  /// used; empty when they can. Without a check its entry is off.
  void setContinueCheck(Check check);
  void setSettingsCheck(Check check);

  /// The panel's title row; a dock may take it as its title bar.
  [[nodiscard]] QWidget* header() const { return m_header; }

  void setFilter(const QString& pattern);
  [[nodiscard]] QString filter() const;
  void focusFilter();

  /// The number beside the runs.
  [[nodiscard]] QVariantMap saveState() const;
  void restoreState(const QVariantMap& state);

 signals:
  void openFolderRequested(const QString& path);
  void continueRequested(const QString& path);
  void useSettingsRequested(const QString& path);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void applyFilter();
  void showFilterProblem();
  void showCounts();
  void currentRowChanged(int row);
  void followCurrent();
  void openMenu(const QPoint& position);
  void makeHeader();
  void makeFilter(QBoxLayout* column);
  void makeFigureButton(QBoxLayout* column);
  void makeView(QBoxLayout* column);
  bool viewEvent(QEvent* event);
  void toggleVisible(int row);
  void openColorMenu(int row, const QPoint& globalPosition);
  void addVisibilityActions(QMenu& menu, const std::shared_ptr<eventio::Run>& run);
  void showFigure();
  void fillFigureMenu();
  void addTagActions(QMenu* menu);

  RunSelection* m_selection;
  RunListModel* m_model;
  QWidget* m_header;
  FilterField* m_filter;
  QLabel* m_filterReason;
  QLabel* m_empty;
  QListView* m_view;
  FigureLabel* m_counts;
  QToolButton* m_figure;
  QPersistentModelIndex m_pressedSwatch;
  Check m_continueCheck;
  Check m_settingsCheck;
  bool m_areRowsLeaving = false;
  qint64 m_lastRefresh = 0;
};

}  // namespace widgets
