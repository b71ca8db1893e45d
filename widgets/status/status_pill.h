// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QWidget>

namespace widgets {

/// A state in one word beside a coloured dot, on a rounded ground.
class StatePill : public QWidget {
  Q_OBJECT

 public:
  enum class Tone { kQuiet, kActive, kWarn, kBad };

  explicit StatePill(QWidget* parent = nullptr);

  void setState(const QString& word, Tone tone);
  [[nodiscard]] const QString& word() const { return m_word; }
  /// Keeps room for the longest of these, so that what follows stays in place.
  void reserve(const QStringList& words);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  [[nodiscard]] int widthFor(const QString& word) const;

  QString m_word;
  QStringList m_reserved;
  Tone m_tone = Tone::kQuiet;
};

}  // namespace widgets
