// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "widgets/charts/scalar/scalar_chart.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QSlider;

namespace widgets {

class FilterField;

/// The row above the scalar cards, two of them where it is narrow: filter, smoothing, axes.
class ScalarsPageBar : public QWidget {
  Q_OBJECT

 public:
  explicit ScalarsPageBar(QWidget* parent = nullptr);

  [[nodiscard]] ScalarChartOptions options() const;
  void setOptions(const ScalarChartOptions& options);
  [[nodiscard]] bool isRangeLinked() const;
  void setRangeLinked(bool linked);
  /// Case-insensitive; the last expression that compiled.
  [[nodiscard]] FilterField& filter() { return *m_filter; }
  [[nodiscard]] const FilterField& filter() const { return *m_filter; }

 signals:
  void optionsChanged();
  void filterChanged();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeRoom();
  [[nodiscard]] std::array<QWidget*, 4> axisControls() const;

  FilterField* m_filter;
  QLabel* m_smoothingLabel;
  QSlider* m_smoothing;
  QDoubleSpinBox* m_smoothingValue;
  QComboBox* m_xAxis;
  QComboBox* m_yScale;
  QCheckBox* m_outliers;
  QCheckBox* m_linked;
  QHBoxLayout* m_row;
  QHBoxLayout* m_secondRow;
};

}  // namespace widgets
