// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "training/settings/setting.h"

namespace training {

/// One of the values that a setting offers.
struct SettingChoice {
  std::string value;  ///< as the command line takes it
  std::string label;
  std::string help;  ///< one line
};

/// What the catalogues offer for a setting; empty for one whose values are not listed.
[[nodiscard]] std::vector<SettingChoice> settingChoices(const Setting& setting);

/// The label of the choice that the configuration has, or the value where the catalogue lacks it.
[[nodiscard]] std::string choiceLabel(const Setting& setting, const TrainingConfig& config);

/// The layers of the configuration's model; none where it cannot be made.
[[nodiscard]] std::vector<LayerInfo> layersOf(const TrainingConfig& config);

/// The layers that fine-tuning trains unless others are chosen: the last ones of the model.
[[nodiscard]] std::vector<std::string> lastLayers(const TrainingConfig& config);

/// The name that a run of this model gets unless another is chosen.
[[nodiscard]] std::string runNameFor(const std::string& model);

/// checkConfig() with the model's layers, and that every setting with choices has one of them.
/// `devices`: what the engine offers; empty leaves that check out.
[[nodiscard]] std::vector<ConfigProblem> checkSettings(const TrainingConfig& config,
                                                       std::span<const std::string> devices = {});

}  // namespace training
