// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace widgets {

/// A bar that shows what the user must decide, with a button for each answer. Not modal: the
/// rest of the window stays in use. Hidden until show() is called.
class StatusNotice : public QWidget {
  Q_OBJECT

 public:
  enum class Tone { kInfo, kWarn, kBad };

  explicit StatusNotice(QWidget* parent = nullptr);

  /// The colour of its edge; kBad at first.
  void setTone(Tone tone);

  void setText(const QString& text);
  [[nodiscard]] QString text() const;
  /// Buttons from left to right; the first is the default. Each click emits answered() with its
  /// index.
  void setAnswers(const QStringList& answers);

 signals:
  void answered(int index);

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  Tone m_tone = Tone::kBad;
  QLabel* m_text;
  QHBoxLayout* m_buttons;
};

}  // namespace widgets
