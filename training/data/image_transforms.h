// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "eventio/data/values.h"

namespace training {

/// The picture in another size: bilinear with antialiasing, as Pillow's resize(BILINEAR) and
/// torchvision's Resize(antialias=True) do it. A pixel of the result is the mean of the pixels
/// under a triangle of half-width max(1, scale) around its centre, first along rows, then along
/// columns, rounded to 8 bits after each. The sides are scaled on their own: nothing is cropped.
/// Sizes above 0.
[[nodiscard]] eventio::Image resizeImage(const eventio::Image& image, int width, int height);

/// One or three channels: colour becomes grey as ITU-R BT.601 has it (0.299 R + 0.587 G + 0.114 B),
/// grey is repeated, transparency is left out.
[[nodiscard]] eventio::Image withChannels(const eventio::Image& image, int channels);

/// The picture turned and mirrored as EXIF's orientation (1 to 8) says it is to be shown; any other
/// number leaves it.
[[nodiscard]] eventio::Image orientImage(const eventio::Image& image, int orientation);

/// EXIF's orientation in the bytes of a JPEG (APP1) or PNG (eXIf); 1 where they have none that can
/// be read.
[[nodiscard]] int exifOrientation(std::string_view bytes) noexcept;

}  // namespace training
