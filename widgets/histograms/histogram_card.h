// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "widgets/cards/chart_card.h"
#include "widgets/histograms/histogram_series.h"

namespace widgets {

class HistogramPlot;
class HistogramSlider;

enum class HistogramView { kRidges, kOverlay, kHeatmap, kDistribution };

/// A card with the histograms of one tag of one run in one of the four views, and a step slider.
class HistogramCard : public ChartCard {
  Q_OBJECT

 public:
  HistogramCard(std::shared_ptr<eventio::Run> run, const std::string& tag, int colorIndex,
                HistogramView view, QWidget* parent = nullptr);

  void setView(HistogramView view);
  void setColorIndex(int index);
  /// Takes over what is new; a card that is not seen does nothing.
  void refresh();
  [[nodiscard]] HistogramPlot* plot() const { return m_plot; }
  [[nodiscard]] HistogramSlider* slider() const { return m_slider; }

 private:
  void putPlot(HistogramPlot* plot);
  void showSelected(std::size_t index);
  /// The slider's ends stand below those of the plot's axis.
  void alignSlider();

  std::shared_ptr<HistogramSeries> m_series;
  HistogramView m_view;
  int m_colorIndex = 0;
  QWidget* m_box;
  HistogramPlot* m_plot = nullptr;
  HistogramSlider* m_slider;
};

}  // namespace widgets
