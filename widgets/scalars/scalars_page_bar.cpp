// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scalars/scalars_page_bar.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kSliderSteps = 100;
constexpr double kMaxOnSlider = 0.99;
constexpr double kMaxTyped = 0.999;

QLabel* mutedLabel(const QString& text) {
  auto* label = new QLabel(text);
  label->setProperty("tone", "muted");
  return label;
}

}  // namespace

ScalarsPageBar::ScalarsPageBar(QWidget* parent)
    : QWidget(parent),
      m_filter(new FilterField(tr("Filter tags, e.g. loss|acc"), tr("Filter tags"))),
      m_smoothingLabel(mutedLabel(tr("Smoothing"))),
      m_smoothing(new QSlider(Qt::Horizontal)),
      m_smoothingValue(new QDoubleSpinBox),
      m_xAxis(new QComboBox),
      m_yScale(new QComboBox),
      m_outliers(new QCheckBox(tr("Ignore outliers"))),
      m_linked(new QCheckBox(tr("Link x"))),
      m_row(new QHBoxLayout),
      m_secondRow(new QHBoxLayout) {
  m_filter->setMinimumWidth(scaled(88));
  m_smoothing->setRange(0, static_cast<int>(kMaxOnSlider * kSliderSteps));
  m_smoothing->setFixedWidth(scaled(88));
  m_smoothing->setToolTip(tr("Smoothing: weight of what came before"));
  m_smoothing->setAccessibleName(tr("Smoothing"));
  m_smoothingValue->setRange(0, kMaxTyped);
  m_smoothingValue->setDecimals(3);
  m_smoothingValue->setSingleStep(0.05);
  m_smoothingValue->setFixedWidth(scaled(76));
  m_smoothingValue->setAccessibleName(tr("Smoothing"));
  m_smoothingValue->setToolTip(m_smoothing->toolTip());
  m_xAxis->addItems({tr("Step"), tr("Relative"), tr("Wall")});
  m_xAxis->setToolTip(tr("X axis"));
  m_xAxis->setAccessibleName(tr("X axis"));
  m_yScale->addItems({tr("Linear"), tr("Log"), tr("Symlog")});
  m_yScale->setItemData(2, tr("Symmetric logarithmic: for values of both signs"), Qt::ToolTipRole);
  m_yScale->setToolTip(tr("Value axis"));
  m_yScale->setAccessibleName(tr("Value axis"));
  m_outliers->setToolTip(tr("Fit the value axis to the 5th to 95th percentile of what is visible"));
  m_linked->setToolTip(tr("Panning and zooming one chart moves all of them"));

  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
  rows->setSpacing(scaled(6));
  for (QHBoxLayout* row : {m_row, m_secondRow}) {
    row->setSpacing(scaled(8));
    rows->addLayout(row);
  }
  m_row->addWidget(m_filter, 1);
  m_row->addWidget(m_smoothingLabel);
  m_row->addWidget(m_smoothing);
  m_row->addWidget(m_smoothingValue);
  for (QWidget* widget : axisControls()) m_row->addWidget(widget);
  rows->setSizeConstraint(QLayout::SetNoConstraint);  // makeRoom() sees to it
  setOptions({});

  connect(m_filter, &FilterField::filterChanged, this, &ScalarsPageBar::filterChanged);
  connect(m_smoothing, &QSlider::valueChanged, this,
          [this](int value) { m_smoothingValue->setValue(value / kSliderSteps); });
  connect(m_smoothingValue, &QDoubleSpinBox::valueChanged, this, [this](double value) {
    const QSignalBlocker blocker(m_smoothing);
    m_smoothing->setValue(static_cast<int>(std::lround(value * kSliderSteps)));
    emit optionsChanged();
  });
  connect(m_xAxis, &QComboBox::currentIndexChanged, this, &ScalarsPageBar::optionsChanged);
  connect(m_yScale, &QComboBox::currentIndexChanged, this, &ScalarsPageBar::optionsChanged);
  connect(m_outliers, &QCheckBox::toggled, this, &ScalarsPageBar::optionsChanged);
  connect(m_linked, &QCheckBox::toggled, this, &ScalarsPageBar::optionsChanged);
}

void ScalarsPageBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  makeRoom();
}

std::array<QWidget*, 4> ScalarsPageBar::axisControls() const {
  return {m_xAxis, m_yScale, m_outliers, m_linked};
}

/// A narrow bar goes without what the field of the smoothing says as well, a very narrow one puts
/// the axes in a row of their own.
void ScalarsPageBar::makeRoom() {
  const int spacing = m_row->spacing();
  const auto widthOf = [spacing](const QWidget* widget) {
    return std::max(widget->sizeHint().width(), widget->minimumWidth()) + spacing;
  };
  const QMargins margins = layout()->contentsMargins();
  int room = width() - margins.left() - margins.right() - m_filter->minimumWidth() -
             widthOf(m_smoothingValue);
  const auto axesWidth = [&] {
    int sum = 0;
    for (const QWidget* widget : axisControls()) sum += widthOf(widget);
    return sum;
  };
  m_outliers->setText(tr("Ignore outliers"));
  if (room < axesWidth()) m_outliers->setText(tr("No outliers"));
  const bool ownRow = room < axesWidth();
  if (ownRow) {
    m_outliers->setText(tr("Ignore outliers"));
    const int row = width() - margins.left() - margins.right() + spacing;
    if (row < axesWidth()) m_outliers->setText(tr("No outliers"));
  } else {
    room -= axesWidth();
  }
  if (ownRow != (m_secondRow->count() > 0)) {
    for (QWidget* widget : axisControls()) (ownRow ? m_secondRow : m_row)->addWidget(widget);
    if (ownRow) {
      m_secondRow->addStretch(1);
    } else {
      delete m_secondRow->takeAt(0);  // the stretch
    }
    updateGeometry();
  }
  const auto showIfFits = [&room, spacing](QWidget* widget, int width) {
    widget->setVisible(room >= width + spacing);
    if (!widget->isHidden()) room -= width + spacing;
  };
  showIfFits(m_smoothing, m_smoothing->maximumWidth());
  showIfFits(m_smoothingLabel, m_smoothingLabel->sizeHint().width());
}

ScalarChartOptions ScalarsPageBar::options() const {
  ScalarChartOptions options;
  options.smoothing = m_smoothingValue->value();
  options.xAxis = static_cast<XAxis>(std::max(0, m_xAxis->currentIndex()));
  options.yScale = static_cast<AxisScale>(std::max(0, m_yScale->currentIndex()));
  options.ignoreOutliers = m_outliers->isChecked();
  return options;
}

void ScalarsPageBar::setOptions(const ScalarChartOptions& options) {
  {
    const QSignalBlocker a(m_smoothing), b(m_smoothingValue), c(m_xAxis), d(m_yScale),
        e(m_outliers);
    m_smoothing->setValue(static_cast<int>(std::lround(options.smoothing * kSliderSteps)));
    m_smoothingValue->setValue(options.smoothing);
    m_xAxis->setCurrentIndex(static_cast<int>(options.xAxis));
    m_yScale->setCurrentIndex(static_cast<int>(options.yScale));
    m_outliers->setChecked(options.ignoreOutliers);
  }
  emit optionsChanged();
}

bool ScalarsPageBar::isRangeLinked() const {
  return m_linked->isChecked();
}
void ScalarsPageBar::setRangeLinked(bool linked) {
  m_linked->setChecked(linked);
}

}  // namespace widgets
