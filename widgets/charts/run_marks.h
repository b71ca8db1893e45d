// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <cstdint>
#include <memory>
#include <vector>

#include "eventio/data/run_store.h"
#include "eventio/text/run_notes.h"

namespace widgets {

/// Where an epoch begins.
struct EpochStart {
  int epoch = 0;
  std::int64_t step = 0;
  double wallTime = 0;
};

/// Something that happened to a run, shown on its charts.
struct ChartMark {
  enum class Kind {
    kChange,      ///< a hyper-parameter was changed while it ran
    kCheckpoint,  ///< the model was saved
    kAlert,
    kPhase,  ///< training or fine-tuning begins, or the run ends
  };
  Kind kind = Kind::kChange;
  std::int64_t step = 0;
  double wallTime = 0;
  QString label;
  /// False for alerts that a saved model does not help with.
  bool offersGoingBack = true;
};

/// Epochs and marks of one run, read from its tag `train/epoch` and its notes as they grow.
class RunMarks {
 public:
  /// Another run, or null for none.
  void setRun(std::shared_ptr<eventio::Run> run);
  /// Takes over what is new; true when epochs or marks changed.
  bool poll();

  [[nodiscard]] const std::vector<EpochStart>& epochs() const { return m_epochs; }
  /// In order of kind, then of arrival.
  [[nodiscard]] const std::vector<ChartMark>& marks() const { return m_marks; }

 private:
  void readEpochs();

  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_version = 0;
  std::vector<EpochStart> m_epochs;
  eventio::RunNotes m_notes;
  std::vector<ChartMark> m_marks;
  bool m_changed = false;
};

}  // namespace widgets
