// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRgb>

namespace widgets {

/// The viridis colour scale at `share`, clamped to [0, 1].
[[nodiscard]] QRgb viridis(double share) noexcept;

}  // namespace widgets
