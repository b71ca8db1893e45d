// SPDX-License-Identifier: GPL-3.0-or-later
#include <qcustomplot.h>

#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/charts/curves/scalar_export.h"
#include "widgets/charts/save_dialog.h"
#include "widgets/charts/scalar/chart_decor.h"
#include "widgets/charts/scalar/picture_legend.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/style/display_name.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kPictureScale = 2;

QString runName(const eventio::Run& run) {
  const QString path = QString::fromStdString(run.path());
  return run.name() == "." ? path.section('/', -1, -1, QString::SectionSkipEmpty)
                           : QString::fromStdString(run.name());
}

void report(QWidget* parent, const QString& failure) {
  if (!failure.isEmpty()) QMessageBox::warning(parent, ScalarChart::tr("Save"), failure);
}

bool writeSvg(QCustomPlot& plot, QIODevice& device, const QString& title, QSize size) {
  QSvgGenerator svg;
  svg.setOutputDevice(&device);
  svg.setSize(size);
  svg.setViewBox(QRect(QPoint(), size));
  svg.setTitle(title);
  QCPPainter painter;
  if (!painter.begin(&svg)) return false;
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  plot.toPainter(&painter, size.width(), size.height());
  return painter.end();
}

bool writePdf(QCustomPlot& plot, QIODevice& device, const QString& title, QSize size) {
  constexpr int kDotsPerInch = 96;
  QPdfWriter pdf(&device);
  pdf.setTitle(title);
  pdf.setResolution(kDotsPerInch);
  pdf.setPageMargins(QMarginsF());
  pdf.setPageSize(QPageSize(QSizeF(size) / kDotsPerInch, QPageSize::Inch));
  QCPPainter painter;
  if (!painter.begin(&pdf)) return false;
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  plot.toPainter(&painter, size.width(), size.height());
  return painter.end();
}

