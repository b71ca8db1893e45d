// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include "widgets/histogram_plot.h"

namespace widgets {

/// Histograms of all steps as one picture: steps to the right, values upwards, counts in viridis, a
/// column's largest count being the brightest. The chosen step carries a line.
class HeatmapPlot : public HistogramPlot {
  Q_OBJECT

 public:
  using HistogramPlot::HistogramPlot;

  [[nodiscard]] std::optional<Place> placeAt(const QPoint& position) const override;
  /// The part inside the axes, for what is aligned with it.
  [[nodiscard]] QRect plotArea() const override;

 protected:
  void paintSeries(QPainter& painter, const QRect& area) override;

 private:
  [[nodiscard]] std::vector<std::size_t> columns(int width) const;

  QImage m_image;
  std::size_t m_imagePoints = 0;
  double m_imageLower = 0, m_imageUpper = 0;
  const HistogramSeries* m_imageSeries = nullptr;
};

}  // namespace widgets
