// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "training/data/data_source.h"
#include "training/settings/config.h"

/// Checks a configuration against a description by probeData(), before the data are loaded.
namespace training {

/// Why the configuration's task cannot be trained on these data, as a sentence that names them;
/// empty where it can, and where names and headers do not say.
[[nodiscard]] eventio::Message taskProblem(const TrainingConfig& config,
                                           const DataDescription& data);

/// Likewise why the configuration's model does not take their samples, or cannot be made at all.
[[nodiscard]] eventio::Message modelProblem(const TrainingConfig& config,
                                            const DataDescription& data);

/// Why the configuration's epochs cannot be judged on a set of these data; empty where they can.
[[nodiscard]] eventio::Message validationProblem(const TrainingConfig& config,
                                                 const DataDescription& data);

/// Why an epoch over these data would have no batch; empty where it has one, or sizes are not
/// known.
[[nodiscard]] eventio::Message batchProblem(const TrainingConfig& config,
                                            const DataDescription& data);

/// The layers of the configuration's model for these data. `parameters` is 0 where it depends on
/// what names and headers do not say; none where the model cannot be made of any data.
[[nodiscard]] std::vector<LayerInfo> layersFor(const TrainingConfig& config,
                                               const DataDescription& data);

}  // namespace training
