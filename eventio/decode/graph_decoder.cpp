// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <charconv>

#include "event.pb.h"
#include "eventio/decode/stored_decoder.h"
#include "eventio/records/proto_parse.h"
#include "eventio/text/text_format.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

/// A node is read whole; its constants may be this long.
constexpr std::size_t kMaxNodeBytes = std::size_t{32} << 20;
/// Nodes, inputs and attributes of a graph together.
constexpr std::size_t kMaxParts = std::size_t{1} << 22;
/// An attribute in readable form is cut there.
constexpr std::size_t kMaxAttributeLetters = 1000;

std::string typeName(int type) {
  constexpr const char* kNames[] = {
      "invalid",   "float",  "double",     "int32", "uint8",    "int16",   "int8",     "string",
      "complex64", "int64",  "bool",       "qint8", "quint8",   "qint32",  "bfloat16", "qint16",
      "quint16",   "uint16", "complex128", "half",  "resource", "variant", "uint32",   "uint64"};
  constexpr int kKnown = static_cast<int>(std::size(kNames));
  constexpr int kReference = 100;  // added to a type where it is a reference to a variable
  if (type >= 0 && type < kKnown) return kNames[type];
  if (type > kReference && type < kReference + kKnown) {
    return std::string(kNames[type - kReference]) + " reference";
  }
  return "type " + std::to_string(type);
}

std::vector<std::int64_t> extentsOf(const proto::TensorShapeProto& shape) {
  if (shape.unknown_rank()) return {-1};
  std::vector<std::int64_t> extents;
  for (const auto& dimension : shape.dim())
    extents.push_back(std::max<std::int64_t>(dimension.size(), -1));
  return extents;
}

/// Text that grows up to a limit.
class Readable {
 public:
  [[nodiscard]] bool full() const { return m_text.size() >= kMaxAttributeLetters; }
  void add(std::string_view text) {
    m_text += text.substr(0, kMaxAttributeLetters);
    if (full()) {
      m_text.resize(kMaxAttributeLetters);
      m_text += "...";
    }
  }
  void addNumber(double number) {
    std::string text;
    appendNumber(text, number);
    add(text);
  }
  void addShape(const proto::TensorShapeProto& shape) {
    if (shape.unknown_rank()) return add("[...]");
    addList(shape.dim(), [this](const auto& dimension) {
      add(dimension.size() < 0 ? "?" : std::to_string(dimension.size()));
    });
  }
  template <class Field, class Add>
  void addList(const Field& field, Add addOne) {
    add("[");
    bool first = true;
    for (const auto& entry : field) {
      if (full()) return;
      if (!std::exchange(first, false)) add(", ");
      addOne(entry);
    }
    add("]");
  }
  [[nodiscard]] std::string take() { return std::move(m_text); }

 private:
  std::string m_text;
};

void addListValue(const proto::AttrValue::ListValue& list, Readable& text) {
  if (list.s_size() > 0) return text.addList(list.s(), [&](const auto& s) { text.add(s); });
  if (list.i_size() > 0) {
    return text.addList(list.i(), [&](std::int64_t i) { text.add(std::to_string(i)); });
  }
  if (list.f_size() > 0) return text.addList(list.f(), [&](float f) { text.addNumber(f); });
  if (list.b_size() > 0) {
    return text.addList(list.b(), [&](bool b) { text.add(b ? "true" : "false"); });
  }
  if (list.type_size() > 0) {
    return text.addList(list.type(), [&](int type) { text.add(typeName(type)); });
  }
  text.addList(list.shape(), [&](const auto& shape) { text.addShape(shape); });
}

std::string readable(const proto::AttrValue& value) {
  Readable text;
  switch (value.value_case()) {
    case proto::AttrValue::kS:
      text.add(value.s());
      break;
    case proto::AttrValue::kI:
      text.add(std::to_string(value.i()));
      break;
    case proto::AttrValue::kF:
      text.addNumber(static_cast<double>(value.f()));
      break;
    case proto::AttrValue::kB:
      text.add(value.b() ? "true" : "false");
      break;
    case proto::AttrValue::kType:
      text.add(typeName(value.type()));
      break;
    case proto::AttrValue::kShape:
      text.addShape(value.shape());
      break;
    case proto::AttrValue::kTensor:
      text.add(typeName(value.tensor().dtype()) + " tensor ");
      text.addShape(value.tensor().tensor_shape());
      break;
    case proto::AttrValue::kList:
      addListValue(value.list(), text);
      break;
    default:
      text.add("of a kind not known here");
  }
  return text.take();
}

void fill(GraphNode& decoded, proto::NodeDef& node) {
  decoded.name = std::move(*node.mutable_name());
  decoded.operation = std::move(*node.mutable_op());
  decoded.device = std::move(*node.mutable_device());
  decoded.inputs.reserve(static_cast<std::size_t>(node.input_size()));
  for (std::string& input : *node.mutable_input()) decoded.inputs.push_back(std::move(input));
  for (const auto& attribute : node.attr()) {
    if (attribute.key() == "_output_shapes" && attribute.value().has_list()) {
      for (const auto& shape : attribute.value().list().shape()) {
        decoded.outputShapes.push_back(extentsOf(shape));
      }
    } else {
      decoded.attributes.emplace_back(attribute.key(), readable(attribute.value()));
    }
  }
}

}  // namespace

Result<Graph> decodeGraphDef(std::string_view message) {
  constexpr int kNodeField = 1;
  Graph graph;
  std::size_t parts = 0;
  Message problem;
  const bool good = eachBytesField(message, [&](int field, std::string_view bytes) {
    if (field != kNodeField) return true;
    proto::NodeDef node;
    if (!parseMessage(bytes, node, kMaxNodeBytes)) {
      problem = {"its node %1 is no NodeDef message, or over 32 MB long", graph.nodes.size()};
      return false;
    }
    parts += 1 + static_cast<std::size_t>(node.input_size()) +
             static_cast<std::size_t>(node.attr_size());
    if (parts > kMaxParts) {
      problem = {"its graph has more than %1 nodes, inputs and attributes", kMaxParts};
      return false;
    }
    fill(graph.nodes.emplace_back(), node);
    return true;
  });
  if (!problem.empty()) return makeError(ErrorCode::kCorrupt, std::move(problem));
  if (!good) return corrupt("it is no GraphDef message");
  return graph;
}

Result<Graph> decodeMetaGraphDef(std::string_view message) {
  constexpr int kGraphField = 2;
  std::string_view graph;
  const bool good = eachBytesField(message, [&](int field, std::string_view bytes) {
    if (field == kGraphField) graph = bytes;
    return true;
  });
  if (!good) return corrupt("it is no MetaGraphDef message");
  return decodeGraphDef(graph);
}

}  // namespace eventio
