// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QImage>
#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace widgets {

/// A vertex in pixels: x grows within a piece of line, top <= bottom. top NaN: the line breaks.
struct RasterVertex {
  float x = 0;
  float top = 0;
  float bottom = 0;
};

/// Draws curves that are functions of x, antialiased with round joins, far faster than a general
/// path stroker: the curve's extent is taken in slices of a pixel column (four, or two where there
/// is much to draw), widened by the pen's disc, and filled as vertical spans. The picture is made a
/// few columns at a time, all curves in turn, so that what is blended stays in the processor's
/// cache.
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
  static constexpr int kBlockColumns = 64;
  /// Columns kept beside a block, so that lines that leave it are widened as inside.
  static constexpr int kMarginColumns = 4;
  static constexpr int kMostSlices = 4;  // of a column
  using Slices =
      std::array<float, static_cast<std::size_t>(kBlockColumns + 2 * kMarginColumns) * kMostSlices>;

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

  static void cutIntoPieces(Layer& layer);
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
  int m_slices = kMostSlices;  // of a column in this picture
  int m_margin = 0;            // in slices
  int m_count = 0;             // slices of a block with its margins
  std::deque<Layer> m_layers;  // the first m_layerCount are in use; their places must not move
  std::size_t m_layerCount = 0;
  QImage m_image;

  // Of the block at hand:
  int m_blockLeft = 0;                   // its first column
  std::vector<std::uint32_t> m_pixels;   // column after column: a vertical span is a run of memory
  Slices m_tops{}, m_bottoms{};          // of the curve
  Slices m_spanTops{}, m_spanBottoms{};  // of the widened curve
  int m_first = 0, m_last = -1;          // slices that the curve touches
  std::uint32_t m_color = 0;
  std::array<std::uint32_t, kMostSlices + 1> m_shades{};  // m_color by slices covered
};

}  // namespace widgets
