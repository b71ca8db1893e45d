// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <algorithm>
#include <array>
#include <cmath>

/// How far two colours are apart for an eye: CIEDE2000 (Sharma, Wu, Dalal 2005) of what the eye
/// sees. For colour-blind eyes the matrices of full severity of Machado, Oliveira, Fernandes 2009,
/// in linear sRGB. 1 is just noticeable side by side.
namespace color_difference {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

inline constexpr Matrix kNormal{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
inline constexpr Matrix kProtanopia{{{0.152286, 1.052583, -0.204868},
                                     {0.114503, 0.786281, 0.099216},
                                     {-0.003882, -0.048116, 1.051998}}};
inline constexpr Matrix kDeuteranopia{{{0.367322, 0.860646, -0.227968},
                                       {0.280085, 0.672501, 0.047413},
                                       {-0.011820, 0.042940, 0.968881}}};

inline Vector times(const Matrix& matrix, const Vector& v) {
  Vector result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) result[i] += matrix[i][j] * v[j];
  }
  return result;
}

/// CIE L*a*b* (D65) of what the eye sees of the colour.
inline Vector seen(const QColor& color, const Matrix& eye) {
  const auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  Vector rgb = times(eye, {linear(color.redF()), linear(color.greenF()), linear(color.blueF())});
  for (double& c : rgb) c = std::clamp(c, 0.0, 1.0);
  constexpr Matrix kToXyz{{{0.4124564, 0.3575761, 0.1804375},
                           {0.2126729, 0.7151522, 0.0721750},
                           {0.0193339, 0.1191920, 0.9503041}}};
  constexpr Vector kWhite{0.95047, 1, 1.08883};
  Vector f = times(kToXyz, rgb);
  for (std::size_t i = 0; i < 3; ++i) {
    const double t = f[i] / kWhite[i];
    f[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
  }
  return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

inline double degrees(double y, double x) {
  const double angle = std::atan2(y, x) * 180 / M_PI;
  return angle < 0 ? angle + 360 : angle;
}

inline double ciede2000(const Vector& a, const Vector& b) {
  const auto cosine = [](double angle) { return std::cos(angle * M_PI / 180); };
  const double meanC = (std::hypot(a[1], a[2]) + std::hypot(b[1], b[2])) / 2;
  const double g = (1 - std::sqrt(std::pow(meanC, 7) / (std::pow(meanC, 7) + std::pow(25, 7)))) / 2;
  const double c1 = std::hypot(a[1] * (1 + g), a[2]);
  const double c2 = std::hypot(b[1] * (1 + g), b[2]);
  const double h1 = degrees(a[2], a[1] * (1 + g));
  const double h2 = degrees(b[2], b[1] * (1 + g));
  double dh = c1 * c2 == 0 ? 0 : h2 - h1;
  if (dh > 180) dh -= 360;
  if (dh < -180) dh += 360;
  double h = h1 + h2;
  if (c1 * c2 != 0) {
    if (std::abs(h1 - h2) > 180) h += h < 360 ? 360 : -360;
    h /= 2;
  }
  const double dL = b[0] - a[0];
  const double dC = c2 - c1;
  const double dH = 2 * std::sqrt(c1 * c2) * std::sin(dh / 2 * M_PI / 180);
  const double l = (a[0] + b[0]) / 2;
  const double c = (c1 + c2) / 2;
  const double t = 1 - 0.17 * cosine(h - 30) + 0.24 * cosine(2 * h) + 0.32 * cosine(3 * h + 6) -
                   0.2 * cosine(4 * h - 63);
  const double sL = 1 + 0.015 * (l - 50) * (l - 50) / std::sqrt(20 + (l - 50) * (l - 50));
  const double sC = 1 + 0.045 * c;
  const double sH = 1 + 0.015 * c * t;
  const double turn = 30 * std::exp(-std::pow((h - 275) / 25, 2));
  const double rT = -std::sin(2 * turn * M_PI / 180) * 2 *
                    std::sqrt(std::pow(c, 7) / (std::pow(c, 7) + std::pow(25, 7)));
  return std::sqrt(std::pow(dL / sL, 2) + std::pow(dC / sC, 2) + std::pow(dH / sH, 2) +
                   rT * dC / sC * dH / sH);
}

/// The smallest difference that one of the eyes sees.
inline double smallest(const QColor& a, const QColor& b) {
  double difference = 1000;
  for (const Matrix& eye : {kNormal, kProtanopia, kDeuteranopia}) {
    difference = std::min(difference, ciede2000(seen(a, eye), seen(b, eye)));
  }
  return difference;
}

}  // namespace color_difference
