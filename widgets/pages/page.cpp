// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/pages/page.h"

namespace widgets {

bool Page::shows(const eventio::TagInfo& /*tag*/) const {
  return false;
}

void Page::reveal(const QString& /*tag*/) {}

void Page::forgetView() {}

}  // namespace widgets
