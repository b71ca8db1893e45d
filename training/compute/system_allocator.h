// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace training {

/// Makes the C library keep freed memory for the next tensors instead of giving it back to the
/// system at every step, which costs page faults. Process-wide; does nothing where there is no such
/// setting.
void keepFreedMemory() noexcept;

}  // namespace training
