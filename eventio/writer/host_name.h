// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace eventio {

/// The machine's name as a part of file names: no '/', and "localhost" where it has none.
[[nodiscard]] std::string hostNameInFiles();

}  // namespace eventio
