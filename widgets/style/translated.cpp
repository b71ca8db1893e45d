// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/style/translated.h"

#include <QCoreApplication>

#include "widgets/style/number_text.h"

namespace widgets {
namespace {

std::string shown(const eventio::MessageArgument& argument) {
  if (argument.message() != nullptr) return translated(*argument.message()).toStdString();
  if (!argument.isNumber()) return argument.text();
  return withGroupedNumbers(QString::fromStdString(argument.text())).toStdString();
}

}  // namespace

QString translated(const eventio::Message& message) {
  if (message.empty()) return {};
  const std::string text =
      QCoreApplication::translate("Messages", message.text().c_str()).toStdString();
  std::vector<std::string> values;
  values.reserve(message.arguments().size());
  for (const eventio::MessageArgument& argument : message.arguments()) {
    values.push_back(shown(argument));
  }
  return QString::fromStdString(eventio::fillPlaces(text, values));
}

}  // namespace widgets
