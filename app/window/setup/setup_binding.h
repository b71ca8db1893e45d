// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMap>
#include <QVariantMap>
#include <optional>
#include <vector>

#include "training/control/control.h"
#include "training/data/data_set.h"
#include "training/settings/config.h"
#include "widgets/forms/form_field.h"

/// Between the set-up panel, which knows fields and no training, and TrainingConfig. A field's key
/// is the name of the member of TrainingConfig that it stands for.
namespace app {

/// The fields with the reference job as their defaults.
[[nodiscard]] QList<widgets::FormSection> setupSections();

/// Values of the form for a configuration.
[[nodiscard]] QVariantMap toForm(const training::TrainingConfig& config);

/// The configuration that the form stands for. Fields without a usable value keep their default:
/// setupProblems() names them.
[[nodiscard]] training::TrainingConfig toConfig(const QVariantMap& values);

/// What is wrong, by field. `devices` as the engine offers them, empty while unknown.
[[nodiscard]] QMap<QString, QString> setupProblems(const QVariantMap& values,
                                                   const std::vector<std::string>& devices);

/// The layers that fine-tuning trains unless others are chosen.
[[nodiscard]] QStringList lastLayers(const QVariantMap& values);

/// The fields that mean nothing beside the other values, such as Adam's where SGD is chosen.
[[nodiscard]] QStringList fieldsWithoutMeaning(const QVariantMap& values);

/// Why this learning rate cannot be used; empty when it can.
[[nodiscard]] QString rateProblem(double rate);

/// The live hyper-parameter that a field sets; none for a field that needs a restart.
[[nodiscard]] std::optional<training::HyperParameter> liveParameter(const QString& key);
/// "Learning rate", at the beginning of a sentence.
[[nodiscard]] QString liveName(training::HyperParameter parameter);

/// `searched`: all usual places have been looked at.
[[nodiscard]] QList<widgets::FormChoice> dataChoices(
    const std::vector<training::DataSetPlace>& places, bool searched);
/// `testImages`: size of the test set, 0 while it is not known.
/// Sets that epochs can be judged on. A validation set that is chosen (`isChosen`) stays offered
/// for data without one, so that it is not lost while data are changed.
[[nodiscard]] QList<widgets::FormChoice> validationChoices(const training::DataDescription& data,
                                                           bool isChosen);
/// `layers` as of training::layersFor().
[[nodiscard]] QList<widgets::FormChoice> layerChoices(
    const std::vector<training::LayerInfo>& layers);
/// The catalogue, with the number of parameters that each model has beside these settings and data,
/// or why it does not take the data.
[[nodiscard]] QList<widgets::FormChoice> modelChoices(const training::TrainingConfig& config,
                                                      const training::DataDescription& data);
[[nodiscard]] QList<widgets::FormChoice> deviceChoices(const std::vector<std::string>& devices);

/// "CPU", "CUDA 0": a device of LibTorch as the user reads it.
[[nodiscard]] QString deviceText(const std::string& device);

}  // namespace app
