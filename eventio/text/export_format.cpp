// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/export_format.h"

namespace eventio {

HparamRecord hparamRecord(const std::string& tag) noexcept {
  if (tag == "_hparams_/experiment") return HparamRecord::kExperiment;
  if (tag == "_hparams_/session_start_info") return HparamRecord::kSessionStart;
  if (tag == "_hparams_/session_end_info") return HparamRecord::kSessionEnd;
  return HparamRecord::kUnknown;
}

}  // namespace eventio
