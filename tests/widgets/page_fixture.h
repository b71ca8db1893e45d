// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QSpontaneKeyEvent>
#include <QTest>
#include <QWheelEvent>
#include <QWidget>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "eventio/data/histogram_builder.h"
#include "eventio/data/run_store.h"
#include "widgets/runs/run_selection.h"

// What the tests of pages with charts share.

inline void addHistogram(eventio::Run& run, const std::string& tag, std::int64_t step) {
  std::vector<float> values;
  for (int i = 0; i < 200; ++i) values.push_back(std::sin(static_cast<float>(i)) * 0.3F);
  run.appendHistogram(
      tag, {step, 0, std::make_shared<eventio::Histogram>(eventio::buildHistogram(values))});
}

inline void addScalars(eventio::Run& run, const std::string& tag, int count) {
  for (int i = 0; i < count; ++i) run.appendScalar(tag, i, 1.7e9 + i, 1.0 / (1 + i));
}

/// One notch over the middle of a widget; up is positive.
inline void turnWheel(QWidget& widget, int notches) {
  const QPointF at = widget.rect().center();
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, notches * 120}, Qt::NoButton,
                    Qt::NoModifier, Qt::NoScrollPhase, false);
  QSpontaneKeyEvent::setSpontaneous(&event);  // only what comes from outside goes on to parents
  qApp->notify(&widget, &event);
}

template <class Page>
void showPage(Page& page) {
  page.resize(900, 700);
  page.show();
  QVERIFY(QTest::qWaitForWindowExposed(&page));
  for (int i = 0; i < 5; ++i) {
    page.refresh();
    QCoreApplication::processEvents();
  }
}

/// Store and selection, as a window has them.
struct Fixture {
  std::shared_ptr<eventio::RunStore> store = std::make_shared<eventio::RunStore>();
  widgets::RunSelection selection{store};

  std::shared_ptr<eventio::Run> open(const std::string& name) {
    return store->openRun("/log", name);
  }
};
