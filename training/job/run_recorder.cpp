// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_recorder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "eventio/data/histogram_builder.h"
#include "eventio/data/written_places.h"
#include "training/settings/setting.h"
#include "training/tasks/tasks.h"

namespace training {
namespace {

using eventio::Message;
using eventio::Result;
using eventio::Run;
using eventio::RunNote;

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

/// The file holds floats; the store must not know better.
double asFloat(double value) {
  return static_cast<double>(static_cast<float>(value));
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

RunNote::About noted(AlertAbout about) {
  switch (about) {
    case AlertAbout::kTraining:
      break;
    case AlertAbout::kSaving:
      return RunNote::About::kSaving;
    case AlertAbout::kFiles:
      return RunNote::About::kFiles;
    case AlertAbout::kData:
      return RunNote::About::kData;
  }
  return RunNote::About::kTraining;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

eventio::HparamValue hparamValue(const SettingValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* names = std::get_if<std::vector<std::string>>(&value)) return joined(*names);
  const bool isText = std::holds_alternative<std::string>(value) ||
                      std::holds_alternative<std::vector<std::int64_t>>(value);
  if (isText) return settingText(value);
  return numberIn(value);
}

/// What a run's older event files hold.
std::uint64_t loggedBefore(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().find("tfevents") == std::string::npos) continue;
    const std::uint64_t size = entry.file_size(error);
    if (!error) bytes += size;
  }
  return bytes;
}

Message describe(const eventio::MissingSteps& gap, const RunFolder& folder) {
  const Message where = gap.afterFile.empty()
                            ? Message("%1: its event files begin behind them", folder.path())
                            : Message("after step %1 in %2", gap.from - 1, gap.afterFile);
  if (gap.from == gap.to) {
    return {
        "step %1 is missing from the log (%2): an event file was removed, shortened or damaged; "
        "the run goes on all the same",
        gap.from, where};
  }
  return {
      "steps %1 to %2 are missing from the log (%3): an event file was removed, shortened or "
      "damaged; the run goes on all the same",
      gap.from, gap.to, where};
}

std::vector<Message> describeGaps(const eventio::LogCoverage& coverage, const RunFolder& folder,
                                  std::int64_t resumeStep) {
  constexpr std::size_t kMaxGaps = 10;
  std::vector<Message> gapTexts = coverage.passedOver();
  const std::vector<eventio::MissingSteps> gaps = coverage.missingBefore(resumeStep);
  for (std::size_t i = 0; i < gaps.size() && i < kMaxGaps; ++i) {
    gapTexts.push_back(describe(gaps[i], folder));
  }
  if (gaps.size() > kMaxGaps) {
    gapTexts.push_back(
        {"%1 more stretches of steps are missing from the log", gaps.size() - kMaxGaps});
  }
  return gapTexts;
}

}  // namespace

Result<std::unique_ptr<RunRecorder>> RunRecorder::open(
    const RunFolder& folder, const TrainingConfig& config,
    const std::shared_ptr<eventio::RunStore>& store, std::optional<std::int64_t> resumeStep) {
  const RunTags tags(*findTask(config.task));
  eventio::LoggedPoints logged;
  eventio::LogCoverage coverage(RunTags::kTrainLoss);
  if (resumeStep) {
    auto read = eventio::readLoggedPoints(folder.path(), tags.keptPastTheModel(), &coverage);
    if (!read) return tl::unexpected(read.error());
    logged = std::move(*read);
    for (auto& [tag, points] : logged) {
      points.erase(points.lower_bound(*resumeStep), points.end());  // readers drop them
    }
  }
  eventio::SummaryWriterOptions options;
  options.purgeStep = resumeStep.value_or(0);
  if (store) {
    options.onNewFile = [store](const std::filesystem::path& file) {
      store->addOwnFile(std::filesystem::absolute(file).lexically_normal().string());
    };
    options.onWritten = [store, folder](const std::filesystem::path& file, std::uint64_t offset,
                                        std::string_view records) {
      if (const auto run = store->findAt(folder.path().string())) {
        eventio::noteWrittenHistograms(
            *run, std::filesystem::absolute(file).lexically_normal().string(), offset, records);
      }
    };
  }
  const std::uint64_t bytesBefore = resumeStep ? loggedBefore(folder.path()) : 0;
  auto writer = eventio::SummaryWriter::create(folder.path(), options);
  if (!writer) return tl::unexpected(writer.error());
  std::shared_ptr<Run> run;
  if (store) {
    // A run that goes on may be open as a log directory of its own.
    run = store->findAt(folder.path().string());
    if (!run) run = store->openRun(folder.logDirectory.string(), folder.name);
    if (resumeStep) run->purgeFrom(*resumeStep);
    run->setLive(true);
  }
  std::unique_ptr<RunRecorder> recorder(
      new RunRecorder(config, std::move(*writer), std::move(run)));
  recorder->m_bytesBefore = bytesBefore;
  recorder->m_lastStep = std::max<std::int64_t>(resumeStep.value_or(0) - 1, 0);
  recorder->m_logged = std::move(logged);
  if (resumeStep.value_or(0) == 0) recorder->addHparams();
  if (resumeStep) recorder->m_logGaps = describeGaps(coverage, folder, *resumeStep);
  return recorder;
}

