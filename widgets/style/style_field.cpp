// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/style_field.h"

#include <QStyle>
#include <QVariant>
#include <QWidget>

namespace widgets {
namespace {

/// The style sheet looks at dynamic properties only when a widget is polished.
void setStyleProperty(QWidget* widget, const char* name, const QVariant& value) {
  if (widget->property(name) == value) return;
  widget->setProperty(name, value);
  widget->style()->unpolish(widget);
  widget->style()->polish(widget);
}

}  // namespace

void setFieldBad(QWidget* field, bool bad) {
  setStyleProperty(field, "bad", bad);
}

void setFieldPending(QWidget* field, bool pending) {
  setStyleProperty(field, "pending", pending);
}

void setTone(QWidget* label, const char* tone) {
  setStyleProperty(label, "tone", QString::fromLatin1(tone));
}

}  // namespace widgets
