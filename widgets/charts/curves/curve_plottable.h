// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <qcustomplot.h>

#include <memory>
#include <vector>

#include "widgets/charts/curves/curve_data.h"
#include "widgets/charts/curves/curve_raster.h"

namespace widgets {

/// All curves of a chart as one QCustomPlot plottable. Its axes are linear axes of positions
/// (toAxis()); `valueScale` maps the values.
class CurvePlottable : public QCPAbstractPlottable {
  Q_OBJECT

 public:
  CurvePlottable(QCPAxis* keyAxis, QCPAxis* valueAxis);

  void setCurves(std::vector<CurveData*> curves);
  void setValueScale(AxisScale scale) { m_valueScale = scale; }

  double selectTest(const QPointF& pos, bool onlySelectable, QVariant* details) const override;
  QCPRange getKeyRange(bool& found, QCP::SignDomain domain) const override;
  QCPRange getValueRange(bool& found, QCP::SignDomain domain,
                         const QCPRange& keyRange) const override;

 protected:
  void draw(QCPPainter* painter) override;
  QRect clipRect() const override;
  void drawLegendIcon(QCPPainter* painter, const QRectF& rect) const override;

 private:
  struct Frame;  // where the axes stand on the device
  struct ImageKey {
    QRect rect;
    double ratio = 0;
    QCPRange x, y;
    AxisScale scale = AxisScale::kLinear;
    bool dark = false;
    std::vector<std::pair<const CurveData*, std::uint64_t>> curves;
    bool operator==(const ImageKey&) const = default;
  };

  [[nodiscard]] Frame frame() const;
  [[nodiscard]] ImageKey imageKey(const Frame& frame) const;
  void mapVertices(const Frame& frame, double ratio, int above, bool smoothed,
                   std::vector<RasterVertex>& bands, std::vector<RasterVertex>& line) const;
  void rasterize(const Frame& frame);
  void drawVectors(QCPPainter* painter, const Frame& frame);
  void drawCircles(QCPPainter* painter, const Frame& frame);
  /// Where one stands alone between values that cannot be drawn.
  struct Dot {
    QPointF center;  // from the plot's upper left corner
    QColor color;
  };
  static void addDots(const std::vector<RasterVertex>& line, double ratio, int above,
                      const QColor& color, std::vector<Dot>& dots);
  void drawDots(QCPPainter* painter, const Frame& frame) const;
  void drawNonFinite(QCPPainter* painter, const Frame& frame);
  [[nodiscard]] bool asCircles(const CurveData& curve, const Frame& frame,
                               std::vector<std::size_t>& points) const;
  /// Calls back with every curve that is a line, its vertices being in m_vertices.
  template <class Use>
  void forEachLine(const Frame& frame, double ratio, const Use& use);

  std::vector<CurveData*> m_curves;
  AxisScale m_valueScale = AxisScale::kLinear;
  CurveRaster m_raster;
  ImageKey m_key;
  std::vector<CurveVertex> m_vertices;
  std::vector<Dot> m_dots;
};

}  // namespace widgets
