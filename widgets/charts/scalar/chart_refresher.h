// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace widgets {

class ScalarChart;

/// Refreshes the charts of a page in turns, so that one tick of the window's timer never asks for
/// more drawing than the window can bear; who was left out is first at the next tick.
class ChartRefresher {
 public:
  void refresh(const std::vector<ScalarChart*>& charts);

 private:
  std::size_t m_next = 0;
};

}  // namespace widgets
