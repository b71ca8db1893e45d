// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QFont>
#include <QString>
#include <QWidget>

class QPainter;

namespace widgets {

/// Width of `text` in `font` when every digit takes the room of the widest one.
[[nodiscard]] double figuresWidth(const QFont& font, const QString& text);

/// Draws one line of text with digits of equal width, so that a figure that changes does not move
/// its neighbours. Uses the painter's font and pen; vertically centred in `rect`.
void drawFigures(QPainter& painter, const QRectF& rect, Qt::Alignment alignment,
                 const QString& text);

/// A label of one line whose digits are of equal width. Its least width is that of the widest text
/// passed to reserve().
class FigureLabel : public QWidget {
  Q_OBJECT

 public:
  enum class Tone { kText, kMuted, kFaint, kGood, kWarn, kBad };

  explicit FigureLabel(QWidget* parent = nullptr);

  void setText(const QString& text);
  [[nodiscard]] const QString& text() const { return m_text; }
  void setTone(Tone tone);
  /// Size in pixels at the default scale and weight, see themeFont().
  void setTextStyle(double pixels, QFont::Weight weight = QFont::Normal);
  void setAlignment(Qt::Alignment alignment);
  /// Room for this text is kept at all times.
  void reserve(const QString& widest);
  /// With this on, text that is too long is shortened in its middle and shown whole in the tooltip.
  void setElided(bool elided);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] QFont textFont() const;

  QString m_text;
  QString m_widest;
  Tone m_tone = Tone::kText;
  double m_pixels = 13;
  QFont::Weight m_weight = QFont::Normal;
  Qt::Alignment m_alignment = Qt::AlignLeft;
  bool m_elided = false;
};

}  // namespace widgets
