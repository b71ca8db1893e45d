// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/scalar_tag_drag.h"

#include <QDataStream>
#include <QIODevice>
#include <QMimeData>

namespace widgets {

QString scalarTagsMimeType() {
  return QStringLiteral("application/x-traindeck-scalar-tags");
}

QMimeData* scalarTagsMime(const QStringList& tags) {
  auto* mime = new QMimeData;
  QByteArray bytes;
  QDataStream stream(&bytes, QIODevice::WriteOnly);
  stream << tags;
  mime->setData(scalarTagsMimeType(), bytes);
  return mime;
}

QStringList scalarTagsIn(const QMimeData* mime) {
  if (!mime->hasFormat(scalarTagsMimeType())) return {};
  QDataStream stream(mime->data(scalarTagsMimeType()));
  QStringList tags;
  stream >> tags;
  return stream.status() == QDataStream::Ok ? tags : QStringList();
}

}  // namespace widgets
