// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "eventio/base/message.h"
#include "training/settings/config.h"
#include "training/settings/hyper_parameters.h"
#include "training/settings/setting_value.h"

namespace training {

/// A member of TrainingConfig; its alternatives are in the order of SettingValue's.
using SettingMember =
    std::variant<std::string TrainingConfig::*, std::int64_t TrainingConfig::*,
                 int TrainingConfig::*, std::uint64_t TrainingConfig::*, double TrainingConfig::*,
                 bool TrainingConfig::*, std::vector<std::string> TrainingConfig::*,
                 std::vector<std::int64_t> TrainingConfig::*>;

/// Part of the set-up that a setting belongs to.
enum class SettingSection { kData, kModel, kTraining, kFineTuning, kLogging };

/// One setting of a run: a row of the table from which command line, form, run.json, HParams,
/// checks, restart answers and docs/settings.md are made. Texts are English; the window translates
/// them.
struct Setting {
  /// How the form lets it be edited, where the member's type does not say it.
  enum class Editor { kByType, kFolder, kDataSet, kChoice, kLayers };
  /// Whether a run that goes on may have another value.
  enum class OnContinue {
    kFixed,     ///< a continued run keeps its own
    kAnew,      ///< any other value holds for the rest of the run
    kUpwards,   ///< a larger one
    kNextStep,  ///< a live hyper-parameter that changes before the next step
  };
  /// Part in courseFingerprint().
  enum class Course {
    kNone,       ///< what the run computes does not depend on it
    kOriginal,   ///< in every fingerprint
    kIfChanged,  ///< where it is not the default: added after the first version of run.json, whose
                 ///< files lack it and mean the default
  };

  SettingMember member;
  const char* name = "";    ///< the member's: "batchSize"; key of the form, ConfigProblem::field
  const char* key = "";     ///< in run.json: "batch_size"; empty: run.json does not keep it
  const char* hparam = "";  ///< name in TensorBoard's HParams; empty: not among them
  const char* option = "";  ///< of `traindeck train`: "--batch-size"
  const char* placeholder = "";  ///< for the option's value: "N"
  SettingSection section = SettingSection::kTraining;
  const char* label = "";        ///< of the form: "Batch size"
  const char* help = "";         ///< a phrase without a full stop
  const char* zeroMeans = "";    ///< what the value 0 stands for, if not itself: "no fine-tuning"
  const char* defaultText = "";  ///< where the default depends on others: "the model's name"
  Editor editor = Editor::kByType;
  std::int64_t minimum = 0;  ///< of whole numbers
  std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
  double lowest = std::numeric_limits<double>::lowest();  ///< of numbers without `bounds`
  double below = std::numeric_limits<double>::infinity();
  eventio::Message (*bounds)(double value) = nullptr;  ///< of numbers: bounds.h
  std::optional<HyperParameter> live{};  ///< the live hyper-parameter that it starts with
  const char* restartReason = "";        ///< why it cannot change while training; empty if live
  OnContinue onContinue = OnContinue::kFixed;
  Course course = Course::kNone;
  /// Whether the setting has a meaning beside the others; null: always. Where it has none it is
  /// neither checked nor among the HParams.
  bool (*applies)(const TrainingConfig& config) = nullptr;
  const char* appliesWith = "";  ///< what `applies` asks for: "Adam and AdamW"

  [[nodiscard]] bool appliesTo(const TrainingConfig& config) const {
    return applies == nullptr || applies(config);
  }
  [[nodiscard]] bool isKept() const { return *key != '\0'; }
  /// The default as help and docs/settings.md have it: "0.01", or defaultText.
  [[nodiscard]] std::string shownDefault() const;
  /// As words of a sentence: "learning rate".
  [[nodiscard]] std::string words() const;
  [[nodiscard]] SettingValue valueIn(const TrainingConfig& config) const;
  /// `value` must be of the member's type.
  void assignTo(TrainingConfig& config, const SettingValue& value) const;
};

/// All settings, in the order of form and help.
[[nodiscard]] std::span<const Setting> settingsTable();

/// The setting of a member of TrainingConfig; null for an unknown name.
[[nodiscard]] const Setting* findSetting(std::string_view name);

/// The setting that a live hyper-parameter starts with.
[[nodiscard]] const Setting& settingOf(HyperParameter parameter);

/// Why a number cannot be the value of a setting with `bounds`; empty when it can.
[[nodiscard]] eventio::Message boundsProblem(const Setting& setting, double value);
/// Likewise of a live hyper-parameter.
[[nodiscard]] eventio::Message hyperParameterProblem(HyperParameter parameter, double value);

/// Title of a section: "Fine-tuning".
[[nodiscard]] const char* sectionTitle(SettingSection section);

}  // namespace training
