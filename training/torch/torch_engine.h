// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/control/engine.h"

namespace training {

/// The TrainingEngine on LibTorch. What LibTorch throws comes back as an Error.
class TorchEngine final : public TrainingEngine {
 public:
  [[nodiscard]] EngineInfo info() const override;
  [[nodiscard]] eventio::Result<TrainingOutcome> train(const TrainingConfig& config,
                                                       const LoadedData& data,
                                                       const std::string& runFolder,
                                                       TrainerControl& control,
                                                       TrainingRecorder& recorder) override;
};

}  // namespace training
