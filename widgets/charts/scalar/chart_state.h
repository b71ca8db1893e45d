// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantMap>

#include "widgets/charts/scalar/scalar_chart.h"

namespace widgets {

/// Chart options as a page stores them, by words, so that saved settings stay readable.
[[nodiscard]] QVariantMap toVariant(const ScalarChartOptions& options);
/// What is missing or makes no sense stays as in `fallback`.
[[nodiscard]] ScalarChartOptions optionsFrom(const QVariantMap& map,
                                             const ScalarChartOptions& fallback = {});

}  // namespace widgets
