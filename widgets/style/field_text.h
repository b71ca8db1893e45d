// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace widgets {

/// A number as one types it into a field, up to ten digits: 0.005, 1e-05, 64, 2.5e9. parseNumber()
/// reads it back.
[[nodiscard]] QString fieldText(double value);

}  // namespace widgets
