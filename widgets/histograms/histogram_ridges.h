// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "widgets/histograms/histogram_plot.h"

class QPainterPath;

namespace widgets {

/// Histograms as curves, one a step up to the chosen one: behind each other with the newest in
/// front, or all on one base line.
class HistogramRidges : public HistogramPlot {
  Q_OBJECT

 public:
  using HistogramPlot::HistogramPlot;

  void setOverlay(bool overlay);
  [[nodiscard]] std::optional<Place> placeAt(const QPoint& position) const override;
  /// The histograms that are drawn, back to front.
  [[nodiscard]] std::vector<std::size_t> rows() const;
  [[nodiscard]] QRect plotArea() const override;
  [[nodiscard]] bool hasValuesAcross() const override { return true; }

 protected:
  void paintSeries(QPainter& painter, const QRect& area) override;

 private:
  struct Row {
    QPointF origin;  ///< left end of the base line
    double width = 0;
    double height = 0;  ///< of a count of one
  };
  [[nodiscard]] Row rowAt(std::size_t row, std::size_t count, double largest) const;
  [[nodiscard]] double largestCount(const std::vector<std::size_t>& rows) const;
  [[nodiscard]] QPainterPath curve(const Row& row, const BinnedHistogram& bins,
                                   double largest) const;

  bool m_overlay = false;
};

}  // namespace widgets
