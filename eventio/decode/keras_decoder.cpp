// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "eventio/decode/stored_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

using Json = nlohmann::ordered_json;

/// Parsed JSON can take a hundred times the memory of its text.
constexpr std::size_t kMaxJsonBytes = std::size_t{4} << 20;
constexpr int kMaxDepth = 100;

const Json& memberOf(const Json& object, const char* name) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

std::string textOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::string joined(const std::string& scope, const std::string& name) {
  return scope.empty() ? name : scope + "/" + name;
}

/// Keras 3 stores a layer's type either as a word or as a policy with a name.
std::string dataTypeOf(const Json& config) {
  const Json& type = memberOf(config, "dtype");
  return type.is_object() ? textOf(memberOf(memberOf(type, "config"), "name")) : textOf(type);
}

/// The layers that a layer of a functional model takes its input from. Keras 2 writes lists of
/// [name, node, tensor, ...], Keras 3 calls whose arguments hold a "keras_history" of that form.
void addInbound(const Json& value, std::vector<std::string>& names, int depth) {
  if (depth > kMaxDepth) return;
  if (value.is_array()) {
    if (value.size() >= 3 && value[0].is_string() && value[1].is_number() && value[2].is_number()) {
      names.push_back(value[0].get<std::string>());
      return;
    }
    for (const Json& entry : value) addInbound(entry, names, depth + 1);
  } else if (value.is_object()) {
    const Json& history = memberOf(memberOf(value, "config"), "keras_history");
    if (!history.is_null()) return addInbound(history, names, depth + 1);
    addInbound(memberOf(value, "args"), names, depth + 1);
    for (const Json& entry : memberOf(value, "kwargs")) addInbound(entry, names, depth + 1);
  }
}

class KerasReader {
 public:
  Result<Graph> read(const Json& model) {
    if (!memberOf(memberOf(model, "config"), "layers").is_array()) {
      return corrupt("it is JSON, but no Keras model with layers");
    }
    if (!addModel(model, {}, {}, 0)) return corrupt("its models are nested too deeply");
    for (GraphNode& node : m_graph.nodes) {
      for (std::string& input : node.inputs) input = producerOf(input);
    }
    return std::move(m_graph);
  }

 private:
  using Names = std::vector<std::string>;

  /// `inputs`: what is fed into the model, by full names.
  bool addModel(const Json& model, const std::string& scope, const Names& inputs, int depth) {
    if (depth > kMaxDepth) return false;
    const Json& config = memberOf(model, "config");
    const std::string inner = joined(scope, textOf(memberOf(config, "name")));
    std::string previous = inputs.empty() ? std::string() : inputs.front();
    std::size_t inputLayers = 0;
    for (const Json& layer : memberOf(config, "layers")) {
      const Json& layerConfig = memberOf(layer, "config");
      const std::string name = joined(inner, textOf(memberOf(layerConfig, "name")));
      const Json& inbound = memberOf(layer, "inbound_nodes");
      Names from;
      addInbound(inbound, from, 0);
      for (std::string& producer : from) producer = joined(inner, producer);
      const bool functional = inbound.is_array();
      if (!functional && !previous.empty()) from = {previous};
      if (functional && from.empty() && inputLayers < inputs.size()) {
        from = {inputs[inputLayers++]};
      }
      if (memberOf(layerConfig, "layers").is_array()) {
        if (!addModel(layer, inner, from, depth + 1)) return false;
      } else {
        addLayer(name, layer, std::move(from));
      }
      previous = name;
    }
    std::string last = previous;
    Names outputs;
    addInbound(memberOf(config, "output_layers"), outputs, 0);
    if (!outputs.empty()) last = joined(inner, outputs.front());
    m_outputOf.insert_or_assign(inner, last);
    return true;
  }

  void addLayer(const std::string& name, const Json& layer, Names from) {
    GraphNode& node = m_graph.nodes.emplace_back();
    node.name = name;
    node.operation = textOf(memberOf(layer, "class_name"));
    node.inputs = std::move(from);
    if (std::string type = dataTypeOf(memberOf(layer, "config")); !type.empty()) {
      node.attributes.emplace_back("dtype", std::move(type));
    }
  }

  /// A model stands for the layer that gives its output.
  [[nodiscard]] std::string producerOf(const std::string& name) const {
    std::string producer = name;
    for (int depth = 0; depth < kMaxDepth; ++depth) {
      const auto found = m_outputOf.find(producer);
      if (found == m_outputOf.end() || found->second == producer) break;
      producer = found->second;
    }
    return producer;
  }

  Graph m_graph;
  std::map<std::string, std::string> m_outputOf;  // models, by full name
};

}  // namespace

Result<Graph> decodeKerasModel(std::string_view json) {
  if (json.size() > kMaxJsonBytes) return corrupt("its JSON is over 4 MB long");
  const Json model = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (model.is_discarded()) return corrupt("it is no JSON");
  return KerasReader().read(model);
}

}  // namespace eventio
