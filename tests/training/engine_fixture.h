// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.h"
#include "training/snapshots/training_state.h"
#include "training/torch/torch_engine.h"

/// A data set made in memory: class c has a bright bar in row 2c + 4, with some noise around it.
training::LoadedData smallData(std::int64_t trainCount, std::int64_t testCount);

/// Keeps all that is reported to it; `onStep` is called on the loop's thread after each step.
class KeepingRecorder : public training::TrainingRecorder {
 public:
  struct Change {
    std::string what;
    double from;
    double to;
    std::int64_t step;
  };
  struct Begin {
    training::Phase phase;
    std::int64_t epoch;
    std::int64_t step;
  };

  void step(const training::StepRecord& record) override {
    steps.push_back(record);
    if (onStep) onStep(record);
  }
  void epochBegins(training::Phase phase, std::int64_t epoch, std::int64_t step) override {
    begins.push_back({phase, epoch, step});
  }
  void epoch(const training::EpochRecord& record) override { epochs.push_back(record); }
  void histogram(std::string_view tag, std::span<const float> values, std::int64_t step) override {
    histograms[std::string(tag)][step].assign(values.begin(), values.end());
  }
  void changed(std::string_view what, double from, double to, std::int64_t step) override {
    changes.push_back({std::string(what), from, to, step});
  }
  eventio::Result<void> flush() override {
    if (onFlush) return onFlush();
    return {};
  }
  void checkpointSaved(const std::string& /*file*/, std::int64_t step) override {
    saves.push_back(step);
  }
  void wentBack(const training::WentBack& back) override {
    goneBack.emplace_back(back.from, back.to);
    whyBack.push_back(back.why.english());
    epochsDoneBack.push_back(back.epochsDone);
  }
  void alert(training::AlertAbout /*about*/, const eventio::Message& message,
             std::int64_t /*step*/) override {
    alerts.push_back(message.english());
  }

  std::function<void(const training::StepRecord&)> onStep;
  std::function<eventio::Result<void>()> onFlush;
  std::vector<training::StepRecord> steps;
  std::vector<Begin> begins;
  std::vector<training::EpochRecord> epochs;
  std::map<std::string, std::map<std::int64_t, std::vector<float>>> histograms;
  std::vector<Change> changes;
  std::vector<std::int64_t> saves;
  std::vector<std::pair<std::int64_t, std::int64_t>> goneBack;  // from, to
  std::vector<std::string> whyBack;
  std::vector<std::int64_t> epochsDoneBack;
  std::vector<std::string> alerts;
};

/// 20 batches of 16 an epoch, the last of 9; two epochs of training and one of fine-tuning.
training::TrainingConfig smallConfig();

/// One run of the engine with everything that belongs to it.
struct EngineRun {
  EngineRun() : data(smallData(313, 50)), config(smallConfig()) {}
  eventio::Result<training::TrainingOutcome> run();
  [[nodiscard]] std::string modelFile() const { return (folder / "model.safetensors").string(); }
  /// The newest saved state.
  [[nodiscard]] eventio::Result<training::TrainingState> last() const;

  TemporaryFolder folder;
  training::LoadedData data;
  training::TrainingConfig config;
  training::TrainerControl control;
  KeepingRecorder recorder;
};
