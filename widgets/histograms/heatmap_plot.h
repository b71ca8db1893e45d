// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include "widgets/histograms/histogram_plot.h"

namespace widgets {

/// Histograms of the visible steps as one picture: steps to the right, values upwards, counts in
/// viridis, a column's largest count being the brightest. The chosen step carries a line.
class HeatmapPlot : public HistogramPlot {
  Q_OBJECT

 public:
  using HistogramPlot::HistogramPlot;

  [[nodiscard]] std::optional<Place> placeAt(const QPoint& position) const override;
  [[nodiscard]] QRect plotArea() const override;

 protected:
  void paintSeries(QPainter& painter, const QRect& area) override;

 private:
  [[nodiscard]] std::vector<std::size_t> columns(int width) const;
  void updateImage(int width);

  QImage m_image;  // a row for each slot of the axis, the highest values first
  std::uint64_t m_imageRevision = 0;
  const HistogramSeries* m_imageSeries = nullptr;
};

}  // namespace widgets
