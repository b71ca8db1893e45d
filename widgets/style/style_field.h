// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QWidget;

namespace widgets {

/// Gives a field the red border of a bad value, or takes it away.
void setFieldBad(QWidget* field, bool bad);

/// Gives a field the border of a value that is not applied yet, or takes it away.
void setFieldPending(QWidget* field, bool pending);

/// Colours a label's text: "muted", "faint", "bad", "warn" or "" for the plain text colour.
void setTone(QWidget* label, const char* tone);

}  // namespace widgets
