// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QMimeData;

namespace widgets {

/// Scalar tags on their way from a card or the list of tags to another card. The caller owns it.
[[nodiscard]] QMimeData* scalarTagsMime(const QStringList& tags);
/// The tags that are dragged; empty where something else is.
[[nodiscard]] QStringList scalarTagsIn(const QMimeData* mime);
/// For a list's model.
[[nodiscard]] QString scalarTagsMimeType();

}  // namespace widgets
