// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <cstdint>
#include <vector>

#include "eventio/run_data.h"

class QLabel;
class QSlider;

namespace widgets {

/// Chooses one of the steps at which histograms exist. It opens at the newest and follows it until
/// it is moved; moved back to the end it follows again.
class HistogramSlider : public QWidget {
  Q_OBJECT

 public:
  explicit HistogramSlider(QWidget* parent = nullptr);

  void setPoints(const std::vector<eventio::HistogramPoint>& points);
  [[nodiscard]] std::size_t selected() const;
  [[nodiscard]] bool isFollowing() const { return m_following; }
  [[nodiscard]] QSlider* slider() const { return m_slider; }
  /// Room kept free at the left, so that the groove stands below a plot.
  void setLeftMargin(int pixels);

 signals:
  void selectedChanged(std::size_t index);

 private:
  void moved(int value);

  QSlider* m_slider;
  QLabel* m_label;
  std::vector<std::int64_t> m_steps;
  bool m_following = true;
};

}  // namespace widgets
