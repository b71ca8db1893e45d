// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace app {

/// Beats at the display's pace and slower where a beat's work takes long.
///
/// Measures from beat() until the event loop has dealt with what came of it (painting included),
/// and waits long enough for that work to stay under a share of the time: small while a run trains,
/// so that redrawing does not take the processor away from it, large otherwise.
class RefreshPace : public QObject {
  Q_OBJECT

 public:
  static constexpr int kShortestMilliseconds = 16;
  static constexpr int kLongestMilliseconds = 500;

  explicit RefreshPace(QObject* parent = nullptr);

  void start();
  void setTraining(bool training) { m_training = training; }

  /// The wait after work that took `busyMilliseconds`.
  [[nodiscard]] static int intervalFor(double busyMilliseconds, bool training);

 signals:
  void beat();

 protected:
  bool event(QEvent* event) override;

 private:
  void tick();

  QTimer m_timer;
  QElapsedTimer m_busy;
  double m_smoothedBusy = 1;
  bool m_training = false;
};

}  // namespace app
