// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <thread>

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h>
#endif

namespace training {

/// Turns of waiting before a thread yields: some ten microseconds.
inline constexpr int kSpins = 2000;

/// One turn of waiting that leaves the core's resources to its other thread.
inline void relax() noexcept {
#if defined(__x86_64__) || defined(__i386__)
  _mm_pause();
#endif
}

/// Returns once `done` holds.
template <class Done>
void spinThenYield(const Done& done) {
  for (int i = 0; i < kSpins; ++i) {
    if (done()) return;
    relax();
  }
  while (!done()) std::this_thread::yield();
}

}  // namespace training
