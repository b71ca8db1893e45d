// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <string_view>

namespace eventio {

/// Tags that begin so belong to TrainDeck: what happened to a run (eventio/text/run_notes.h).
inline constexpr std::string_view kOwnTagsBeginning = "traindeck/";
/// For programs: JSON, of a plugin that TensorBoard does not show.
inline constexpr std::string_view kRunNotesTag = "traindeck/notes";
inline constexpr std::string_view kRunNotesPlugin = "traindeck";
/// For people: texts, which event files and Run hold with kTextTagEnd behind.
inline constexpr std::string_view kChangesTag = "traindeck/changes";
inline constexpr std::string_view kCheckpointsTag = "traindeck/checkpoints";
inline constexpr std::string_view kAlertsTag = "traindeck/alerts";
inline constexpr std::string_view kPhasesTag = "traindeck/phases";
inline constexpr std::string_view kTextTagEnd = "/text_summary";

}  // namespace eventio
