// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include "event.pb.h"
#include "eventio/encode/event_encoder.h"
#include "eventio/encode/event_message.h"

namespace eventio {

namespace {

constexpr std::string_view kGraph = "graph";
constexpr std::string_view kLayout = "custom_scalars__config__";
constexpr std::int32_t kProducer = 22;  // the version of GraphDef that tensorboardX and torch write

Result<void> check(const Graph& graph) {
  std::set<std::string_view> names;
  for (const GraphNode& node : graph.nodes) {
    bool good = isUtf8(node.name) && isUtf8(node.operation) && isUtf8(node.device);
    for (const std::string& input : node.inputs) good = good && isUtf8(input);
    for (const auto& [key, value] : node.attributes) good = good && isUtf8(key);
    if (!good) return badValue(kGraph, "a node has a text that is not UTF-8");
    if (node.name.empty()) return badValue(kGraph, "a node has no name");
    if (!names.insert(node.name).second) {
      return badValue(kGraph, "two nodes are named '%1'", node.name);
    }
  }
  return {};
}

void fill(traindeck::proto::NodeDef& proto, const GraphNode& node) {
  proto.set_name(node.name);
  proto.set_op(node.operation);
  proto.set_device(node.device);
  for (const std::string& input : node.inputs) proto.add_input(input);
  if (!node.outputShapes.empty()) {
    auto* entry = proto.add_attr();
    entry->set_key("_output_shapes");
    auto* list = entry->mutable_value()->mutable_list();
    for (const auto& extents : node.outputShapes) {
      auto* shape = list->add_shape();
      for (const std::int64_t extent : extents) shape->add_dim()->set_size(extent);
    }
  }
  for (const auto& [key, text] : node.attributes) {
    auto* entry = proto.add_attr();
    entry->set_key(key);
    entry->mutable_value()->set_s(text);
  }
}

bool textsAreUtf8(const ScalarLayout::Chart& chart) {
  bool good = isUtf8(chart.title);
  if (const auto* lines = std::get_if<ScalarLayout::Multiline>(&chart.content)) {
    for (const std::string& pattern : lines->tagPatterns) good = good && isUtf8(pattern);
  } else {
    for (const auto& series : std::get<ScalarLayout::Margin>(chart.content).series) {
      good = good && isUtf8(series.value) && isUtf8(series.lower) && isUtf8(series.upper);
    }
  }
  return good;
}

void fill(traindeck::proto::LayoutChart& proto, const ScalarLayout::Chart& chart) {
  proto.set_title(chart.title);
  if (const auto* lines = std::get_if<ScalarLayout::Multiline>(&chart.content)) {
    auto* multiline = proto.mutable_multiline();
    for (const std::string& pattern : lines->tagPatterns) multiline->add_tag(pattern);
    return;
  }
  auto* margin = proto.mutable_margin();
  for (const auto& series : std::get<ScalarLayout::Margin>(chart.content).series) {
    auto* entry = margin->add_series();
    entry->set_value(series.value);
    entry->set_lower(series.lower);
    entry->set_upper(series.upper);
  }
}

}  // namespace

Result<void> encodeGraph(std::string& out, double wallTime, const Graph& graph) {
  if (auto good = check(graph); !good) return good;
  traindeck::proto::GraphDef proto;
  for (const GraphNode& node : graph.nodes) fill(*proto.add_node(), node);
  proto.mutable_versions()->set_producer(kProducer);
  if (auto fits = checkRecordBytes(proto.ByteSizeLong()); !fits) return fits;
  traindeck::proto::Event event;
  event.set_wall_time(wallTime);
  proto.SerializeToString(event.mutable_graph_def());
  return appendRecordOf(out, event);
}

Result<void> encodeGraphDef(std::string& out, double wallTime, std::string_view graphDef) {
  if (auto fits = checkRecordBytes(graphDef.size()); !fits) return fits;
  traindeck::proto::GraphDef parsed;
  if (!parsed.ParseFromArray(graphDef.data(), static_cast<int>(graphDef.size()))) {
    return badValue(kGraph, "the bytes are not a GraphDef message");
  }
  traindeck::proto::Event event;
  event.set_wall_time(wallTime);
  event.set_graph_def(graphDef.data(), graphDef.size());
  return appendRecordOf(out, event);
}

Result<void> encodeLayout(std::string& out, double wallTime, const ScalarLayout& layout) {
  traindeck::proto::Layout proto;
  for (const ScalarLayout::Category& category : layout.categories) {
    auto* entry = proto.add_category();
    entry->set_title(category.title);
    entry->set_closed(category.closed);
    bool good = isUtf8(category.title);
    for (const ScalarLayout::Chart& chart : category.charts) {
      good = good && textsAreUtf8(chart);
      fill(*entry->add_chart(), chart);
    }
    if (!good) return badValue("custom scalars", "a title or tag is not UTF-8");
  }
  const std::string bytes = proto.SerializeAsString();
  traindeck::proto::Event event;
  auto& value = addValue(event, {.wallTime = wallTime, .tag = kLayout});
  setPlugin(value, "custom_scalars");
  setTensor(value, kStringTensor, {}).add_string_val(bytes);
  return appendRecordOf(out, event);
}

}  // namespace eventio
