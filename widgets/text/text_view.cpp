// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_view.h"

#include <QDesktopServices>
#include <QImage>
#include <QScrollBar>
#include <QWheelEvent>
#include <cmath>

#include "widgets/style/theme.h"

namespace widgets {

TextView::TextView(QWidget* parent)
    : QTextBrowser(parent), m_open([](const QUrl& link) { QDesktopServices::openUrl(link); }) {
  setOpenLinks(false);
  setOpenExternalLinks(false);
  setUndoRedoEnabled(false);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);  // not by the wheel
  setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  document()->setDocumentMargin(scaled(2));
  connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
    if (canOpen(link)) m_open(link);
  });
  connect(this, &QTextBrowser::highlighted, this,
          [this](const QUrl& link) { viewport()->setToolTip(link.toDisplayString()); });
}

bool TextView::canOpen(const QUrl& link) {
  return link.isValid() && !link.host().isEmpty() &&
         (link.scheme() == QLatin1String("http") || link.scheme() == QLatin1String("https"));
}

void TextView::wheelEvent(QWheelEvent* event) {
  if (hasFocus()) {
    QTextBrowser::wheelEvent(event);
  } else {
    event->ignore();
  }
}

int TextView::textHeight() const {
  int height = static_cast<int>(std::ceil(document()->size().height())) + 2 * frameWidth();
  if (document()->idealWidth() > viewport()->width()) {
    height += horizontalScrollBar()->sizeHint().height();
  }
  return height;
}

QVariant TextView::loadResource(int /*type*/, const QUrl& /*name*/) {
  // Not an empty one, for which Qt would look on the disk.
  return QImage(1, 1, QImage::Format_ARGB32_Premultiplied);
}

}  // namespace widgets
