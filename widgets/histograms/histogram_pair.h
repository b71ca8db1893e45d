// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>
#include <string>

#include "widgets/histograms/histogram_series.h"

class QMenu;

namespace widgets {

class ChartCard;
class HeatmapPlot;
class HistogramRidges;
class HistogramSlider;

/// The histograms of one parameter twice, side by side: as ridges and as a heat map with the step
/// slider. The cards' menus choose the parameter.
class HistogramPair : public QWidget {
  Q_OBJECT

 public:
  explicit HistogramPair(QWidget* parent = nullptr);

  /// The run to show, null for none, and its colour.
  void setRun(std::shared_ptr<eventio::Run> run, int colorIndex);
  /// Takes over what is new; false when the run has no histograms at all.
  bool refresh();

  /// The parameter that the user asked for; empty: the default one.
  void setWantedTag(const std::string& tag);
  [[nodiscard]] const std::string& wantedTag() const { return m_wantedTag; }
  [[nodiscard]] const HistogramSeries* series() const { return m_series.get(); }
  [[nodiscard]] HistogramSlider* slider() const { return m_slider; }

 protected:
  /// Where two cards find no room beside each other they stand one above the other.
  void resizeEvent(QResizeEvent* event) override;

 private:
  void chooseSeries();
  void showSelected(std::size_t index);
  [[nodiscard]] QMenu* makeMenu(QWidget* parent);

  ChartCard* m_ridgesCard;
  ChartCard* m_heatmapCard;
  HistogramRidges* m_ridges;
  HeatmapPlot* m_heatmap;
  HistogramSlider* m_slider;
  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_tagsVersion = 0;
  std::vector<std::string> m_tags;
  std::string m_wantedTag;
  bool m_overlay = false;
  std::shared_ptr<HistogramSeries> m_series;
};

}  // namespace widgets