RunRecorder::RunRecorder(const TrainingConfig& config,
                         std::unique_ptr<eventio::SummaryWriter> writer,
                         std::shared_ptr<eventio::Run> run)
    : m_config(config),
      m_tags(*findTask(config.task)),
      m_writer(std::move(writer)),
      m_run(std::move(run)) {}

RunRecorder::~RunRecorder() {
  close();
}

void RunRecorder::addHparams() {
  std::map<std::string, eventio::HparamValue> values;
  for (const Setting& setting : settingsTable()) {
    if (*setting.hparam == '\0' || !setting.appliesTo(m_config)) continue;
    values[setting.hparam] = hparamValue(setting.valueIn(m_config));
  }
  std::vector<std::string> metrics = m_tags.validation();
  metrics.emplace_back(RunTags::kValidationLoss);
  check(m_writer->addHparams(values, metrics));
  if (!m_run) return;
  eventio::Hparams hparams;
  hparams.values = values;
  for (const std::string& tag : metrics) hparams.metrics.emplace_back().tag = tag;
  m_run->setHparams(std::move(hparams));
}

void RunRecorder::step(const StepRecord& record) {
  m_lastStep = record.step;
  const double wallTime = now();
  std::array<Run::NamedScalar, kMaxMetrics + 3> all;
  std::size_t count = 0;
  const auto add = [&](std::string_view tag, double value) {
    all[count++] = {tag, asFloat(value)};
  };
  add(RunTags::kTrainLoss, record.loss);
  for (std::size_t i = 0; i < m_tags.train().size(); ++i) add(m_tags.train()[i], record.metrics[i]);
  add(RunTags::kLearningRate, record.learningRate);
  add(RunTags::kSamplesPerSecond, record.samplesPerSecond);
  const std::span<const Run::NamedScalar> values = std::span(all).first(count);
  for (const Run::NamedScalar& value : values) {
    check(m_writer->addScalar(value.tag, static_cast<float>(value.value), record.step, wallTime));
  }
  if (m_run) m_run->appendScalars(record.step, wallTime, values);
}

void RunRecorder::epochBegins(Phase phase, std::int64_t epoch, std::int64_t step) {
  const bool fineTuning = phase == Phase::kFineTuning;
  if (epoch == 0) {
    RunNote note{.kind = RunNote::Kind::kPhaseBegins, .name = "training"};
    if (fineTuning) {
      note.name = "fine-tuning";
      note.detail = joined(m_config.fineTuneLayers);
    }
    note.sentence = note.name + (fineTuning ? " of " + note.detail : "") + " begins";
    addNote(std::move(note), step);
  }
  const std::int64_t before = fineTuning ? m_config.epochs : 0;
  addScalar(RunTags::kEpoch, static_cast<double>(before + epoch + 1), step);
}

