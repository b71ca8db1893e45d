// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "eventio/text/run_notes.h"

namespace eventio {

/// The notes of a run, or of its beginning, that was written before there were notes: made of the
/// texts under traindeck/{changes,checkpoints,alerts,phases}/text_summary older than `firstNote`
/// (null: all), in the order of their wall times. The one place that reads meaning out of wording.
[[nodiscard]] std::vector<RunNote> notesOfEarlierTexts(const Run& run, const TextPoint* firstNote);

}  // namespace eventio
