// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "training/compute/batch_math.h"
#include "training/settings/hyper_parameters.h"
#include "training/settings/optimiser_settings.h"

namespace training {

/// The flat buffers of one model that an update works on, all laid out alike.
struct UpdateBuffers {
  float* parameters = nullptr;
  std::span<float* const> state;  ///< one for each of Optimiser::bufferNames()
  const float* gradients = nullptr;
};

/// One way to update parameters from their gradients, with the formulas of `torch.optim`.
///
/// Has no state of its own: it lies in buffers (optimiser_state.h), so several threads may update
/// different parts of one model at once. A part's result does not depend on how the model is
/// divided into parts.
class Optimiser {
 public:
  virtual ~Optimiser() = default;

  /// As on the command line and in run.json: "sgd".
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  /// "SGD"
  [[nodiscard]] virtual std::string_view label() const noexcept = 0;
  /// One line for `--help`.
  [[nodiscard]] virtual std::string_view help() const noexcept = 0;
  /// The buffers that it keeps for each parameter, zero at first, under PyTorch's names:
  /// "momentum_buffer". At most kMaxOptimiserBuffers; constant for the program's lifetime.
  [[nodiscard]] virtual std::span<const std::string_view> bufferNames() const noexcept = 0;
  /// The hyper-parameters that it reads and that may change between two steps;
  /// the table of settings has their bounds.
  [[nodiscard]] virtual std::span<const HyperParameter> liveHyperParameters() const noexcept = 0;

  /// Updates the parameters and the state of `part`. `step`: 1 for the first update since the
  /// state was made.
  virtual void update(const UpdateBuffers& buffers, Part part, std::int64_t step,
                      const OptimiserSettings& settings) const noexcept = 0;
  /// False when update() with the same arguments would make a parameter or a value of the state
  /// non-finite. Changes nothing.
  [[nodiscard]] virtual bool staysFinite(const UpdateBuffers& buffers, Part part, std::int64_t step,
                                         const OptimiserSettings& settings) const noexcept = 0;
};

inline constexpr std::size_t kMaxOptimiserBuffers = 4;

}  // namespace training
