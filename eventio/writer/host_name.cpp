// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/writer/host_name.h"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace eventio {

std::string hostNameInFiles() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string host(name.data());
  std::replace(host.begin(), host.end(), '/', '_');
  return host;
}

}  // namespace eventio
