// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scalar_tag_drag.h"

#include <QMimeData>

#include "widgets/chart_groups.h"

namespace widgets {

QString scalarTagsMimeType() {
  return QStringLiteral("application/x-traindeck-scalar-tags");
}

QMimeData* scalarTagsMime(const QStringList& tags) {
  auto* mime = new QMimeData;
  mime->setData(scalarTagsMimeType(), cardKey(tags).toUtf8());
  return mime;
}

QStringList scalarTagsIn(const QMimeData* mime) {
  if (!mime->hasFormat(scalarTagsMimeType())) return {};
  return cardTags(QString::fromUtf8(mime->data(scalarTagsMimeType())));
}

}  // namespace widgets
