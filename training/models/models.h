// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "eventio/base/result.h"
#include "training/data/data_source.h"
#include "training/models/model.h"
#include "training/settings/model_settings.h"

/// The catalogue of models.
namespace training {

/// One kind of model, which is made to fit the data. A new one is a file with its make function and
/// a line in models.cpp.
struct ModelKind {
  std::string_view name;   ///< as --model takes it: "conv_net"
  std::string_view title;  ///< for people: "ConvNet"
  std::string_view help;   ///< what it is and which data it takes, for help texts
  SampleShape example;     ///< a shape of samples that it takes
  /// Makes the model for samples of this shape and so many outputs. An Error says which shapes it
  /// takes ("samples of 3 x 32 x 32; the ConvNet takes ..."), or what is wrong with the settings.
  eventio::Result<Model> (*make)(const ModelSettings& settings, const SampleShape& input,
                                 std::int64_t outputs);
};

/// All kinds, the reference job's first.
[[nodiscard]] std::span<const ModelKind> modelKinds();
/// Null when there is none of this name.
[[nodiscard]] const ModelKind* findModel(std::string_view name);
/// "conv_net, lenet5, mlp, resnet"
[[nodiscard]] std::string modelNames();

/// ModelKind::make() of the kind that the settings name. An Error for a name that is not in the
/// catalogue, and for a model of more than 2^28 parameters.
[[nodiscard]] eventio::Result<Model> makeModel(const ModelSettings& settings,
                                               const SampleShape& input, std::int64_t outputs);

/// The model for ModelKind::example and 10 outputs. Its layers have the names that they have for
/// every shape.
[[nodiscard]] eventio::Result<Model> exampleModel(const ModelSettings& settings);

/// The model for these data with as many outputs as the task needs (Task::outputs()); an Error
/// names the data's path, what the model takes, what they are, and which models take them.
[[nodiscard]] eventio::Result<Model> modelFor(const ModelSettings& settings,
                                              const DataDescription& data, std::int64_t outputs);

/// Whether modelFor() will work, as far as the description says: what it leaves open is not
/// checked.
[[nodiscard]] eventio::Result<void> checkModelTakes(const ModelSettings& settings,
                                                    const DataDescription& data);

}  // namespace training
