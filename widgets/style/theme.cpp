// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/theme.h"

#include <QApplication>
#include <QEvent>
#include <QFontDatabase>
#include <QFontInfo>
#include <QPalette>
#include <QStyleFactory>
#include <array>
#include <cmath>

#include "widgets/style/style_sheet.h"
#include "widgets/style/style_system_scheme.h"

namespace widgets {
namespace {

constexpr double kTextPixels = 13;
/// Fonts of 9 to 11 points are what desktops start with: the drawings' measures hold for them.
constexpr double kSmallestDefaultPixels = 12;
constexpr double kMaxDefaultPixels = 14.67;

const Theme& lightTheme() {
  static const Theme kLight{.dark = false,
                            .window = 0xf5f6f8,
                            .panel = 0xffffff,
                            .line = 0xdfe3e8,
                            .grid = 0xedf0f4,
                            .band = 0xf4f6f9,
                            .text = 0x1c2330,
                            .muted = 0x667085,
                            .faint = 0x98a2b3,
                            .accent = 0x1f6feb,
                            .selection = 0xe7f0fe,
                            .good = 0x0f8a5f,
                            .warn = 0xb25e02,
                            .bad = 0xc4314b};
  return kLight;
}

const Theme& darkTheme() {
  static const Theme kDark{.dark = true,
                           .window = 0x14171c,
                           .panel = 0x1b1f26,
                           .line = 0x2b313b,
                           .grid = 0x262c35,
                           .band = 0x1f242c,
                           .text = 0xe6e9ef,
                           .muted = 0x98a2b3,
                           .faint = 0x6b7585,
                           .accent = 0x4c8dff,
                           .selection = 0x1d2b45,
                           .good = 0x3ecf8e,
                           .warn = 0xf0a04b,
                           .bad = 0xf0677d};
  return kDark;
}

struct State {
  ThemeMode mode = ThemeMode::kSystem;
  const Theme* theme = &lightTheme();
  double scale = 1;
  QString family;                  // empty: the system's
  SystemScheme* scheme = nullptr;  // owned by the application
  bool prepared = false;
  bool applying = false;
};

State& state() {
  static State s;
  return s;
}

double scaleOf(const QFont& font) {
  const double pixels = QFontInfo(font).pixelSize();
  if (pixels < kSmallestDefaultPixels) return std::max(0.75, pixels / kSmallestDefaultPixels);
  if (pixels > kMaxDefaultPixels) return std::min(3.0, pixels / kMaxDefaultPixels);
  return 1;
}

/// The palette that the desktop asks for, without the one that this program set.
QPalette systemPalette() {
  const QPalette ours = QApplication::palette();
  QApplication::setPalette(QPalette());
  QPalette theirs = QApplication::palette();
  QApplication::setPalette(ours);
  return theirs;
}

/// The desktop's word where it gives one, else its palette: the text is lighter than the ground.
bool systemIsDark() {
  const SystemScheme* scheme = state().scheme;
  if (scheme && scheme->dark()) return *scheme->dark();
  const QPalette palette = systemPalette();
  return palette.color(QPalette::Window).lightness() <
         palette.color(QPalette::WindowText).lightness();
}

QPalette paletteOf(const Theme& t) {
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.panel);
  p.setColor(QPalette::AlternateBase, t.band);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::PlaceholderText, t.faint);
  p.setColor(QPalette::Button, t.panel);
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::BrightText, t.bad);
  p.setColor(QPalette::ToolTipBase, t.panel);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::Highlight, t.accent);
  p.setColor(QPalette::HighlightedText, Qt::white);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::LinkVisited, t.accent);
  p.setColor(QPalette::Light, t.panel);
  p.setColor(QPalette::Midlight, t.grid);
  p.setColor(QPalette::Mid, t.line);
  p.setColor(QPalette::Dark, t.faint);
  p.setColor(QPalette::Shadow, t.dark ? QColor(Qt::black) : t.faint);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
    p.setColor(QPalette::Disabled, role, t.faint);
  }
  p.setColor(QPalette::Disabled, QPalette::Highlight, t.line);
  return p;
}

