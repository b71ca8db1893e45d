// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <vector>

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

/// A run's style is an index below kRunStyles: one of kRunColors colours, for the first round drawn
/// solid, then in one of the dash patterns. Larger and negative indices go round.
constexpr int kRunColors = 16;
constexpr int kRunStyles = 4 * kRunColors;

/// Colour of the n-th run style in the theme in force; the first eight first, see kRunColors.
[[nodiscard]] QColor runColor(int index);
/// Lengths of dashes and gaps in turns, in pixels, of a line of the n-th run style; empty: solid.
[[nodiscard]] const std::vector<double>& runDashes(int index);

/// The program's font in one of its sizes, given in pixels at the default scale (13 text, 12 dense
/// panels, 11 axes and hints) and scaled with the user's font.
[[nodiscard]] QFont themeFont(double pixels, QFont::Weight weight = QFont::Normal);
/// A length of the drawings (in pixels at the default scale) scaled with the user's font.
[[nodiscard]] int scaled(double pixels);

}  // namespace widgets
