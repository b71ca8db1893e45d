// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/pickle.h"

#include <bit>
#include <optional>
#include <unordered_map>
#include <utility>

#include "training/base/byte_reader.h"

namespace training {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

/// The stack machine of a pickle. A function that returns false ends the reading.
class PickleReader {
 public:
  PickleReader(std::string_view bytes, std::size_t maxNodes)
      : m_bytes(bytes), m_maxNodes(maxNodes) {}

  Result<Pickle> read() {
    while (!m_ended) {
      const std::size_t place = m_read;
      const auto opcode = number<std::uint8_t>();
      if (!opcode || !step(static_cast<char>(*opcode))) {
        return makeError(ErrorCode::kCorrupt, "its pickle cannot be read at byte %1", place);
      }
    }
    if (m_read != m_bytes.size()) {
      return makeError(ErrorCode::kCorrupt, "its pickle is followed by something else");
    }
    return std::move(m_pickle);
  }

 private:
  using Place = std::uint32_t;

  bool step(char opcode) {
    switch (opcode) {
      case '\x80':  // PROTO
        return number<std::uint8_t>() == std::uint8_t{2};
      case '.':  // STOP
        return stop();
      case '(':  // MARK
        m_marks.push_back(m_stack.size());
        return true;
      case 'q':  // BINPUT
        return put(number<std::uint8_t>());
      case 'r':  // LONG_BINPUT
        return put(number<std::uint32_t>());
      case 'h':  // BINGET
        return get(number<std::uint8_t>());
      case 'j':  // LONG_BINGET
        return get(number<std::uint32_t>());
      default:
        return pushPlain(opcode) || pushGroup(opcode) || change(opcode);
    }
  }

  /// Values that hold no others.
  bool pushPlain(char opcode) {
    switch (opcode) {
      case 'N':  // NONE
        return push({});
      case '\x88':  // NEWTRUE
        return push({.kind = PickleKind::kBool, .integer = 1});
      case '\x89':  // NEWFALSE
        return push({.kind = PickleKind::kBool, .integer = 0});
      case 'K':  // BININT1
        return pushInteger(number<std::uint8_t>());
      case 'M':  // BININT2
        return pushInteger(number<std::uint16_t>());
      case 'J':  // BININT
        return pushInteger(number<std::int32_t>());
      case '\x8a':  // LONG1
        return pushLong();
      case 'G':  // BINFLOAT
        return pushFloat();
      case 'X':  // BINUNICODE
        return pushText();
      case 'c':  // GLOBAL
        return pushGlobal();
      default:
        return false;
    }
  }

  /// Values that are made of those on the stack.
  bool pushGroup(char opcode) {
    switch (opcode) {
      case '}':  // EMPTY_DICT
        return push({.kind = PickleKind::kDict});
      case ']':  // EMPTY_LIST
        return push({.kind = PickleKind::kList});
      case ')':  // EMPTY_TUPLE
        return push({.kind = PickleKind::kTuple});
      case '\x85':  // TUPLE1
      case '\x86':  // TUPLE2
      case '\x87':  // TUPLE3
        return pushTuple(popCount(static_cast<unsigned char>(opcode) - 0x84U));
      case 't':  // TUPLE
        return pushTuple(popToMark());
      case 'R':  // REDUCE
        return pushCall(PickleKind::kCall);
      case '\x81':  // NEWOBJ
        return pushCall(PickleKind::kObject);
      case 'Q': {  // BINPERSID
        const auto id = pop();
        return id && push({.kind = PickleKind::kPersistent, .arguments = *id});
      }
      default:
        return false;
    }
  }

  /// Changes of the value on top of the stack.
  bool change(char opcode) {
    switch (opcode) {
      case 'a':  // APPEND
        return extend(popCount(1), PickleKind::kList);
      case 'e':  // APPENDS
        return extend(popToMark(), PickleKind::kList);
      case 's':  // SETITEM
        return extend(popCount(2), PickleKind::kDict);
      case 'u':  // SETITEMS
        return extend(popToMark(), PickleKind::kDict);
      case 'b': {  // BUILD
        const auto state = pop();
        PickleNode* node = state ? top() : nullptr;
        if (node == nullptr || node->callable == PickleNode::kNothing) return false;
        node->state = *state;
        return true;
      }
      default:
        return false;
    }
  }

  bool stop() {
    if (m_stack.size() != 1 || !m_marks.empty()) return false;
    m_pickle.m_root = m_stack.front();
    m_ended = true;
    return true;
  }

  // --- the stack: what lies below the last mark is out of reach -------------------------------
  [[nodiscard]] std::size_t reachable() const {
    return m_stack.size() - (m_marks.empty() ? 0 : m_marks.back());
  }

  bool push(PickleNode node) {
    if (m_pickle.m_nodes.size() == m_maxNodes) return false;
    m_stack.push_back(static_cast<Place>(m_pickle.m_nodes.size()));
    m_pickle.m_nodes.push_back(std::move(node));
    return true;
  }

  PickleNode* top() { return reachable() > 0 ? &m_pickle.m_nodes[m_stack.back()] : nullptr; }

