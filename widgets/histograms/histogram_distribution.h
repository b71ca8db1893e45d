// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "widgets/histograms/histogram_plot.h"

namespace widgets {

/// How values are spread over the steps: bands between the percentiles 0, 6.68, 15.87, 30.85, 50,
/// 69.15, 84.13, 93.32 and 100, which for a normal distribution are half standard deviations apart.
/// Of more steps than pixels a column of pixels shows how far each band reaches in any of them.
class HistogramDistribution : public HistogramPlot {
  Q_OBJECT

 public:
  using HistogramPlot::HistogramPlot;

  [[nodiscard]] std::optional<Place> placeAt(const QPoint& position) const override;

  [[nodiscard]] std::vector<ChartTooltip::Row> hoverRows(const Place& place) const override;
  [[nodiscard]] QRect plotArea() const override;

 protected:
  void paintSeries(QPainter& painter, const QRect& area) override;

 private:
  /// A step, or the steps of one column of pixels.
  struct Row {
    double x = 0;
    std::array<double, eventio::kKeptPercents.size()> values{};  ///< one a percentile
  };
  [[nodiscard]] std::vector<Row> rows(const QRect& area) const;
};

}  // namespace widgets
