// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractButton>

namespace widgets {

/// Names what is wrong with a form, in as many lines as it takes; a click asks for the field.
/// Hidden while nothing is wrong.
class FormProblemLine : public QAbstractButton {
  Q_OBJECT

 public:
  explicit FormProblemLine(QWidget* parent = nullptr);

  void setProblem(const QString& problem);

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;
  [[nodiscard]] bool hasHeightForWidth() const override { return true; }
  [[nodiscard]] int heightForWidth(int width) const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
};

}  // namespace widgets
