// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/logged_points.h"
#include "eventio/text/run_notes.h"
#include "eventio/writer/summary_writer.h"
#include "training/control/engine.h"
#include "training/job/run_folder.h"
#include "training/job/run_tags.h"

namespace training {

/// Writes what the training loop reports into the run's event file and, for the window, into the
/// store: the same values under the same tags, so that a live run and its reloaded file look the
/// same.
///
/// Scalars of every step: loss, the task's metrics, learning rate, samples a second; at an epoch's
/// first step train/epoch (counted from 1 over both phases); at its last step the validation loss
/// and metrics (RunTags). "Training Loss", the metrics' "Training ..." and their "Fine-tuning"
/// counterparts have the epoch (0-based within the phase) as step. Histograms stand under the tags
/// they come with. What happens is a RunNote under kRunNotesTag, and its sentence a text
/// (eventio/data/own_tags.h).
class RunRecorder final : public TrainingRecorder {
 public:
  /// `store` may be null; config.task is one of the catalogue. `resumeStep`: the run goes on from
  /// this step; what its older files hold at and after it is dropped by readers. Points of an epoch
  /// that they hold already are not written again.
  [[nodiscard]] static eventio::Result<std::unique_ptr<RunRecorder>> open(
      const RunFolder& folder, const TrainingConfig& config,
      const std::shared_ptr<eventio::RunStore>& store,
      std::optional<std::int64_t> resumeStep = std::nullopt);
  ~RunRecorder() override;

  void step(const StepRecord& record) override;
  void epochBegins(Phase phase, std::int64_t epoch, std::int64_t step) override;
  void epoch(const EpochRecord& record) override;
  void histogram(std::string_view tag, std::span<const float> values, std::int64_t step) override;
  void changed(std::string_view what, double from, double to, std::int64_t step) override;
  [[nodiscard]] eventio::Result<void> flush() override;
  /// What flush() calls once the event file is on the disk, or could not be brought there.
  void afterFlush(std::function<void()> callback) { m_afterFlush = std::move(callback); }
  void checkpointSaved(const std::string& file, std::int64_t step) override;
  void wentBack(const WentBack& back) override;
  void alert(AlertAbout about, const eventio::Message& message, std::int64_t step) override;
  /// What the log of a run that goes on lacks of the steps before, a sentence each.
  [[nodiscard]] const std::vector<eventio::Message>& logGaps() const noexcept { return m_logGaps; }
  /// Why the run ended, at its last step, and how its session stands in the log.
  void ended(std::string_view reason, eventio::SessionStatus status);

  /// Flushes and closes the file; the run in the store is live no longer.
  void close();

  /// Any thread: how the writer of the event file stands.
  [[nodiscard]] eventio::SummaryWriterStatus writerStatus() const;
  /// Any thread: what is wrong with the event file, empty when all is well; bytes of the run's
  /// event files so far.
  [[nodiscard]] eventio::Message failure() const;
  /// After close(): what the event file lacks and why, that one was removed, or that it may not be
  /// on the disk; empty when it is whole.
  [[nodiscard]] eventio::Message loss() const;
  [[nodiscard]] std::uint64_t bytes() const;
  /// How often the training had to wait because the disk did not keep up.
  [[nodiscard]] std::uint64_t waits() const;

 private:
  RunRecorder(const TrainingConfig& config, std::unique_ptr<eventio::SummaryWriter> writer,
              std::shared_ptr<eventio::Run> run);

  void addHparams();
  /// One alert for each event file that somebody removed, replaced or shortened.
  void reportFileLoss();
  /// One value of one tag, file and store.
  void addScalar(std::string_view tag, double value, std::int64_t step);
  /// What the run's older files hold of a tag at a step; null for nothing.
  [[nodiscard]] const eventio::LoggedPoint* logged(std::string_view tag, std::int64_t step) const;
  /// The same as addScalar() for a tag whose step is the epoch, unless the run's older files hold
  /// the point: it was written before the crash that the run goes on from.
  void addEpochScalar(std::string_view tag, double value, std::int64_t epoch);
  /// Drops the points of epochs that hold no more. Readers of the file learn it from the tag's next
  /// point, so the last one that holds is written again.
  void cutEpochs(const WentBack& back);
  /// The note and its sentence as a text.
  void addNote(eventio::RunNote note, std::int64_t step);
  void showNote(const eventio::RunNote& note);
  /// Takes note of a failed write once, as an alert in the store.
  void check(const eventio::Result<void>& result);

  const TrainingConfig m_config;
  const RunTags m_tags;
  const std::unique_ptr<eventio::SummaryWriter> m_writer;
  const std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_bytesBefore = 0;  // of the files of a run that goes on
  eventio::LoggedPoints m_logged;   // by the run's older files, and of epochs by this recorder
  std::vector<eventio::Message> m_logGaps;
  std::uint64_t m_filesLost = 0;
  std::int64_t m_lastStep = 0;
  std::uint64_t m_failuresSeen = 0;
  std::function<void()> m_afterFlush;
  bool m_closed = false;
};

}  // namespace training
