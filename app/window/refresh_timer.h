// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace app {

/// A timer at the display's refresh rate whose interval grows where the work it starts takes long.
///
/// Measures from timeout() until the event loop has dealt with what came of it (painting included),
/// and waits long enough for that work to stay under a share of the time: small while a run trains,
/// so that redrawing does not take the processor away from it, large otherwise.
class RefreshTimer : public QObject {
  Q_OBJECT

 public:
  static constexpr int kShortestMilliseconds = 16;
  static constexpr int kLongestMilliseconds = 500;

  explicit RefreshTimer(QObject* parent = nullptr);

  void start();
  void setTraining(bool training) { m_training = training; }

  /// The interval after work that took `busyMilliseconds`.
  [[nodiscard]] static int intervalFor(double busyMilliseconds, bool training);

 signals:
  void timeout();

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
