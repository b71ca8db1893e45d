// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QString>
#include <vector>

#include "widgets/charts/run_marks.h"

namespace widgets {

/// A mark of a chart and where its line stands, in pixels.
struct PlacedMark {
  double x = 0;
  const ChartMark* mark = nullptr;
};

/// The label of a mark, or of several that stand too close together for one each.
struct MarkLabel {
  QRectF frame;
  QString text;
  ChartMark::Kind kind = ChartMark::Kind::kChange;
  int marks = 1;  ///< how many it stands for
};

/// Places the labels of the marks, which come by ascending x, in rows at the top of `area`: each
/// beside its line, none over another, none cut. Marks without a label have none; the others all
/// have, neighbours a common one that says how many they are where there is no room. Nothing where
/// the area is lower than a label.
[[nodiscard]] std::vector<MarkLabel> placeMarkLabels(const QRectF& area,
                                                     const std::vector<PlacedMark>& marks);

/// Of the places of small marks, sorted, those that stand at least `least` beside the one before,
/// so that they do not run together; the others are seen when the chart is zoomed in.
[[nodiscard]] std::vector<double> spacedPlaces(std::vector<double> places, double least);

/// The font of the labels.
[[nodiscard]] QFont markLabelFont();

}  // namespace widgets
