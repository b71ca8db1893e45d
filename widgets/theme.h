// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>

class QApplication;

namespace widgets {

/// The colours of the window in one of its two themes.
struct Theme {
  bool dark = false;
  QColor window, panel, line;
  QColor grid, band;
  QColor text, muted, faint;
  QColor accent, selection;
  QColor good, warn, bad;
};

enum class ThemeMode { kSystem, kLight, kDark };

/// The theme in force. UI thread.
[[nodiscard]] const Theme& theme();

/// Sets palette, font and style sheet of the whole program and makes theme() follow. With kSystem
/// the system's palette decides and is followed when it changes. Widgets learn of a change by their
/// changeEvent(QEvent::PaletteChange).
void applyTheme(QApplication& application, ThemeMode mode);
[[nodiscard]] ThemeMode themeMode();

/// Colour of the n-th run in the theme in force; eight colours that colour-blind eyes tell apart,
/// then round again.
[[nodiscard]] QColor runColor(int index);

/// The program's font in one of its sizes, given in pixels at the default scale (13 text, 12 dense
/// panels, 11 axes and hints) and scaled with the user's font.
[[nodiscard]] QFont themeFont(double pixels, QFont::Weight weight = QFont::Normal);
/// A length of the drawings (in pixels at the default scale) scaled with the user's font.
[[nodiscard]] int scaled(double pixels);

}  // namespace widgets
