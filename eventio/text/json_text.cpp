// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/json_text.h"

#include <variant>

namespace eventio {

namespace {

void appendHparam(std::string& out, const HparamValue& value) {
  if (const auto* number = std::get_if<double>(&value)) {
    appendJsonNumber(out, *number);
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else {
    appendJsonString(out, std::get<std::string>(value));
  }
}

const char* nameOf(HparamInfo::Type type) {
  switch (type) {
    case HparamInfo::Type::kString:
      return "string";
    case HparamInfo::Type::kBool:
      return "bool";
    case HparamInfo::Type::kNumber:
      return "number";
    case HparamInfo::Type::kUnset:
      break;
  }
  return "";
}

void appendInfo(std::string& out, const HparamInfo& info) {
  JsonObject object(out);
  object.add("name", info.name);
  object.addUnlessEmpty("display_name", info.displayName);
  object.addUnlessEmpty("description", info.description);
  object.addUnlessEmpty("type", nameOf(info.type));
  if (!info.choices.empty()) {
    object.addList("choices", info.choices,
                   [&](const HparamValue& value) { appendHparam(out, value); });
  }
  if (info.interval) {
    object.add("min", info.interval->first);
    object.add("max", info.interval->second);
  }
}

void appendStrings(JsonObject& object, std::string& out, std::string_view name,
                   const std::vector<std::string>& texts) {
  object.addList(name, texts, [&](const std::string& text) { appendJsonString(out, text); });
}

void appendChart(std::string& out, const ScalarLayout::Chart& chart) {
  JsonObject object(out);
  object.add("title", chart.title);
  if (const auto* lines = std::get_if<ScalarLayout::Multiline>(&chart.content)) {
    appendStrings(object, out, "tags", lines->tagPatterns);
    return;
  }
  const auto& margin = std::get<ScalarLayout::Margin>(chart.content);
  object.addList("margins", margin.series, [&](const ScalarLayout::Margin::Series& series) {
    JsonObject entry(out);
    entry.add("value", series.value);
    entry.add("lower", series.lower);
    entry.add("upper", series.upper);
  });
}

}  // namespace

void addExperiment(JsonObject& object, const Hparams& hparams) {
  object.addUnlessEmpty("experiment", hparams.experiment);
  object.addUnlessEmpty("description", hparams.description);
  object.addUnlessEmpty("user", hparams.user);
  std::string& out = object.member("hparam_infos");
  out += '[';
  for (const HparamInfo& info : hparams.infos) {
    if (&info != &hparams.infos.front()) out += ',';
    appendInfo(out, info);
  }
  out += ']';
  object.addList("metric_infos", hparams.metrics, [&](const HparamMetric& metric) {
    JsonObject entry(out);
    entry.add("tag", metric.tag);
    entry.addUnlessEmpty("display_name", metric.displayName);
    entry.addUnlessEmpty("description", metric.description);
  });
}

void addSessionStart(JsonObject& object, const Hparams& hparams) {
  appendJsonHparams(object.member("hparams"), hparams);
  std::string& out = object.member("metrics");
  out += '[';
  for (const HparamMetric& metric : hparams.metrics) {
    if (&metric != &hparams.metrics.front()) out += ',';
    appendJsonString(out, metric.tag);
  }
  out += ']';
  object.addUnlessEmpty("group", hparams.groupName);
  if (hparams.startTime != 0) object.addWallTime("start_time", hparams.startTime);
}

void addSessionEnd(JsonObject& object, const Hparams& hparams) {
  object.add("status", toString(hparams.status));
  if (hparams.endTime != 0) object.addWallTime("end_time", hparams.endTime);
}

void addLayout(JsonObject& object, const ScalarLayout& layout) {
  std::string& out = object.member("categories");
  out += '[';
  for (const ScalarLayout::Category& category : layout.categories) {
    if (&category != &layout.categories.front()) out += ',';
    JsonObject entry(out);
    entry.add("title", category.title);
    entry.add("closed", category.closed);
    entry.addList("charts", category.charts,
                  [&](const ScalarLayout::Chart& chart) { appendChart(out, chart); });
  }
  out += ']';
}

void addGraph(JsonObject& object, const Graph& graph) {
  std::string& out = object.member("nodes");
  out += '[';
  for (const GraphNode& node : graph.nodes) {
    if (&node != &graph.nodes.front()) out += ',';
    JsonObject entry(out);
    entry.add("name", node.name);
    entry.add("op", node.operation);
    entry.add("device", node.device);
    appendStrings(entry, out, "inputs", node.inputs);
  }
  out += ']';
}

}  // namespace eventio
