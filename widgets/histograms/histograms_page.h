// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantMap>
#include <QWidget>
#include <cstdint>
#include <optional>

#include "widgets/histograms/histogram_card.h"
#include "widgets/runs/run_selection.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;

namespace widgets {

class ChartGrid;

/// A card for every histogram tag of the current run, in groups, in one of four views.
class HistogramsPage : public QWidget {
  Q_OBJECT

 public:
  /// `selection` outlives the page.
  explicit HistogramsPage(RunSelection* selection, QWidget* parent = nullptr);
  ~HistogramsPage() override;

  /// For the window's timer; a hidden page does nothing.
  void refresh();

  void setView(HistogramView view);
  [[nodiscard]] HistogramView view() const;
  /// The cards' sliders stand at the same step, or the one nearest to it. On at first.
  void setLinked(bool linked);
  [[nodiscard]] bool isLinked() const;
  [[nodiscard]] ChartGrid* grid() const { return m_grid; }

  /// Other runs are looked at: the filter of the former ones goes.
  void forgetView();
  [[nodiscard]] QVariantMap saveState() const;
  void restoreState(const QVariantMap& state);

 private:
  [[nodiscard]] QWidget* makeBar();
  [[nodiscard]] QWidget* makeCard(const QString& key);
  [[nodiscard]] int colorIndex() const;
  void regroup();
  /// What a card's slider chose, on the other cards, too.
  void showStep(std::optional<std::int64_t> step);

  RunSelection* m_selection;
  QLabel* m_runLabel = nullptr;
  QLineEdit* m_filter = nullptr;
  QComboBox* m_viewChoice = nullptr;
  QCheckBox* m_linkChoice = nullptr;
  std::optional<std::int64_t> m_step;  // of all cards while they are linked; none: the newest
  ChartGrid* m_grid;
  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_tagsVersion = 0;
  QStringList m_tags;
};

}  // namespace widgets
