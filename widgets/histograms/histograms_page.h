// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "widgets/histograms/histogram_card.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_selection.h"

class QCheckBox;
class QComboBox;
class QHBoxLayout;
class QLabel;

namespace widgets {

class ChartGrid;
class FilterField;

/// A card for every histogram tag of the current run, in groups, in one of four views.
class HistogramsPage : public Page {
  Q_OBJECT

 public:
  /// `selection` outlives the page.
  explicit HistogramsPage(RunSelection* selection, QWidget* parent = nullptr);
  ~HistogramsPage() override;

  [[nodiscard]] QString id() const override;
  [[nodiscard]] QString title() const override;
  [[nodiscard]] bool shows(const eventio::TagInfo& tag) const override;
  void reveal(const QString& tag) override;
  void refresh() override;
  void forgetView() override;
  [[nodiscard]] QVariantMap saveState() const override;
  void restoreState(const QVariantMap& state) override;

  void setView(HistogramView view);
  [[nodiscard]] HistogramView view() const;
  /// The cards' sliders stand at the same step, or the one nearest to it. On at first.
  void setLinked(bool linked);
  [[nodiscard]] bool isLinked() const;
  [[nodiscard]] ChartGrid* grid() const { return m_grid; }

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  [[nodiscard]] QWidget* makeBar();
  void makeRoom();
  [[nodiscard]] QWidget* makeCard(const QString& key);
  [[nodiscard]] int colorIndex() const;
  void regroup();
  /// What a card's slider chose, on the other cards, too.
  void showStep(std::optional<std::int64_t> step);

  RunSelection* m_selection;
  QLabel* m_runLabel = nullptr;
  FilterField* m_filter = nullptr;
  QComboBox* m_viewChoice = nullptr;
  QCheckBox* m_linkChoice = nullptr;
  std::optional<std::int64_t> m_step;  // of all cards while they are linked; none: the newest
  ChartGrid* m_grid;
  QHBoxLayout* m_row;
  QHBoxLayout* m_secondRow;  // of a narrow bar
  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_tagsVersion = 0;
  QStringList m_tags;
};

}  // namespace widgets
