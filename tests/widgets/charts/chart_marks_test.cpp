// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/chart_marks.h"

#include <QFontMetricsF>
#include <QtTest>

using widgets::ChartMark;
using widgets::MarkLabel;
using widgets::PlacedMark;

class ChartMarksTest : public QObject {
  Q_OBJECT

 private slots:
  void everyMarkIsLabelled_data() {
    QTest::addColumn<int>("count");
    QTest::addColumn<double>("spacing");
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("height");
    QTest::addRow("one") << 1 << 0.0 << 600 << 200;
    QTest::addRow("apart") << 4 << 150.0 << 640 << 200;
    QTest::addRow("close") << 6 << 3.0 << 600 << 200;
    QTest::addRow("at one place") << 12 << 0.0 << 600 << 200;
    QTest::addRow("all over") << 300 << 2.0 << 600 << 200;
    QTest::addRow("small chart") << 9 << 20.0 << 180 << 60;
    QTest::addRow("narrower than a label") << 3 << 10.0 << 60 << 60;
  }
  void everyMarkIsLabelled() {
    QFETCH(int, count);
    QFETCH(double, spacing);
    QFETCH(int, width);
    QFETCH(int, height);
    const QRectF area(40, 10, width, height);
    std::vector<ChartMark> marks(static_cast<std::size_t>(count));
    std::vector<PlacedMark> placed;
    for (int i = 0; i < count; ++i) {
      ChartMark& mark = marks[static_cast<std::size_t>(i)];
      mark.label = QStringLiteral("lr 0.%1 -> 0.0%1").arg(i);
      placed.push_back({area.left() + 1 + i * spacing, &mark});
    }
    const auto labels = widgets::placeMarkLabels(area, placed);
    const QFontMetricsF metrics(widgets::markLabelFont());
    int labelled = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      labelled += labels[i].marks;
      QVERIFY(area.contains(labels[i].frame));
      QVERIFY(metrics.horizontalAdvance(labels[i].text) <= labels[i].frame.width());
      if (labels[i].marks > 1)
        QVERIFY(labels[i].text.contains(QString::number(labels[i].marks - 1)));
      for (std::size_t j = 0; j < i; ++j) QVERIFY(!labels[i].frame.intersects(labels[j].frame));
    }
    QCOMPARE(labelled, count);
    if (spacing >= 150) QCOMPARE(labels.size(), placed.size());
  }

  void marksOfSavesDoNotRunTogether() {
    std::vector<double> places;
    for (int i = 400; i >= 0; --i) places.push_back(i * 1.5);
    const auto spaced = widgets::spacedPlaces(places, 10);
    QVERIFY(spaced.size() > 50 && spaced.size() <= 61);
    for (std::size_t i = 1; i < spaced.size(); ++i) QVERIFY(spaced[i] - spaced[i - 1] >= 10);
    QCOMPARE(spaced.front(), 0.0);
    QCOMPARE(widgets::spacedPlaces({30, 10, 20}, 10), (std::vector<double>{10, 20, 30}));
    QVERIFY(widgets::spacedPlaces({}, 10).empty());
  }

  void theGravestSpeaksForItsNeighbours() {
    std::vector<ChartMark> marks{{ChartMark::Kind::kAlert, 0, 0, "loss is not finite"},
                                 {ChartMark::Kind::kChange, 0, 0, "lr 1 -> 0.1"},
                                 {ChartMark::Kind::kChange, 0, 0, "lr 0.1 -> 0.2"},
                                 {ChartMark::Kind::kPhase, 0, 0, "fine-tuning begins"},
                                 {ChartMark::Kind::kCheckpoint, 0, 0, ""}};
    std::vector<PlacedMark> placed;
    for (const ChartMark& mark : marks) placed.push_back({100, &mark});
    const auto labels = widgets::placeMarkLabels(QRectF(0, 0, 300, 50), placed);
    QCOMPARE(labels.size(), std::size_t{1});
    QCOMPARE(labels[0].marks, 4);
    QVERIFY(labels[0].kind == ChartMark::Kind::kAlert);
    QVERIFY(labels[0].text.startsWith("loss is not finite"));
  }

  void noRoomIsHarmless() {
    const ChartMark mark{ChartMark::Kind::kChange, 0, 0, "a"};
    QVERIFY(widgets::placeMarkLabels(QRectF(0, 0, 300, 10), {{5, &mark}}).empty());
    QVERIFY(widgets::placeMarkLabels(QRectF(0, 0, 300, 100), {}).empty());
  }
};

QTEST_MAIN(ChartMarksTest)
#include "chart_marks_test.moc"