/// Curves of one name and colour (a run's training and validation, say) are one entry.
std::vector<PictureLegend::Entry> legendOf(const std::vector<std::unique_ptr<CurveData>>& curves) {
  std::vector<PictureLegend::Entry> entries;
  for (const auto& curve : curves) {
    const ScalarChartSeries& series = curve->series();
    if (curve->view().empty()) continue;
    PictureLegend::Entry entry{displayName(series.label),
                               seriesColor(series.colorIndex, series.shade)};
    const bool known = std::any_of(entries.begin(), entries.end(), [&entry](const auto& other) {
      return other.text == entry.text && other.color == entry.color;
    });
    if (!known) entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace

QString ScalarChart::savePicture(const QString& path) {
  const double cursor = std::exchange(m_overlay->cursor, std::numeric_limits<double>::quiet_NaN());
  QCPTextElement* title = nullptr;
  if (!m_title.isEmpty()) {
    m_plot->plotLayout()->insertRow(0);
    title = new QCPTextElement(m_plot, m_title, themeFont(13, QFont::DemiBold));
    title->setTextColor(theme().text);
    m_plot->plotLayout()->addElement(0, 0, title);
  }
  auto* legend = new PictureLegend(m_plot, legendOf(m_curves), m_plot->width());
  const int rows = m_plot->plotLayout()->rowCount();
  m_plot->plotLayout()->insertRow(rows - 1);
  m_plot->plotLayout()->addElement(rows - 1, 0, legend);
  const QSize size = m_plot->size() + QSize(0, legend->height());
  const QString ending = QFileInfo(path).suffix().toLower();
  QString failure = saveFile(path, [&](QIODevice& device) {
    if (ending == QStringLiteral("svg")) return writeSvg(*m_plot, device, m_title, size);
    if (ending == QStringLiteral("pdf")) return writePdf(*m_plot, device, m_title, size);
    return m_plot->toPixmap(size.width(), size.height(), kPictureScale).save(&device, "PNG");
  });
  m_plot->plotLayout()->remove(legend);
  if (title) m_plot->plotLayout()->remove(title);
  m_plot->plotLayout()->simplify();
  m_overlay->cursor = cursor;
  replot();
  return failure;
}

QMenu* ScalarChart::createMenu(QWidget* parent) {
  auto* menu = new QMenu(parent);
  addMarkAction(menu);
  menu->addAction(tr("Fit"), this, &ScalarChart::fit)->setEnabled(!isFitted());
  menu->addSeparator();
  // One of several values of an option.
  const auto addChoice = [this](QMenu* to, const QString& text, auto ScalarChartOptions::*option,
                                auto value) {
    QAction* action = to->addAction(text, this, [this, option, value] {
      auto options = m_options;
      options.*option = value;
      setOptions(options);
    });
    action->setCheckable(true);
    action->setChecked(m_options.*option == value);
  };
  QMenu* smoothing = menu->addMenu(tr("Smoothing"));
  for (const double weight : {0.0, 0.3, 0.6, 0.9, 0.99, 0.999}) {
    addChoice(smoothing, weight == 0 ? tr("Off") : QString::number(weight),
              &ScalarChartOptions::smoothing, weight);
  }
  QMenu* xAxis = menu->addMenu(tr("X axis"));
  addChoice(xAxis, tr("Step"), &ScalarChartOptions::xAxis, XAxis::kStep);
  addChoice(xAxis, tr("Relative time"), &ScalarChartOptions::xAxis, XAxis::kRelative);
  addChoice(xAxis, tr("Wall time"), &ScalarChartOptions::xAxis, XAxis::kWall);
  xAxis->addSeparator();
  addChoice(xAxis, tr("Linear"), &ScalarChartOptions::xScale, AxisScale::kLinear);
  addChoice(xAxis, tr("Logarithmic"), &ScalarChartOptions::xScale, AxisScale::kLog);
  QMenu* yAxis = menu->addMenu(tr("Value axis"));
  addChoice(yAxis, tr("Linear"), &ScalarChartOptions::yScale, AxisScale::kLinear);
  addChoice(yAxis, tr("Logarithmic"), &ScalarChartOptions::yScale, AxisScale::kLog);
  addChoice(yAxis, tr("Symmetric logarithmic"), &ScalarChartOptions::yScale, AxisScale::kSymLog);
  QAction* outliers = menu->addAction(tr("Ignore outliers"), this, [this](bool on) {
    auto options = m_options;
    options.ignoreOutliers = on;
    setOptions(options);
  });
  outliers->setCheckable(true);
  outliers->setChecked(m_options.ignoreOutliers);
  menu->addSeparator();
  addSaveActions(menu);
  return menu;
}

/// The title, and before it the run where all curves are of one.
QString ScalarChart::offeredName() const {
  QString run;
  for (const auto& curve : m_curves) {
    if (curve->view().empty()) continue;
    const QString name = runName(*curve->series().run);
    if (!run.isEmpty() && name != run) return m_title;
    run = name;
  }
  return run + ' ' + m_title;
}

void ScalarChart::addSaveActions(QMenu* menu) {
  menu->addAction(tr("Save picture…"), this, [this] {
    const QString name = offeredName();
    const auto [path, kind] = askSavePath(this, tr("Save picture"),
                                          {{tr("PNG (*.png)"), QStringLiteral("png"), name},
                                           {tr("SVG (*.svg)"), QStringLiteral("svg"), name},
                                           {tr("PDF (*.pdf)"), QStringLiteral("pdf"), name}});
    if (!path.isEmpty()) report(this, savePicture(path));
  });
  QMenu* csv = menu->addMenu(tr("Save as CSV"));
  for (const auto& curve : m_curves) {
    if (curve->view().empty()) continue;
    const ScalarChartSeries& series = curve->series();
    const QString tag = QString::fromStdString(series.tag);
    QString label = displayName(series.label);
    if (!series.label.contains(tag)) label += QStringLiteral(" · ") + displayName(tag);
    csv->addAction(
        label, this, [this, view = curve->view(), name = runName(*series.run) + ' ' + tag] {
          const auto [path, kind] = askSavePath(this, tr("Save as CSV"),
                                                {{tr("CSV (*.csv)"), QStringLiteral("csv"), name}});
          if (!path.isEmpty()) report(this, saveScalarsCsv(path, view));
        });
  }
  csv->setEnabled(!csv->isEmpty());
  menu->addAction(tr("Save as JSON…"), this,
                  [this] {
                    const auto [path, kind] =
                        askSavePath(this, tr("Save as JSON"),
                                    {{tr("JSON (*.json)"), QStringLiteral("json"), offeredName()}});
                    if (!path.isEmpty()) report(this, saveJson(path));
                  })
      ->setEnabled(!isEmpty());
}

QString ScalarChart::helpText() {
  return tr(
      "Drag to pan, Shift-drag or right-drag to zoom into a box, double-click to fit. Click "
      "the chart for the wheel to zoom it instead of scrolling the page; Ctrl and wheel zoom "
      "the value axis. Help > Keys lists all.");
}

QList<std::pair<QString, QString>> ScalarChart::keys() {
  return {{tr("Tab"), tr("From chart to menu to chart")},
          {tr("Click"), tr("The wheel zooms this chart: a ring shows it")},
          {tr("Esc"), tr("The wheel scrolls the page again")},
          {tr("Wheel, + −"), tr("Zoom")},
          {tr("Ctrl + wheel, Ctrl + −"), tr("Zoom the value axis")},
          {tr("Drag, arrows"), tr("Pan")},
          {tr("Shift-drag, right-drag"), tr("Zoom into a box")},
          {tr("Double click, F, Home"), tr("Fit")},
          {tr("Ctrl+Left, Ctrl+Right"), tr("Values at the point before, after")},
          {tr("Drag a card's title, a tag"), tr("Superimpose it on another card")},
          {tr("Right click, Enter"), tr("Menu: axes, smoothing, saving, pinning")}};
}

QString ScalarChart::saveCsv(const QString& path, std::size_t curve) const {
  return saveScalarsCsv(path, m_curves[curve]->view());
}

QString ScalarChart::saveJson(const QString& path) const {
  std::vector<ScalarExport> series;
  for (const auto& curve : m_curves) {
    if (curve->view().empty()) continue;
    const ScalarChartSeries& shown = curve->series();
    series.push_back(
        {shown.runName.isEmpty() ? shown.label : shown.runName, shown.tag, curve->view()});
  }
  return saveScalarsJson(path, series);
}

void ScalarChart::setMarkAction(std::function<QString(const ChartMark&)> textOf) {
  m_markAction = std::move(textOf);
}

const ChartMark* ScalarChart::markAt(const QPoint& place) const {
  if (!plotArea().contains(place)) return nullptr;
  const QCPAxis* axis = m_plot->xAxis;
  const ChartMark* nearest = nullptr;
  double distance = scaled(6);
  for (const ChartMark& mark : m_overlay->marks) {
    const double position = m_overlay->places.position(mark.step, mark.wallTime);
    if (std::isnan(position)) continue;
    const double away = std::abs(axis->coordToPixel(position) + m_plot->x() - place.x());
    if (away > distance) continue;
    distance = away;
    nearest = &mark;
  }
  return nearest;
}

void ScalarChart::addMarkAction(QMenu* menu) {
  const ChartMark* mark = m_hover ? markAt(*m_hover) : nullptr;
  if (mark == nullptr || !m_markAction || !mark->offersGoingBack) return;
  const QString command = m_markAction(*mark);
  if (command.isEmpty()) return;
  menu->addAction(command, this, [this, mark = *mark] { emit markActionRequested(mark); });
  menu->addSeparator();
}

}  // namespace widgets
