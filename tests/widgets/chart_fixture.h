// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QTest>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/charts/scalar/scalar_chart.h"

// What the tests of a scalar chart share.

/// A run with `count` points of the tag loss, one a step and a second.
inline std::shared_ptr<eventio::Run> makeRun(eventio::RunStore& store, const std::string& name,
                                             std::size_t count,
                                             const std::function<double(std::size_t)>& value) {
  auto run = store.openRun("/log", name);
  std::vector<eventio::ScalarPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back({static_cast<std::int64_t>(i), 1.7e9 + static_cast<double>(i), value(i)});
  }
  run->appendScalarPoints("loss", points);
  return run;
}

inline void show(widgets::ScalarChart& chart, std::vector<widgets::ScalarChartSeries> series,
                 double smoothing = 0) {
  widgets::ScalarChartOptions options = chart.options();
  options.smoothing = smoothing;
  chart.setOptions(options);
  chart.setSeries(std::move(series));
  chart.resize(640, 320);
  chart.show();
  QVERIFY(QTest::qWaitForWindowExposed(&chart));
  chart.refresh(QDeadlineTimer(2000));
  QCoreApplication::processEvents();
}

inline void redraw(widgets::ScalarChart& chart) {
  chart.refresh(QDeadlineTimer(2000));
  QCoreApplication::processEvents();
}
