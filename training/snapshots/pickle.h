// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"

/// Python's pickle format as plain data. Nothing that a pickle names is looked up or called: a call
/// stays a node with the callable's name and its arguments.
namespace training {

enum class PickleKind {
  kNone,
  kBool,        ///< integer: 0 or 1
  kInteger,     ///< integer
  kFloat,       ///< number
  kText,        ///< text, UTF-8
  kTuple,       ///< items
  kList,        ///< items
  kDict,        ///< items: key, value, key, value, ...
  kGlobal,      ///< text: module and name with a dot between
  kCall,        ///< callable(*arguments)
  kObject,      ///< a new object of the class `callable`
  kPersistent,  ///< arguments: the id, by which the archive knows what it stands for
};

/// A value. References to others are places in Pickle's nodes; they may form a graph, even a cycle,
/// so who walks it has to bound the walk.
struct PickleNode {
  static constexpr std::uint32_t kNothing = UINT32_MAX;

  PickleKind kind = PickleKind::kNone;
  std::int64_t integer = 0;
  double number = 0;
  std::string text = {};
  std::vector<std::uint32_t> items = {};  ///< also of a call or object that was filled afterwards
  std::uint32_t callable = kNothing;      ///< kCall, kObject
  std::uint32_t arguments = kNothing;     ///< kCall, kObject, kPersistent
  std::uint32_t state = kNothing;         ///< what BUILD gave to a call or an object
};

class Pickle {
 public:
  /// Reads one pickle of protocol 2 that fills `bytes`. kCorrupt, with the reason, for what is not
  /// one, has an opcode that archives of tensors do not need, or has more than `maxNodes` values.
  [[nodiscard]] static eventio::Result<Pickle> read(std::string_view bytes,
                                                    std::size_t maxNodes = 100'000);

  [[nodiscard]] const PickleNode& root() const noexcept { return m_nodes[m_root]; }
  /// The node at a place that another node refers to; a None for kNothing.
  [[nodiscard]] const PickleNode& at(std::uint32_t place) const noexcept;
  /// The value of a text key, nullptr when there is none; the last one wins, as in Python. Of an
  /// object it is the attribute.
  [[nodiscard]] const PickleNode* find(const PickleNode& node, std::string_view key) const noexcept;

 private:
  friend class PickleReader;
  std::vector<PickleNode> m_nodes;
  std::uint32_t m_root = 0;
};

}  // namespace training
