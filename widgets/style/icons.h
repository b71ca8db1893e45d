// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace widgets {

/// A picture of resources/icons in one colour. `size` in device-independent pixels, already scaled.
/// Null for an unknown name.
[[nodiscard]] QPixmap iconPixmap(const QString& name, const QColor& color, int size,
                                 double devicePixelRatio = 1);

/// The same as an icon with a second colour for when it is disabled.
[[nodiscard]] QIcon icon(const QString& name, const QColor& color, const QColor& disabled,
                         int size = 16);

/// The program's own icon.
[[nodiscard]] QIcon programIcon();

}  // namespace widgets