void RunRecorder::epoch(const EpochRecord& record) {
  // The epoch's last step, so that a run that goes on from its end keeps these points.
  const std::int64_t lastStep = std::max<std::int64_t>(record.step - 1, 0);
  addScalar(RunTags::kValidationLoss, record.validationLoss, lastStep);
  for (std::size_t i = 0; i < m_tags.validation().size(); ++i) {
    addScalar(m_tags.validation()[i], record.validationMetrics[i], lastStep);
  }
  const std::vector<std::string>& tags = m_tags.epochs(record.phase);
  addEpochScalar(tags[0], record.loss, record.epoch);
  for (std::size_t i = 1; i < tags.size(); ++i) {
    addEpochScalar(tags[i], record.metrics[i - 1], record.epoch);
  }
}

void RunRecorder::histogram(std::string_view tag, std::span<const float> values,
                            std::int64_t step) {
  const double wallTime = now();
  auto histogram = std::make_shared<const eventio::Histogram>(eventio::buildHistogram(values));
  if (m_run) m_run->appendHistogram(tag, {step, wallTime, histogram});
  check(m_writer->addHistogram(tag, *histogram, step, wallTime));
}

void RunRecorder::changed(std::string_view what, double from, double to, std::int64_t step) {
  addNote({.kind = RunNote::Kind::kChanged,
           .name = std::string(what),
           .from = from,
           .to = to,
           .sentence = std::string(what) + " " + number(from) + " → " + number(to)},
          step);
}

Result<void> RunRecorder::flush() {
  Result<void> flushed = m_writer->flush(true);
  reportFileLoss();
  if (m_afterFlush) m_afterFlush();
  return flushed;
}

void RunRecorder::reportFileLoss() {
  const eventio::SummaryWriterStatus status = m_writer->status();
  if (std::exchange(m_filesLost, status.filesLost) == status.filesLost) return;
  alert(AlertAbout::kFiles, status.fileLoss, m_lastStep);
}

void RunRecorder::checkpointSaved(const std::string& file, std::int64_t step) {
  const std::int64_t lastStep = std::max<std::int64_t>(step - 1, 0);
  if (logged(RunTags::kCheckpointTexts, lastStep) != nullptr) return;
  // The run's folder may be moved or renamed.
  const std::string name = std::filesystem::path(file).filename().string();
  addNote({.kind = RunNote::Kind::kSaved, .name = name, .sentence = "saved " + name}, lastStep);
}

void RunRecorder::wentBack(const WentBack& back) {
  check(m_writer->restartFrom(back.to));
  if (m_run) m_run->purgeFrom(back.to);
  m_lastStep = std::max<std::int64_t>(back.to - 1, 0);
  m_logged.erase(RunTags::kCheckpointTexts);
  m_logged.erase(RunTags::kPhaseTexts);
  cutEpochs(back);
  if (back.to == 0) addHparams();  // readers drop what was written at step 0
  RunNote note{.kind = RunNote::Kind::kWentBack,
               .from = static_cast<double>(back.from),
               .to = static_cast<double>(back.to),
               .detail = back.why.english(),
               .message = back.why};
  note.sentence =
      "went back from step " + std::to_string(back.from) + " to step " + std::to_string(back.to);
  if (!back.why.empty()) {
    note.sentence += ": ";
    if (back.whyStep != back.from) {
      note.detailStep = back.whyStep;
      note.sentence += "step " + std::to_string(back.whyStep) + ": ";
    }
    note.sentence += note.detail;
  }
  addNote(std::move(note), back.to);
}

void RunRecorder::cutEpochs(const WentBack& back) {
  for (const Phase phase : {Phase::kTraining, Phase::kFineTuning}) {
    if (phase < back.phase) continue;
    const std::int64_t held = phase == back.phase ? back.epochsDone : 0;
    for (const std::string& tag : m_tags.epochs(phase)) {
      if (m_run) m_run->purgeTag(tag, held);
      auto& points = m_logged[tag];
      const auto firstVoid = points.lower_bound(held);
      const bool hasVoid = firstVoid != points.end();
      points.erase(firstVoid, points.end());
      if (hasVoid && !points.empty()) {
        const auto& [epoch, point] = *points.rbegin();
        addScalar(tag, point.value, epoch);
      }
    }
  }
}

void RunRecorder::alert(AlertAbout about, const Message& message, std::int64_t step) {
  addNote({.kind = RunNote::Kind::kAlert,
           .about = noted(about),
           .sentence = message.english(),
           .message = message},
          step);
}

