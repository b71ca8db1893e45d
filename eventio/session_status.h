// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace eventio {

/// How a session of hyper-parameters ended. The numbers are the format's.
enum class SessionStatus {
  kUnknown = 0,
  kSuccess = 1,
  kFailure = 2,
  kRunning = 3,  ///< it has not ended: nothing is written, another writer may go on with it
};

}  // namespace eventio
