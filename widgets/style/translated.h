// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "eventio/base/message.h"

namespace widgets {

/// A message in the language of the window: its text as the translator has it in the context
/// "Messages", its numbers in the window's style. UI thread.
[[nodiscard]] QString translated(const eventio::Message& message);

}  // namespace widgets