void RunRecorder::ended(std::string_view reason, eventio::SessionStatus status) {
  reportFileLoss();
  m_writer->setSessionStatus(status);
  const eventio::LoggedPoint* const point = logged(RunTags::kPhaseTexts, m_lastStep);
  if (point != nullptr && point->text == reason) return;
  addNote({.kind = RunNote::Kind::kEnded,
           .detail = std::string(reason),
           .sentence = std::string(reason)},
          m_lastStep);
}

void RunRecorder::close() {
  if (std::exchange(m_closed, true)) return;
  check(m_writer->close());
  if (m_run) m_run->setLive(false);
}

eventio::SummaryWriterStatus RunRecorder::writerStatus() const {
  return m_writer->status();
}

Message RunRecorder::failure() const {
  const eventio::SummaryWriterStatus status = m_writer->status();
  if (!status.failing && status.recordsLost == 0) return {};
  if (!status.failure.empty()) return status.failure;
  return {"the disk was stalled until memory for the log was full"};
}

Message RunRecorder::loss() const {
  const eventio::SummaryWriterStatus status = m_writer->status();
  if (status.recordsLost > 0) {
    if (status.recordsLost == 1) return {"1 record is missing: %1", failure()};
    return {"%1 records are missing: %2", status.recordsLost, failure()};
  }
  if (status.failing || status.bytesUnsynced > 0) return status.failure;
  return status.filesLost > 0 ? status.fileLoss : Message();
}

std::uint64_t RunRecorder::bytes() const {
  return m_bytesBefore + m_writer->status().bytesWritten;
}

std::uint64_t RunRecorder::waits() const {
  return m_writer->status().waits;
}

void RunRecorder::addScalar(std::string_view tag, double value, std::int64_t step) {
  const double wallTime = now();
  check(m_writer->addScalar(tag, static_cast<float>(value), step, wallTime));
  if (m_run) m_run->appendScalar(tag, step, wallTime, asFloat(value));
}

const eventio::LoggedPoint* RunRecorder::logged(std::string_view tag, std::int64_t step) const {
  const auto points = m_logged.find(tag);
  if (points == m_logged.end()) return nullptr;
  const auto point = points->second.find(step);
  return point == points->second.end() ? nullptr : &point->second;
}

void RunRecorder::addEpochScalar(std::string_view tag, double value, std::int64_t epoch) {
  const eventio::LoggedPoint* const point = logged(tag, epoch);
  if (point != nullptr && point->value == static_cast<float>(value)) return;
  addScalar(tag, value, epoch);
  m_logged[std::string(tag)][epoch].value = static_cast<float>(value);
}

void RunRecorder::addNote(RunNote note, std::int64_t step) {
  note.step = step;
  note.wallTime = now();
  const std::string json = eventio::encodeRunNote(note);
  check(m_writer->addText(eventio::textTagOf(note.kind), note.sentence,
                          {eventio::kRunNotesTag, eventio::kRunNotesPlugin, json}, step,
                          note.wallTime));
  showNote(note);
}

void RunRecorder::showNote(const RunNote& note) {
  if (!m_run) return;
  const std::string tag = std::string(eventio::textTagOf(note.kind)).append(eventio::kTextTagEnd);
  m_run->setMetadata(tag, "text", {}, {});
  m_run->appendText(tag, {note.step, note.wallTime, {note.sentence}});
  m_run->setMetadata(eventio::kRunNotesTag, eventio::kRunNotesPlugin, {}, {});
  m_run->appendText(eventio::kRunNotesTag,
                    {note.step, note.wallTime, {eventio::encodeRunNote(note)}});
}

void RunRecorder::check(const Result<void>& result) {
  if (result) return;
  const eventio::SummaryWriterStatus status = m_writer->status();
  if (std::exchange(m_failuresSeen, status.failureCount) == status.failureCount) return;
  if (!m_run || !status.failing) return;
  const Message message("The log cannot be written: %1", status.failure);
  showNote({.kind = RunNote::Kind::kAlert,
            .about = RunNote::About::kLog,
            .sentence = message.english(),
            .message = message,
            .step = m_lastStep,
            .wallTime = now()});
}

}  // namespace training
