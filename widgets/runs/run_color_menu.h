// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMenu>

namespace widgets {

/// A palette of the run colours and line patterns. UI thread.
class RunColorMenu : public QMenu {
  Q_OBJECT

 public:
  /// `style`: the one that is marked as chosen.
  explicit RunColorMenu(int style, QWidget* parent = nullptr);

 signals:
  /// For runColor() and runDashes().
  void chosen(int style);
};

}  // namespace widgets
