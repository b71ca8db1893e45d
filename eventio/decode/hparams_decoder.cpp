// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <optional>

#include "event.pb.h"
#include "eventio/decode/value_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

constexpr std::size_t kMaxHparamBytes = std::size_t{2} << 20;

std::optional<HparamValue> fromProto(const proto::HparamValue& value) {
  switch (value.kind_case()) {
    case proto::HparamValue::kNumberValue:
      return value.number_value();
    case proto::HparamValue::kBoolValue:
      return value.bool_value();
    case proto::HparamValue::kStringValue:
      return value.string_value();
    default:
      return std::nullopt;
  }
}

HparamInfo fromProto(const proto::HParamInfo& info) {
  HparamInfo decoded;
  decoded.name = info.name();
  decoded.displayName = info.display_name();
  decoded.description = info.description();
  switch (info.type()) {
    case proto::HParamInfo::DATA_TYPE_STRING:
      decoded.type = HparamInfo::Type::kString;
      break;
    case proto::HParamInfo::DATA_TYPE_BOOL:
      decoded.type = HparamInfo::Type::kBool;
      break;
    case proto::HParamInfo::DATA_TYPE_FLOAT64:
      decoded.type = HparamInfo::Type::kNumber;
      break;
    default:
      break;
  }
  for (const auto& value : info.domain_discrete().values()) {
    if (auto choice = fromProto(value)) decoded.choices.push_back(std::move(*choice));
  }
  if (info.has_domain_interval()) {
    decoded.interval = {info.domain_interval().min_value(), info.domain_interval().max_value()};
  }
  return decoded;
}

/// As TensorBoard names a metric's scalars: below its group, which is a run's name beside this one.
std::string tagOf(const proto::MetricName& name) {
  return name.group().empty() ? name.tag() : name.group() + "/" + name.tag();
}

void addMetric(const proto::MetricInfo& metric, Hparams& hparams) {
  std::string tag = tagOf(metric.name());
  const auto sameTag = [&](const HparamMetric& other) { return other.tag == tag; };
  if (std::any_of(hparams.metrics.begin(), hparams.metrics.end(), sameTag)) return;
  hparams.metrics.push_back({std::move(tag), metric.display_name(), metric.description()});
}

SessionStatus fromProto(proto::SessionEndInfo::Status status) {
  switch (status) {
    case proto::SessionEndInfo::STATUS_SUCCESS:
      return SessionStatus::kSuccess;
    case proto::SessionEndInfo::STATUS_FAILURE:
      return SessionStatus::kFailure;
    case proto::SessionEndInfo::STATUS_RUNNING:
      return SessionStatus::kRunning;
    default:
      return SessionStatus::kUnknown;
  }
}

}  // namespace

Result<void> decodeHparams(std::string_view content, Hparams& hparams) {
  proto::HParamsPluginData data;
  if (!parseMessage(content, data, kMaxHparamBytes)) {
    return corrupt("its content is no HParamsPluginData message, or over 2 MB long");
  }
  if (data.has_experiment()) {
    const auto& experiment = data.experiment();
    hparams.experiment = experiment.name();
    hparams.description = experiment.description();
    hparams.user = experiment.user();
    hparams.infos.clear();
    for (const auto& info : experiment.hparam_infos()) hparams.infos.push_back(fromProto(info));
    for (const auto& metric : experiment.metric_infos()) addMetric(metric, hparams);
  }
  if (data.has_session_start_info()) {
    const auto& start = data.session_start_info();
    for (const auto& entry : start.hparams()) {
      if (auto value = fromProto(entry.value())) {
        hparams.values.insert_or_assign(entry.key(), std::move(*value));
      }
    }
    hparams.groupName = start.group_name();
    hparams.startTime = start.start_time_secs();
  }
  if (data.has_session_end_info()) {
    hparams.status = fromProto(data.session_end_info().status());
    hparams.endTime = data.session_end_info().end_time_secs();
  }
  return {};
}

}  // namespace eventio
