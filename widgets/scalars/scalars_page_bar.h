// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QWidget>
#include <array>

#include "widgets/charts/scalar/scalar_chart.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QSlider;

namespace widgets {

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
  [[nodiscard]] const QRegularExpression& filter() const { return m_filter; }
  [[nodiscard]] QString filterText() const;
  void setFilterText(const QString& text);
  /// Why the filter's text is no expression; empty when it is one.
  [[nodiscard]] QString filterError() const;

 signals:
  void optionsChanged();
  void filterChanged();

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void filterEdited(const QString& text);
  void makeRoom();
  [[nodiscard]] std::array<QWidget*, 4> axisControls() const;

  QLineEdit* m_filterEdit;
  QLabel* m_smoothingLabel;
  QSlider* m_smoothing;
  QDoubleSpinBox* m_smoothingValue;
  QComboBox* m_xAxis;
  QComboBox* m_yScale;
  QCheckBox* m_outliers;
  QCheckBox* m_linked;
  QHBoxLayout* m_row;
  QHBoxLayout* m_secondRow;
  QRegularExpression m_filter;
  QString m_filterError;
};

}  // namespace widgets
