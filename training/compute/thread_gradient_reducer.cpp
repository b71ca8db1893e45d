// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/thread_gradient_reducer.h"

#include <algorithm>

#include "training/compute/thread_team.h"

namespace training {

bool ThreadGradientReducer::sumGradients(ThreadTeam& team, std::span<float* const> gradients,
                                         std::span<const Part> ranges, const Check& check) {
  float* const total = gradients.front();
  m_usable.assign(static_cast<std::size_t>(team.size()), 0);
  team.run([&](int member) {
    bool usable = true;
    eachShare(ranges, member, team.size(), [&](const Part& part) {
      usable = training::sumGradients(gradients, total, part) && usable;
      usable = usable && check(part);
    });
    m_usable[static_cast<std::size_t>(member)] = usable ? 1 : 0;
  });
  return std::find(m_usable.begin(), m_usable.end(), 0) == m_usable.end();
}

}  // namespace training
