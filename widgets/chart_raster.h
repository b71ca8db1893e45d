// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace widgets {

/// A vertex in pixels: x grows within a piece of line, top <= bottom. top NaN: the line breaks.
struct RasterVertex {
  float x = 0;
  float top = 0;
  float bottom = 0;
};

/// Draws curves that are functions of x, antialiased with round joins, far faster than a general
/// path stroker: the curve's extent is taken in quarters of a pixel column, widened by the pen's
/// disc, and filled as vertical spans. The picture is made a few columns at a time, all curves in
/// turn, so that what is blended stays in the processor's cache.
class CurveRaster {
 public:
  /// An empty (transparent) picture of that size in device pixels, `ratio` of them to a pixel.
  void begin(int width, int height, double ratio = 1);
  /// Adds a line `penWidth` (at most 8) device pixels wide through the vertices, above what was
  /// added before. A vertex with top < bottom is filled between, and the filling tapers off to the
  /// next one.
  void addCurve(std::vector<RasterVertex> vertices, double penWidth, const QColor& color);
  /// The picture of all that was added since begin().
  const QImage& finish();
  /// What finish() returned last.
  [[nodiscard]] const QImage& image() const { return m_image; }

 private:
  static constexpr int kSub = 4;  // quarters of a column
  // Quarters kept beside a block, so that lines that leave it are widened as inside.
  static constexpr int kMargin = 4 * kSub;
  static constexpr int kBlockColumns = 64;
  static constexpr int kQuarters = kBlockColumns * kSub + 2 * kMargin;
  using Quarters = std::array<float, kQuarters>;

  /// A part of a curve without breaks.
  struct Piece {
    std::size_t first = 0;
    std::size_t last = 0;  // one past
    std::size_t next = 0;  // where its segments begin to matter for the block at hand
  };
  struct Layer {
    std::vector<RasterVertex> vertices;
    std::vector<Piece> pieces;
    float penWidth = 1;
    std::uint32_t color = 0;  // premultiplied
  };

  void drawLayer(Layer& layer);
  void addPiece(const Layer& layer, Piece& piece);
  void addSegment(const RasterVertex& a, const RasterVertex& b);
  void flush(const Layer& layer);
  void widen(float radius);
  void fill(std::uint32_t color);
  void fillColumn(int column);
  void fillTallColumn(int column, float top, float bottom);
  void copyBlock(int columns);

  int m_width = 0;
  int m_height = 0;
  double m_ratio = 1;
  std::vector<Layer> m_layers;
  QImage m_image;

  // Of the block at hand:
  int m_blockLeft = 0;                  // its first column
  std::vector<std::uint32_t> m_pixels;  // column after column: a vertical span is a run of memory
  Quarters m_tops{}, m_bottoms{};       // of the curve
  Quarters m_spanTops{}, m_spanBottoms{};  // of the widened curve
  int m_first = 0, m_last = -1;            // quarters that the curve touches
  std::uint32_t m_color = 0;
  std::array<std::uint32_t, kSub + 1> m_shades{};  // m_color in quarters
};

}  // namespace widgets
