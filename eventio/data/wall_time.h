// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

namespace eventio {

/// The first wall time, in seconds since 1970, that is taken for a date (in 1973): less is counted
/// from the start of a run, or wrong.
inline constexpr double kFirstDate = 1e8;

}  // namespace eventio
