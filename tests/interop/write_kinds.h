// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "eventio/writer/summary_writer.h"

/// Writes a value of every kind but plain scalars and histograms, from formulas that
/// tensorboard_shows_our_kinds.py knows, too. False, with a sentence on stderr, where a call fails.
bool writeKinds(eventio::SummaryWriter& writer);
