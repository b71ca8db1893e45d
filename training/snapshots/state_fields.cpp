// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/state_fields.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "training/base/quoted_name.h"
#include "training/settings/setting.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using nlohmann::json;

/// Counts stay exact in every JSON reader, and adding to them cannot overflow.
constexpr std::int64_t kMaxCount = std::int64_t{1} << 53;

constexpr const char* kCourse = "course";
constexpr const char* kOptimiser = "optimiser";
constexpr const char* kOptimiserSteps = "optimiser_steps";
/// Older versions saved none of these.
constexpr std::array<std::string_view, 3> kAddedLater{kCourse, kOptimiser, kOptimiserSteps};

bool isCount(std::int64_t number) {
  return number >= 0 && number <= kMaxCount;
}

bool isMissing(double value) {
  return std::isnan(value);
}
bool isMissing(std::int64_t /*value*/) {
  return false;
}

/// Calls field(name, member), of live hyper-parameters field.live(setting, member), for everything
/// of the state but the flat buffers: the one table from which a checkpoint is written and read. A
/// third argument is the name that older versions wrote.
template <class State, class Field>
void eachField(State& state, Field& field) {
  field("phase", state.phase);
  field("epoch", state.epoch);
  field("batch", state.batch);
  field("step", state.step);
  field("loss_sum", state.lossSum);
  field("metric_sums", state.metricSums, "correct");
  field("samples", state.samples);
  for (const Setting& setting : settingsTable()) {
    if (!setting.live) continue;
    std::visit([&](const auto member) { field.live(setting, state.live.*member); }, *setting.live);
  }
  field("metric_after_training", state.metricAfterTraining, "accuracy_after_training");
  field("metric_after_fine_tuning", state.metricAfterFineTuning, "accuracy_after_fine_tuning");
  field("validation_metric", state.validationMetric, "validation_accuracy");
  field("best_metric", state.bestMetric, "best_accuracy");
  field("best_loss", state.bestLoss);
  field("loss_batches", state.lossHistory.batches);
  field("loss_first", state.lossHistory.firstLoss);
  field("loss_average", state.lossHistory.average);
  field("loss_best", state.lossHistory.best);
  field("diverged", state.diverged);
  field("seed", state.seed);
  field("batch_size", state.batchSize);
  field("train_images", state.trainImages);
  field(kCourse, state.course);
  field(kOptimiser, state.optimiser.optimiser);
  field(kOptimiserSteps, state.optimiser.steps);
}

class Writer {
 public:
  void operator()(const char* name, Phase phase) { m_values[name] = static_cast<int>(phase); }
  void operator()(const char* name, double number) {
    if (!std::isfinite(number)) m_unreadable = name;
    m_values[name] = number;
  }
  void operator()(const char* name, std::int64_t number) {
    if (!isCount(number)) m_unreadable = name;
    m_values[name] = number;
  }
  void operator()(const char* name, const MetricValues& values, const char* /*oldName*/) {
    for (const double value : values) {
      if (!std::isfinite(value)) m_unreadable = name;
    }
    m_values[name] = values;
  }
  void operator()(const char* name, double number, const char* /*oldName*/) {
    (*this)(name, number);
  }
  template <class Value>
  void operator()(const char* name, const Value& value) {
    m_values[name] = value;
  }

  /// A number that is none stays left out: the version that saved the state did not know it.
  template <class Value>
  void live(const Setting& setting, const Value& value) {
    if (!isMissing(value)) (*this)(setting.key, value);
  }

  Result<nlohmann::ordered_json> result() {
    if (m_unreadable.empty()) return std::move(m_values);
    return makeError(ErrorCode::kInvalidArgument, "%1 has a value that cannot be",
                     quotedName(m_unreadable));
  }

 private:
  nlohmann::ordered_json m_values = nlohmann::ordered_json::object();
  std::string m_unreadable;  ///< a field that could not be read again
};

bool assign(const json& value, std::int64_t& member) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMaxCount) return false;
  member = value.get<std::int64_t>();
  return isCount(member);
}

bool assign(const json& value, std::uint64_t& member) {
  if (!value.is_number_unsigned()) return false;
  member = value.get<std::uint64_t>();
  return true;
}

bool assign(const json& value, double& member) {
  if (!value.is_number()) return false;
  member = value.get<double>();
  return std::isfinite(member);
}

bool assign(const json& value, std::string& member) {
  if (!value.is_string()) return false;
  member = value.get<std::string>();
  return true;
}

/// Older versions wrote the number of correct samples alone.
bool assign(const json& value, MetricValues& member) {
  member = {};
  if (value.is_number()) return assign(value, member[0]);
  if (!value.is_array() || value.size() != member.size()) return false;
  for (std::size_t i = 0; i < member.size(); ++i) {
    if (!assign(value[i], member[i])) return false;
  }
  return true;
}

bool assign(const json& value, Phase& member) {
  if (value != 0 && value != 1) return false;
  member = value == 0 ? Phase::kTraining : Phase::kFineTuning;
  return true;
}

class Reader {
 public:
  Reader(const json& values, StateFields fields) : m_values(values), m_fields(fields) {}

  template <class Value>
  void operator()(const char* name, Value& member, const char* oldName = nullptr) {
    const bool isOld = oldName != nullptr && !m_values.contains(name) && m_values.contains(oldName);
    if (isOld) name = oldName;
    m_known.insert(name);
    const auto found = m_values.find(name);
    if (found == m_values.end()) {
      const bool addedLater =
          std::find(kAddedLater.begin(), kAddedLater.end(), name) != kAddedLater.end();
      if (m_fields == StateFields::kExactly && !addedLater) {
        refuse("%1 is missing", quotedName(name));
      }
    } else if (!assign(*found, member)) {
      refuse("%1 has a value that cannot be", quotedName(name));
    }
  }

  /// Older versions lack a setting that was added after the first version of run.json.
  template <class Value>
  void live(const Setting& setting, Value& member) {
    if (setting.course == Setting::Course::kIfChanged && !m_values.contains(setting.key)) {
      member = std::numeric_limits<Value>::quiet_NaN();
    } else {
      (*this)(setting.key, member);
    }
  }

  Result<void> result() {
    for (const auto& entry : m_values.items()) {
      if (m_fields == StateFields::kExactly && m_known.count(entry.key()) == 0) {
        refuse("%1 is not known: a newer version of TrainDeck wrote it", quotedName(entry.key()));
      }
    }
    if (m_error.empty()) return {};
    return makeError(ErrorCode::kCorrupt, m_error);
  }

 private:
  template <class... Arguments>
  void refuse(eventio::MessageText<sizeof...(Arguments)> text, Arguments&&... arguments) {
    if (m_error.empty()) m_error = {text, std::forward<Arguments>(arguments)...};
  }

  const json& m_values;
  StateFields m_fields;
  std::set<std::string> m_known;
  eventio::Message m_error;
};

}  // namespace

Result<nlohmann::ordered_json> toJson(const TrainingState& state) {
  Writer writer;
  eachField(state, writer);
  return writer.result();
}

Result<void> fromJson(const json& values, StateFields fields, TrainingState& state) {
  if (!values.is_object()) return makeError(ErrorCode::kCorrupt, "its state is not a JSON object");
  Reader reader(values, fields);
  eachField(state, reader);
  return reader.result();
}

}  // namespace training
