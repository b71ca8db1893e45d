// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "eventio/data/run_data.h"
#include "eventio/data/values.h"
#include "eventio/text/text_format.h"

/// Values as JSON text.
namespace eventio {

/// Appends the members of one object; the destructor closes it.
class JsonObject {
 public:
  explicit JsonObject(std::string& out) : m_out(out) { m_out += '{'; }
  /// Goes on with an object whose first members stand in `out` already.
  JsonObject(std::string& out, std::string_view members) : m_out(out), m_first(false) {
    m_out += members;
  }
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;
  ~JsonObject() { m_out += '}'; }

  /// For a value that the caller appends.
  std::string& member(std::string_view name) {
    if (!std::exchange(m_first, false)) m_out += ',';
    m_out.append("\"").append(name).append("\":");
    return m_out;
  }
  void add(std::string_view name, std::string_view text) { appendJsonString(member(name), text); }
  void add(std::string_view name, const char* text) { add(name, std::string_view(text)); }
  void add(std::string_view name, double number) { appendJsonNumber(member(name), number); }
  void add(std::string_view name, bool flag) { member(name) += flag ? "true" : "false"; }
  void addInteger(std::string_view name, std::int64_t number) {
    appendInteger(member(name), number);
  }
  void addSize(std::string_view name, std::uint64_t number) {
    member(name) += std::to_string(number);
  }
  void addWallTime(std::string_view name, double time) {
    appendJsonNumber(member(name), time, Digits::kWallTime);
  }
  /// Leaves out an empty text.
  void addUnlessEmpty(std::string_view name, std::string_view text) {
    if (!text.empty()) add(name, text);
  }
  /// `append(entry)` appends one entry's value.
  template <class List, class Append>
  void addList(std::string_view name, const List& list, Append append) {
    std::string& out = member(name);
    out += '[';
    bool first = true;
    for (const auto& entry : list) {
      if (!std::exchange(first, false)) out += ',';
      append(entry);
    }
    out += ']';
  }

 private:
  std::string& m_out;
  bool m_first = true;
};

/// The members that describe the experiment, the session's start, and its end.
void addExperiment(JsonObject& object, const Hparams& hparams);
void addSessionStart(JsonObject& object, const Hparams& hparams);
void addSessionEnd(JsonObject& object, const Hparams& hparams);

/// The member "categories".
void addLayout(JsonObject& object, const ScalarLayout& layout);

/// The member "nodes".
void addGraph(JsonObject& object, const Graph& graph);

}  // namespace eventio
