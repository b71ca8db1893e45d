// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>
#include <optional>
#include <vector>

#include "eventio/data/run_data.h"
#include "widgets/charts/axis_scale.h"

namespace widgets {

class StepTrack;

/// Chooses one of the steps at which histograms exist. It opens at the newest and follows it until
/// it is moved; moved back to the end it follows again.
class HistogramSlider : public QWidget {
  Q_OBJECT

 public:
  explicit HistogramSlider(QWidget* parent = nullptr);

  void setPoints(const std::vector<eventio::HistogramPoint>& points);
  /// The axis that the track lines up with, in this widget's pixels, and the steps at its ends.
  void setAxis(int left, int right, const AxisRange& steps);
  /// Goes to the step nearest to `step`; none: follows the newest. Does not emit stepChosen().
  void showStep(std::optional<std::int64_t> step);
  [[nodiscard]] std::size_t selected() const;
  [[nodiscard]] bool isFollowing() const { return !m_wantedStep; }
  [[nodiscard]] StepTrack* slider() const { return m_track; }

 signals:
  void selectedChanged(std::size_t index);
  /// The user moved it; none: to the end.
  void stepChosen(std::optional<std::int64_t> step);

 private:
  void place();
  void moved(int value);

  StepTrack* m_track;
  std::vector<std::int64_t> m_steps;
  std::optional<std::int64_t> m_wantedStep;
};

}  // namespace widgets