  std::optional<Place> pop() {
    if (reachable() == 0) return std::nullopt;
    const Place place = m_stack.back();
    m_stack.pop_back();
    return place;
  }

  std::optional<std::vector<Place>> popCount(std::size_t count) {
    if (reachable() < count) return std::nullopt;
    std::vector<Place> places(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    return places;
  }

  std::optional<std::vector<Place>> popToMark() {
    if (m_marks.empty()) return std::nullopt;
    auto places = popCount(reachable());
    m_marks.pop_back();
    return places;
  }

  bool put(std::optional<std::uint32_t> slot) {
    if (!slot || reachable() == 0) return false;
    m_memo[*slot] = m_stack.back();
    return true;
  }

  bool get(std::optional<std::uint32_t> slot) {
    const auto found = slot ? m_memo.find(*slot) : m_memo.end();
    if (found == m_memo.end()) return false;
    m_stack.push_back(found->second);
    return true;
  }

  // --- values ---------------------------------------------------------------------------------
  bool pushInteger(std::optional<std::int64_t> value) {
    return value && push({.kind = PickleKind::kInteger, .integer = *value});
  }

  /// Two's complement in as many bytes as it needs; more than 8 are no number of a tensor.
  bool pushLong() {
    const auto length = number<std::uint8_t>();
    const auto bytes = length && *length <= 8 ? take(*length) : std::nullopt;
    if (!bytes) return false;
    const bool negative = !bytes->empty() && (static_cast<unsigned char>(bytes->back()) & 0x80U);
    std::uint64_t value = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = bytes->size(); i > 0; --i) {
      value = value << 8 | static_cast<unsigned char>((*bytes)[i - 1]);
    }
    return pushInteger(static_cast<std::int64_t>(value));
  }

  bool pushFloat() {
    const auto bytes = take(8);
    if (!bytes) return false;
    std::uint64_t bits = 0;  // big-endian, alone of all numbers
    for (const char byte : *bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
    return push({.kind = PickleKind::kFloat, .number = std::bit_cast<double>(bits)});
  }

  bool pushText() {
    const auto length = number<std::uint32_t>();
    const auto text = length ? take(*length) : std::nullopt;
    return text && push({.kind = PickleKind::kText, .text = std::string(*text)});
  }

  bool pushGlobal() {
    const auto module = line();
    const auto name = module ? line() : std::nullopt;
    if (!name) return false;
    std::string text(*module);
    text.append(1, '.').append(*name);
    return push({.kind = PickleKind::kGlobal, .text = std::move(text)});
  }

  bool pushTuple(std::optional<std::vector<Place>> items) {
    return items && push({.kind = PickleKind::kTuple, .items = std::move(*items)});
  }

  bool pushCall(PickleKind kind) {
    const auto parts = popCount(2);
    return parts && push({.kind = kind, .callable = (*parts)[0], .arguments = (*parts)[1]});
  }

  /// Appends to a list, or key and value in turn to a dict; or to a call or object, for which the
  /// pickle trusts that it is one.
  bool extend(const std::optional<std::vector<Place>>& places, PickleKind kind) {
    PickleNode* node = places ? top() : nullptr;
    if (node == nullptr) return false;
    if (node->kind != kind && node->callable == PickleNode::kNothing) return false;
    if (kind == PickleKind::kDict && places->size() % 2 != 0) return false;
    node->items.insert(node->items.end(), places->begin(), places->end());
    return true;
  }

  // --- the bytes ------------------------------------------------------------------------------
  std::optional<std::string_view> take(std::size_t size) {
    const auto taken = ByteReader(m_bytes.substr(m_read)).take(size);
    if (taken) m_read += size;
    return taken;
  }

  template <class Number>
  std::optional<Number> number() {
    const auto value = ByteReader(m_bytes.substr(m_read)).number<Number>();
    if (value) m_read += sizeof(Number);
    return value;
  }

  std::optional<std::string_view> line() {
    const std::size_t end = m_bytes.find('\n', m_read);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = m_bytes.substr(m_read, end - m_read);
    m_read = end + 1;
    return text;
  }

  std::string_view m_bytes;
  std::size_t m_read = 0;
  std::size_t m_maxNodes;
  bool m_ended = false;
  Pickle m_pickle;
  std::vector<Place> m_stack;
  std::vector<std::size_t> m_marks;  ///< heights of the stack
  std::unordered_map<std::uint32_t, Place> m_memo;
};

Result<Pickle> Pickle::read(std::string_view bytes, std::size_t maxNodes) {
  return PickleReader(bytes, maxNodes).read();
}

const PickleNode& Pickle::at(std::uint32_t place) const noexcept {
  static const PickleNode kNone;
  return place < m_nodes.size() ? m_nodes[place] : kNone;
}

const PickleNode* Pickle::find(const PickleNode& node, std::string_view key) const noexcept {
  const PickleNode& dict = node.kind == PickleKind::kObject ? at(node.state) : node;
  if (dict.kind != PickleKind::kDict) return nullptr;
  for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {
    const PickleNode& name = at(dict.items[i - 2]);
    if (name.kind == PickleKind::kText && name.text == key) return &at(dict.items[i - 1]);
  }
  return nullptr;
}

}  // namespace training
