// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/curve_dots.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace widgets {
namespace {

/// A piece that is longer is seen as a line.
constexpr double kLongestPixels = 3;
/// Dots nearer to the next piece than this would run into it: the line itself shows more.
constexpr double kApartPixels = 4;

struct Piece {
  double left = 0;
  double right = 0;
  double top = 0;
  double bottom = 0;
};

std::vector<Piece> piecesOf(const std::vector<RasterVertex>& line) {
  std::vector<Piece> pieces;
  bool isOpen = false;
  for (const RasterVertex& vertex : line) {
    const bool isBreak = std::isnan(vertex.top);
    if (!isBreak && !isOpen) {
      pieces.push_back({vertex.x, vertex.x, vertex.top, vertex.bottom});
    } else if (!isBreak) {
      Piece& piece = pieces.back();
      piece.right = vertex.x;
      piece.top = std::min<double>(piece.top, vertex.top);
      piece.bottom = std::max<double>(piece.bottom, vertex.bottom);
    }
    isOpen = !isBreak;
  }
  return pieces;
}

}  // namespace

std::vector<QPointF> lonePoints(const std::vector<RasterVertex>& line, double ratio) {
  const std::vector<Piece> pieces = piecesOf(line);
  std::vector<QPointF> points;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const double length = std::max(piece.right - piece.left, piece.bottom - piece.top);
    if (length > kLongestPixels * ratio) continue;
    // A piece further back begins anew, as a segment that goes back over steps does.
    const auto isNear = [&](const Piece& other) {
      const double gap = std::max(piece.left - other.right, other.left - piece.right);
      return std::abs(gap) < kApartPixels * ratio;
    };
    if (i > 0 && isNear(pieces[i - 1])) continue;
    if (i + 1 < pieces.size() && isNear(pieces[i + 1])) continue;
    points.emplace_back((piece.left + piece.right) / 2, (piece.top + piece.bottom) / 2);
  }
  return points;
}

}  // namespace widgets
