// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "eventio/data/run_store.h"

namespace eventio {

/// Notes for `run` where its histograms stand in the file that a writer of this process fills:
/// `records` are whole records, now at `offset` of `file` (an absolute path). For
/// SummaryWriterOptions::onWritten; a histogram is appended to the run before it is given to the
/// writer, so that it is there by then.
void noteWrittenHistograms(Run& run, const std::string& file, std::uint64_t offset,
                           std::string_view records);

}  // namespace eventio
