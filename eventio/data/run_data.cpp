// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/data/run_data.h"

namespace eventio {

const char* toString(TagKind kind) noexcept {
  switch (kind) {
    case TagKind::kScalar:
      return "scalar";
    case TagKind::kHistogram:
      return "histogram";
    case TagKind::kText:
      return "text";
    case TagKind::kHparams:
      return "hparam";
    case TagKind::kImage:
      return "image";
    case TagKind::kAudio:
      return "audio";
    case TagKind::kPrCurve:
      return "pr_curve";
    case TagKind::kMesh:
      return "mesh";
    case TagKind::kLayout:
      return "layout";
    case TagKind::kGraph:
      return "graph";
    case TagKind::kOther:
      break;
  }
  return "other";
}

const char* toString(SessionStatus status) noexcept {
  switch (status) {
    case SessionStatus::kSuccess:
      return "success";
    case SessionStatus::kFailure:
      return "failure";
    case SessionStatus::kRunning:
      return "running";
    case SessionStatus::kUnknown:
      break;
  }
  return "unknown";
}

}  // namespace eventio
