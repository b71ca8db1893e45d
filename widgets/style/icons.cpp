// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/icons.h"

#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

#include "widgets/style/style_sheet.h"

namespace widgets {

QPixmap iconPixmap(const QString& name, const QColor& color, int size, double devicePixelRatio) {
  loadResources();
  QFile file(QStringLiteral(":/traindeck/icons/%1.svg").arg(name));
  if (!file.open(QIODevice::ReadOnly)) return {};
  QByteArray svg = file.readAll();
  svg.replace("currentColor", color.name().toLatin1());
  QSvgRenderer renderer(svg);
  const int pixels = qRound(size * devicePixelRatio);
  QPixmap pixmap(pixels, pixels);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  renderer.render(&painter);
  painter.end();
  pixmap.setDevicePixelRatio(devicePixelRatio);
  return pixmap;
}

QIcon icon(const QString& name, const QColor& color, const QColor& disabled, int size) {
  QIcon result;
  for (const double ratio : {1.0, 2.0}) {
    result.addPixmap(iconPixmap(name, color, size, ratio), QIcon::Normal);
    result.addPixmap(iconPixmap(name, disabled, size, ratio), QIcon::Disabled);
  }
  return result;
}

QIcon programIcon() {
  QIcon result;
  for (const int size : {16, 24, 32, 48, 64, 128, 256}) {
    result.addPixmap(iconPixmap(QStringLiteral("traindeck"), Qt::black, size));
  }
  return result;
}

}  // namespace widgets
