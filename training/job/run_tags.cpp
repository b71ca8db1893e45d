// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_tags.h"

#include "eventio/data/own_tags.h"

namespace training {

const std::string RunTags::kPhaseTexts =
    std::string(eventio::kPhasesTag).append(eventio::kTextTagEnd);
const std::string RunTags::kCheckpointTexts =
    std::string(eventio::kCheckpointsTag).append(eventio::kTextTagEnd);

RunTags::RunTags(const Task& task) {
  m_epochs = {{{"Training Loss"}, {"Fine-tuning Loss"}}};
  for (const Metric& metric : task.metrics()) {
    m_train.push_back(std::string("train/") + metric.name);
    m_validation.push_back(std::string("validation/") + metric.name);
    m_epochs[0].push_back(std::string("Training ") + metric.label);
    m_epochs[1].push_back(std::string("Fine-tuning ") + metric.label);
  }
}

std::vector<std::string_view> RunTags::keptPastTheModel() const {
  std::vector<std::string_view> tags;
  for (const auto& phase : m_epochs) tags.insert(tags.end(), phase.begin(), phase.end());
  tags.insert(tags.end(), {kCheckpointTexts, kPhaseTexts});
  return tags;
}

}  // namespace training
