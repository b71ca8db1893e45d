// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSlider>
#include <cstdint>
#include <vector>

#include "widgets/charts/axis_scale.h"

namespace widgets {

/// A slider over a list of steps whose handle stands where its step stands on the axis of a plot
/// above it. The slider's value is an index; a click on the track goes to the step that is nearest
/// to it.
class StepTrack : public QSlider {
  Q_OBJECT

 public:
  explicit StepTrack(QWidget* parent = nullptr);

  void setSteps(std::vector<std::int64_t> steps);
  /// The axis: from `left` to `right`, in pixels of this widget, and the steps at its ends.
  void setAxis(int left, int right, const AxisRange& steps);
  [[nodiscard]] int left() const { return m_left; }
  [[nodiscard]] int right() const { return m_right; }
  /// Where the handle of an index has its middle.
  [[nodiscard]] double xOf(int index) const;
  /// The index whose step is nearest to a place.
  [[nodiscard]] int indexAt(double x) const;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

 private:
  std::vector<std::int64_t> m_steps;
  int m_left = 0, m_right = 1;
  AxisRange m_axis;
};

}  // namespace widgets
