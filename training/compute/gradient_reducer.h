// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>

#include "training/compute/batch_math.h"

namespace training {

class ThreadTeam;

/// Sums over all workers that train one model: the threads of this process and, where there is more
/// than one rank, those of other processes. Every rank has a team of the same size, works on its
/// share of each batch and calls the same functions in the same order (a collective call returns
/// when all ranks have made it). All ranks get bit-identical results, so their parameters stay the
/// same without being sent.
///
/// Of one thread at a time. Throws a std::exception when a rank is lost.
class GradientReducer {
 public:
  virtual ~GradientReducer() = default;

  /// Of this process: 0 to worldSize() - 1.
  [[nodiscard]] virtual int rank() const noexcept = 0;
  [[nodiscard]] virtual int worldSize() const noexcept = 0;

  /// Whether the part of the sums may be used; called on any thread of the team.
  using Check = std::function<bool(Part)>;
  /// Collective. `gradients`: a flat buffer for each member of this rank's team. Over `ranges` the
  /// first buffer gets the sum over all workers of all ranks, always added in the same order; the
  /// others keep theirs. `check` is then called with parts that cover the ranges, not for those
  /// whose sums are not finite. True on every rank when all sums of all ranks are finite and all
  /// checks returned true: so either all ranks use the sums or none does.
  [[nodiscard]] virtual bool sumGradients(ThreadTeam& team, std::span<float* const> gradients,
                                          std::span<const Part> ranges, const Check& check) = 0;

  /// Collective. Replaces each value by its sum over the ranks, in the order of their ranks.
  virtual void sum(std::span<double> values) = 0;
};

/// Calls work(part) for this member's share of each range.
template <class Work>
void eachShare(std::span<const Part> ranges, int member, int members, const Work& work) {
  for (const Part& range : ranges) {
    const Part share =
        partOf(range.size, static_cast<std::size_t>(member), static_cast<std::size_t>(members));
    work(Part{range.first + share.first, share.size});
  }
}

}  // namespace training
