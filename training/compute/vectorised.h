// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// One build runs on every x86-64 and still uses AVX2 and FMA where they are; the loader chooses.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TRAINDECK_VECTORISED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define TRAINDECK_VECTORISED
#endif
