// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/theme.h"

#include <QApplication>
#include <QPainter>
#include <QPushButton>
#include <QTest>
#include <cmath>
#include <set>
#include <vector>

#include "color_difference.h"
#include "widgets/style/icons.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/style_sheet.h"

namespace {

/// WCAG 2's relative luminance.
double luminance(const QColor& color) {
  const auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
         0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b) {
  const double high = std::max(luminance(a), luminance(b));
  const double low = std::min(luminance(a), luminance(b));
  return (high + 0.05) / (low + 0.05);
}

}  // namespace

class ThemeTest : public QObject {
  Q_OBJECT

 private slots:
  void modesSetTokensAndPalette() {
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
    QCOMPARE(widgets::theme().window, QColor("#f5f6f8"));
    QCOMPARE(QApplication::palette().color(QPalette::WindowText), QColor("#1c2330"));
    widgets::applyTheme(*qApp, widgets::ThemeMode::kDark);
    QCOMPARE(widgets::theme().window, QColor("#14171c"));
    QCOMPARE(QApplication::palette().color(QPalette::WindowText), QColor("#e6e9ef"));
    QCOMPARE(widgets::themeMode(), widgets::ThemeMode::kDark);
  }

  void widgetsLearnOfAChange() {
    struct Listener : QWidget {
      int changes = 0;
      void changeEvent(QEvent* event) override {
        if (event->type() == QEvent::PaletteChange) ++changes;
      }
    };
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
    Listener listener;
    listener.show();
    listener.changes = 0;
    widgets::applyTheme(*qApp, widgets::ThemeMode::kDark);
    QVERIFY(listener.changes > 0);
  }

  void systemModeFollowsThePaletteOfThePlatform() {
    widgets::applyTheme(*qApp, widgets::ThemeMode::kDark);
    widgets::applyTheme(*qApp, widgets::ThemeMode::kSystem);
    // The offscreen platform's palette is a light one.
    QVERIFY(!widgets::theme().dark);
  }

  void runStylesStayApart() {
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
      std::set<std::pair<QRgb, std::vector<double>>> styles;
      std::set<QRgb> colors;
      for (int i = 0; i < widgets::kRunStyles; ++i) {
        styles.emplace(widgets::runColor(i).rgb(), widgets::runDashes(i));
        if (widgets::runDashes(i).empty()) colors.insert(widgets::runColor(i).rgb());
        QVERIFY(contrast(widgets::runColor(i), widgets::theme().panel) > 2.8);
      }
      QCOMPARE(styles.size(), std::size_t{widgets::kRunStyles});
      QCOMPARE(colors.size(), std::size_t{widgets::kRunColors});
      QCOMPARE(widgets::runColor(widgets::kRunStyles), widgets::runColor(0));
    }
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
    QCOMPARE(widgets::runColor(0), QColor("#0072b2"));
  }

  void runColorsStayApartForColorBlindEyes() {
    // Pairs of the standard's own test data (Sharma, Wu, Dalal 2005, table 1).
    QVERIFY(std::abs(color_difference::ciede2000({50, 2.6772, -79.7751}, {50, 0, -82.7485}) -
                     2.0425) < 1e-4);
    QVERIFY(std::abs(color_difference::ciede2000({60.2574, -34.0099, 36.2677},
                                                 {60.4626, -34.1751, 39.4387}) -
                     1.2644) < 1e-4);
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
      for (int i = 0; i < widgets::kRunColors; ++i) {
        for (int j = 0; j < i; ++j) {
          const double apart =
              color_difference::smallest(widgets::runColor(i), widgets::runColor(j));
          QVERIFY2(apart > (i < 8 ? 8 : 4),
                   qPrintable(QString("%1 and %2: %3").arg(i).arg(j).arg(apart)));
        }
      }
    }
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
  }

  void textCanBeReadInBothThemes() {
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
      const widgets::Theme& t = widgets::theme();
      QVERIFY(contrast(t.text, t.panel) > 7);
      QVERIFY(contrast(t.muted, t.panel) > 4.5);
      QVERIFY(contrast(t.bad, t.panel) > 4.5);
    }
  }

  void styleSheetHasNoPlaceLeftOpen() {
    for (const auto mode : {widgets::ThemeMode::kLight, widgets::ThemeMode::kDark}) {
      widgets::applyTheme(*qApp, mode);
      const QString sheet = widgets::styleSheetFor(widgets::theme());
      QVERIFY(sheet.size() > 1000);
      QVERIFY(!sheet.contains(QStringLiteral("$(")));
      QVERIFY(!sheet.contains(QStringLiteral(": ;")));
    }
  }

  void primaryButtonIsPaintedInTheAccent() {
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
    QPushButton button;
    button.setProperty("primary", true);
    button.setFixedSize(80, 32);
    button.setFocusPolicy(Qt::NoFocus);
    const QImage image = button.grab().toImage();
    QCOMPARE(image.pixelColor(image.width() / 2, image.height() / 2), widgets::theme().accent);
  }

  void figuresOfOneLengthTakeOneWidth() {
    const QFont font = widgets::themeFont(13);
    QCOMPARE(widgets::figuresWidth(font, "1111"), widgets::figuresWidth(font, "8888"));
    QVERIFY(widgets::figuresWidth(font, "88888") > widgets::figuresWidth(font, "8888"));
  }

  void iconsAreDrawnInTheColorAskedFor() {
    const QImage image = widgets::iconPixmap("stop", Qt::red, 32).toImage();
    QCOMPARE(image.pixelColor(16, 16), QColor(Qt::red));
    QVERIFY(widgets::iconPixmap("no such icon", Qt::red, 32).isNull());
  }
};

QTEST_MAIN(ThemeTest)
#include "theme_test.moc"
