// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <cstdint>
#include <deque>
#include <vector>

#include "widgets/charts/curves/pixel_columns.h"

namespace widgets {

/// A vertex in pixels: x grows within a piece of line, top <= bottom. top NaN: the line breaks.
struct RasterVertex {
  float x = 0;
  float top = 0;
  float bottom = 0;
};

/// Draws curves that are functions of x, antialiased with round joins, far faster than a general
/// path stroker: the curve's extent is taken in slices of a pixel column (four; one or two where
/// there is much to draw), widened by the pen's disc, and filled as vertical spans. All curves are
/// filled into a few columns of the picture, then into the next few.
class CurveRaster {
 public:
  /// An empty (transparent) picture of that size in device pixels, `ratio` of them to a pixel.
  void begin(int width, int height, double ratio = 1);
  /// Adds a line `penWidth` (at most 8) device pixels wide above what was added before, through the
  /// vertices that the caller fills into the returned list before the next call. A vertex with
  /// top < bottom is filled between, and the filling tapers off to the next one.
  [[nodiscard]] std::vector<RasterVertex>& addCurve(double penWidth, const QColor& color);
  /// The picture of all that was added since begin().
  const QImage& finish();
  /// What finish() returned last.
  [[nodiscard]] const QImage& image() const { return m_image; }

 private:
  /// Columns kept beside the picture, so that lines that leave it are widened as inside.
  static constexpr int kMarginColumns = 4;

  struct Layer {
    std::vector<RasterVertex> vertices;
    float penWidth = 1;
    std::uint32_t color = 0;  // premultiplied
  };
  /// The widened extent of a part of a curve, over whole columns of the picture.
  struct Spans {
    int firstColumn = 0;
    int lastColumn = 0;  // inclusive
    int slices = 0;      // of a column
    std::size_t at = 0;  // into m_spanTops and m_spanBottoms
    PixelColumns::Ink ink;
  };

  void addLayer(const Layer& layer);
  void addSegment(const RasterVertex& a, const RasterVertex& b);
  void extend(int slice, float top, float bottom);
  void flush(const Layer& layer);
  void paint();

  int m_width = 0;
  int m_height = 0;
  double m_ratio = 1;
  std::deque<Layer> m_layers;  // the first m_layerCount are in use; their places must not move
  std::size_t m_layerCount = 0;
  QImage m_image;
  PixelColumns m_columns;

  // Of the curve at hand, whose slices count from the left margin's first:
  int m_slices = 1;                      // of a column
  int m_first = 0, m_last = -1;          // touched since the last flush()
  std::vector<float> m_tops, m_bottoms;  // its extent before it is widened

  // Of the picture, from the lowest layer to the highest:
  std::vector<Spans> m_spans;
  std::vector<float> m_spanTops, m_spanBottoms;
};

}  // namespace widgets
