// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace widgets {

/// Gives a field the red border of a bad value, or takes it away.
void setFieldBad(QWidget* field, bool bad);

/// Colours a label's text: "muted", "faint", "bad", "warn" or "" for the plain text colour.
void setTone(QWidget* label, const char* tone);

}  // namespace widgets