/// Notices that the desktop changed its colours.
class SystemFollower : public QObject {
 public:
  explicit SystemFollower(QApplication& application)
      : QObject(&application), m_application(application) {
    application.installEventFilter(this);
    state().scheme = new SystemScheme(&application);
    connect(state().scheme, &SystemScheme::changed, this, &SystemFollower::follow);
    connect(&application, &QObject::destroyed, this, [] { state() = State(); });
  }

  bool eventFilter(QObject* watched, QEvent* event) override {
    const bool paletteChanged =
        watched == &m_application && event->type() == QEvent::ApplicationPaletteChange;
    if ((paletteChanged || event->type() == QEvent::ThemeChange) && !state().applying &&
        state().mode == ThemeMode::kSystem) {
      QMetaObject::invokeMethod(
          this, [this] { follow(); }, Qt::QueuedConnection);
    }
    return false;
  }

 private:
  void follow() {
    if (state().mode != ThemeMode::kSystem || state().applying) return;
    state().applying = true;
    const bool dark = systemIsDark();
    state().applying = false;
    if (dark != state().theme->dark) applyTheme(m_application, ThemeMode::kSystem);
  }

  QApplication& m_application;
};

int wrapped(int index, int count) {
  return ((index % count) + count) % count;
}

void prepare(QApplication& application) {
  State& s = state();
  if (s.prepared) return;
  s.prepared = true;
  s.scale = scaleOf(QApplication::font());
  if (QFontDatabase::hasFamily(QStringLiteral("Inter"))) s.family = QStringLiteral("Inter");
  QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
  new SystemFollower(application);
}

}  // namespace

const Theme& theme() {
  return *state().theme;
}

ThemeMode themeMode() {
  return state().mode;
}

void applyTheme(QApplication& application, ThemeMode mode) {
  State& s = state();
  s.applying = true;
  prepare(application);
  s.mode = mode;
  const bool dark = mode == ThemeMode::kDark || (mode == ThemeMode::kSystem && systemIsDark());
  s.theme = dark ? &darkTheme() : &lightTheme();
  QApplication::setPalette(paletteOf(*s.theme));
  QApplication::setFont(themeFont(kTextPixels));
  application.setStyleSheet(styleSheetFor(*s.theme));
  s.applying = false;
}

QColor runColor(int index) {
  // All differ for normal, red-blind and green-blind eyes, the first eight most.
  static constexpr std::array<QRgb, kRunColors> kLight{
      0xff0072b2, 0xffd55e00, 0xff009e73, 0xff765318, 0xff702670, 0xffc177a0,
      0xff3aa0d8, 0xff5f6b7a, 0xff1f2fa8, 0xff403b29, 0xff00605a, 0xff2200ff,
      0xff388c7b, 0xffa3195b, 0xff6d78ff, 0xffd63a4a};
  static constexpr std::array<QRgb, kRunColors> kDark{
      0xff56a8e8, 0xffda814e, 0xff3ecf9a, 0xffe5b93c, 0xff8969cd, 0xffcb7795,
      0xff7cc7f2, 0xffa7b0bf, 0xff4a63ff, 0xffc8503c, 0xff1d7f9c, 0xfff4f08a,
      0xff9a35d0, 0xffc23a86, 0xffe6e9ef, 0xff9a8a20};
  const auto& colors = theme().dark ? kDark : kLight;
  return QColor(colors[static_cast<std::size_t>(wrapped(index, kRunColors))]);
}

const std::vector<double>& runDashes(int index) {
  static const std::array<std::vector<double>, kRunStyles / kRunColors> kPatterns{
      std::vector<double>{}, {9, 6}, {1, 5}, {9, 5, 1, 5}};
  return kPatterns[static_cast<std::size_t>(wrapped(index, kRunStyles) / kRunColors)];
}

QFont themeFont(double pixels, QFont::Weight weight) {
  QFont font = QApplication::font();
  if (!state().family.isEmpty()) font.setFamily(state().family);
  font.setPixelSize(std::max(1, static_cast<int>(std::lround(pixels * state().scale))));
  font.setWeight(weight);
  font.setHintingPreference(QFont::PreferNoHinting);
  return font;
}

int scaled(double pixels) {
  return static_cast<int>(std::lround(pixels * state().scale));
}

}  // namespace widgets
