// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTextBrowser>
#include <QUrl>
#include <functional>

namespace widgets {

/// A text document to read and copy from, as high as its text up to a limit, then with a scroll
/// bar.
///
/// Loads nothing by itself, whatever the document names. A click on a link opens it in the browser,
/// if it is one of http or https.
class TextView : public QTextBrowser {
  Q_OBJECT

 public:
  explicit TextView(QWidget* parent = nullptr);

  /// True for the links that a click opens.
  [[nodiscard]] static bool canOpen(const QUrl& link);
  /// What opens a link; QDesktopServices unless set.
  void setOpener(std::function<void(const QUrl&)> open) { m_open = std::move(open); }

  /// The height that shows all of the text at the width that the view has now.
  [[nodiscard]] int textHeight() const;

 protected:
  /// The wheel scrolls the page until the text was clicked.
  void wheelEvent(QWheelEvent* event) override;
  QVariant loadResource(int type, const QUrl& name) override;

 private:
  std::function<void(const QUrl&)> m_open;
};

}  // namespace widgets
