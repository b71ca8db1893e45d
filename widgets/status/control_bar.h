// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>
#include <functional>
#include <optional>
#include <vector>

class QAction;
class QLabel;
class QLineEdit;
class QPushButton;
class QTimer;
class QToolButton;

namespace widgets {

class FigureLabel;
class StatePill;

/// What the bar shows; a value that the window makes anew whenever something changed.
struct ControlBarState {
  enum class Main { kStart, kResume, kPause };
  enum class Tone { kQuiet, kActive, kWarn, kBad };

  Main main = Main::kStart;
  QString mainReason;  ///< why the main button is off; empty: it is on
  bool canStep = false;
  bool canStop = false;
  bool stopsAfterEpoch = false;  ///< the order to stop after this epoch is given

  double learningRate = 0.01;
  bool rateEditable = true;
  /// The rate in force where `learningRate` was asked for and is not applied yet.
  std::optional<double> appliedRate;

  QString word;  ///< the state in a word
  Tone tone = Tone::kQuiet;
  QString epoch, step, speed, left;  ///< ready to show; empty: a dash
  QString summaryTop, summaryBottom;
  double progress = -1;  ///< 0 to 1, negative: none

  friend bool operator==(const ControlBarState&, const ControlBarState&) = default;
};

/// The bar at the window's top: orders to the training, the learning rate, how far it is.
///
/// Knows nothing of training: takes a ControlBarState and emits what the user wants. Its actions
/// carry the keys and can stand in menus as well.
class ControlBar : public QWidget {
  Q_OBJECT

 public:
  enum class Command {
    kMain,
    kStep,
    kStop,
    kStopAfterEpoch,
    kRateTenth,
    kRateHalf,
    kRateDouble,
    kRateTenfold,
    kEditRate
  };

  explicit ControlBar(QWidget* parent = nullptr);
  ~ControlBar() override;

  void setState(const ControlBarState& state);
  [[nodiscard]] const ControlBarState& state() const { return m_state; }

  /// Judges a learning rate that the user typed: empty when it can be used, else the reason.
  void setRateCheck(std::function<QString(double)> check);

  [[nodiscard]] QAction* action(Command command) const { return m_actions.value(command); }

 signals:
  void startRequested();
  void resumeRequested();
  void pauseRequested();
  void stepRequested();
  void stopRequested();
  /// False takes the order back.
  void stopAfterEpochRequested(bool wanted);
  void learningRateRequested(double rate);

 protected:
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  QAction* addAction(Command command, const QString& text, const QString& key);
  void makeActions();
  void makeButtons();
  void makeRate();
  void makeFigures();
  void refreshIcons();
  void showMain();
  void mainTriggered();
  void scaleRate(double factor);
  [[nodiscard]] QString rateProblem() const;
  void checkRate();
  void showPendingRate();
  void showRateReason(const QString& reason);
  void refuseRate(const QString& text, const QString& reason);
  void commitRate();
  void resetRateText();
  void placeRateReason();
  void setRoomy(bool roomy);
  void fitToWidth();

  ControlBarState m_state;
  std::function<QString(double)> m_rateCheck;
  QHash<Command, QAction*> m_actions;
  QPushButton* m_main = nullptr;
  QPushButton* m_step = nullptr;
  QToolButton* m_stop = nullptr;
  QLabel* m_rateCaption = nullptr;
  QLineEdit* m_rate = nullptr;
  QLabel* m_rateReason = nullptr;  // floats below the field, over the window
  QTimer* m_reasonTimer = nullptr;
  QHash<Command, QPushButton*> m_factors;
  StatePill* m_pill = nullptr;
  FigureLabel* m_epoch = nullptr;
  FigureLabel* m_stepFigure = nullptr;
  FigureLabel* m_speed = nullptr;
  FigureLabel* m_left = nullptr;
  FigureLabel* m_summaryTop = nullptr;
  FigureLabel* m_summaryBottom = nullptr;
  /// What is left out, first to last, where the bar is too narrow; called with whether it is shown.
  std::vector<std::function<void(bool)>> m_givesWay;
};

/// A rate as one would type it: 0.005, 1e-05, 1e9.
[[nodiscard]] QString rateText(double rate);

}  // namespace widgets
