// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/scalar_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <limits>

#include "eventio/data/run_store.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/theme.h"

namespace {

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be opened");
}

eventio::ScalarSeries makeSeries() {
  eventio::ScalarSeries series;
  series.append(0, 1700000000.25, 0.1);
  series.append(-3, 1700000001, std::numeric_limits<double>::quiet_NaN());
  series.append(10, 1700000002, -std::numeric_limits<double>::infinity());
  return series;
}

}  // namespace

class ScalarExportTest : public QObject {
  Q_OBJECT

 private slots:
  void csv() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.csv");
    QCOMPARE(widgets::saveScalarsCsv(path, makeSeries().view()), QString());
    QCOMPARE(contentOf(path), QByteArray("Wall time,Step,Value\n"
                                         "1700000000.25,0,0.1\n"
                                         "1700000001,-3,NaN\n"
                                         "1700000002,10,-Infinity\n"));
  }

  void json() {
    QTemporaryDir folder;
    const QString path = folder.filePath("a.json");
    QCOMPARE(widgets::saveScalarsJson(
                 path, {{"run \"1\"", "loss", makeSeries().view()}, {"b", "acc", {}}}),
             QString());
    const QJsonArray all = QJsonDocument::fromJson(contentOf(path)).array();
    QCOMPARE(all.size(), 2);
    const QJsonObject first = all[0].toObject();
    QCOMPARE(first["run"].toString(), QStringLiteral("run \"1\""));
    QCOMPARE(first["tag"].toString(), QStringLiteral("loss"));
    const QJsonArray points = first["points"].toArray();
    QCOMPARE(points.size(), 3);
    QCOMPARE(points[0].toArray(), QJsonArray({1700000000.25, 0, 0.1}));
    QCOMPARE(points[1].toArray()[2].toString(), QStringLiteral("NaN"));
    QCOMPARE(points[2].toArray()[2].toString(), QStringLiteral("-Infinity"));
    QCOMPARE(all[1].toObject()["points"].toArray().size(), 0);
  }

  void largeSeriesIsWrittenWhole() {
    eventio::ScalarSeries series;
    for (int i = 0; i < 20000; ++i) series.append(i, i, i);
    QTemporaryDir folder;
    QCOMPARE(widgets::saveScalarsCsv(folder.filePath("a.csv"), series.view()), QString());
    const QByteArray content = contentOf(folder.filePath("a.csv"));
    QCOMPARE(content.count('\n'), 20001);
    QVERIFY(content.endsWith("19999,19999,19999\n"));
  }

  void failureNamesTheFileAndLeavesTheOldOne() {
    const QString nowhere = QStringLiteral("/nonexistent-folder/a.csv");
    const QString message = widgets::saveScalarsCsv(nowhere, makeSeries().view());
    QVERIFY(message.contains(nowhere));

    QTemporaryDir folder;
    const QString path = folder.filePath("a.txt");
    QCOMPARE(widgets::saveFile(path, [](QIODevice& device) { return device.write("old") == 3; }),
             QString());
    QVERIFY(!widgets::saveFile(path, [](QIODevice& device) {
               device.write("half of the new");
               return false;
             }).isEmpty());
    QCOMPARE(contentOf(path), QByteArray("old"));
  }

  void pictures() {
    widgets::applyTheme(*qApp, widgets::ThemeMode::kLight);
    eventio::RunStore store;
    auto run = store.openRun("/log", "a");
    for (int i = 0; i < 5000; ++i) run->appendScalar("loss", i, i, i % 100);
    widgets::ScalarChart chart;
    chart.setTitle("The loss");
    chart.setSeries({{run, "loss", "the run", 2}});
    chart.resize(500, 300);
    chart.show();
    QVERIFY(QTest::qWaitForWindowExposed(&chart));
    chart.refresh(QDeadlineTimer(1000));
    QCoreApplication::processEvents();
    QTemporaryDir folder;
    const QImage before = chart.grab().toImage();

    QCOMPARE(chart.savePicture(folder.filePath("a.png")), QString());
    const QImage image(folder.filePath("a.png"));
    QVERIFY(image.width() >= 900);
    // The legend's swatch stands in the run's colour above the axes, in room of its own.
    QVERIFY(image.height() > 2 * 300 - 16);
    int swatch = 0;
    for (int y = 0; y < 100; ++y) {
      for (int x = 0; x < 100; ++x) swatch += image.pixelColor(x, y) == widgets::runColor(2);
    }
    QVERIFY(swatch >= 15 * 15);
    int colored = 0;
    for (int y = 0; y < image.height(); y += 2) {
      for (int x = 0; x < image.width(); x += 2)
        colored += image.pixelColor(x, y).saturation() > 100;
    }
    QVERIFY(colored > 500);

    QCOMPARE(chart.savePicture(folder.filePath("a.svg")), QString());
    QXmlStreamReader svg(contentOf(folder.filePath("a.svg")));
    int lines = 0;
    QString text;
    while (!svg.atEnd()) {
      if (svg.readNext() == QXmlStreamReader::StartElement)
        lines += svg.name() == QStringLiteral("polyline") || svg.name() == QStringLiteral("path");
      if (svg.tokenType() == QXmlStreamReader::Characters) text += svg.text();
    }
    QVERIFY(!svg.hasError());
    QVERIFY(lines > 3);
    QVERIFY(text.contains("The loss"));
    QVERIFY(text.contains("the run"));

    QCOMPARE(chart.savePicture(folder.filePath("a.pdf")), QString());
    QVERIFY(contentOf(folder.filePath("a.pdf")).startsWith("%PDF"));

    QVERIFY(!chart.savePicture("/nonexistent-folder/a.png").isEmpty());
    QCoreApplication::processEvents();
    QCOMPARE(chart.grab().toImage(), before);  // saving leaves the chart as it was
    QCOMPARE(chart.saveJson(folder.filePath("a.json")), QString());
    QVERIFY(contentOf(folder.filePath("a.json")).contains("\"tag\":\"loss\""));
  }
};

QTEST_MAIN(ScalarExportTest)
#include "scalar_export_test.moc"
