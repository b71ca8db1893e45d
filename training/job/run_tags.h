// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "training/control/control.h"
#include "training/tasks/task.h"

namespace training {

/// The tags that a run writes, those of its task's metrics among them.
class RunTags {
 public:
  static constexpr const char* kTrainLoss = "train/loss";
  static constexpr const char* kLearningRate = "train/learning_rate";
  static constexpr const char* kSamplesPerSecond = "train/samples_per_s";
  static constexpr const char* kEpoch = "train/epoch";
  static constexpr const char* kValidationLoss = "validation/loss";
  /// As event files hold them: kPhasesTag and kCheckpointsTag of eventio/data/own_tags.h.
  static const std::string kPhaseTexts;
  static const std::string kCheckpointTexts;

  explicit RunTags(const Task& task);

  /// "train/accuracy", in the order of the task's metrics, of every step.
  [[nodiscard]] const std::vector<std::string>& train() const noexcept { return m_train; }
  /// "validation/accuracy", after each epoch.
  [[nodiscard]] const std::vector<std::string>& validation() const noexcept { return m_validation; }
  /// "Training Loss", "Training Accuracy", ...; their step is the epoch.
  [[nodiscard]] const std::vector<std::string>& epochs(Phase phase) const noexcept {
    return m_epochs[phase == Phase::kFineTuning ? 1 : 0];
  }
  /// What the log may hold past the model that a run goes on from, and readers do not drop: the
  /// step of these tags is the epoch, or the step before the one that the model was saved at.
  [[nodiscard]] std::vector<std::string_view> keptPastTheModel() const;

 private:
  std::vector<std::string> m_train;
  std::vector<std::string> m_validation;
  std::array<std::vector<std::string>, 2> m_epochs;
};

}  // namespace training
