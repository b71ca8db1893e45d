// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "widgets/histogram_plot.h"

namespace widgets {

/// How values are spread over the steps: bands between the percentiles 0, 6.68, 15.87, 30.85, 50,
/// 69.15, 84.13, 93.32 and 100, which for a normal distribution are half standard deviations apart.
class HistogramDistribution : public HistogramPlot {
  Q_OBJECT

 public:
  using HistogramPlot::HistogramPlot;

  [[nodiscard]] std::optional<Place> placeAt(const QPoint& position) const override;

 protected:
  void paintSeries(QPainter& painter, const QRect& area) override;
  [[nodiscard]] QRect plotArea() const override;

 private:
  struct Row {
    std::int64_t step = 0;
    std::vector<double> values;  ///< one a percentile
  };
  void updateRows();

  std::vector<Row> m_rows;
  const HistogramSeries* m_rowsSeries = nullptr;
  std::size_t m_rowsPoints = 0;
};

}  // namespace widgets
