// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/run_notes.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "eventio/text/earlier_notes.h"

namespace eventio {

namespace {

using nlohmann::json;
using Kind = RunNote::Kind;
using About = RunNote::About;

constexpr std::array<std::pair<Kind, std::string_view>, 6> kKindNames{
    {{Kind::kPhaseBegins, "phase_begins"},
     {Kind::kEnded, "ended"},
     {Kind::kChanged, "changed"},
     {Kind::kWentBack, "went_back"},
     {Kind::kSaved, "saved"},
     {Kind::kAlert, "alert"}}};
constexpr std::array<std::pair<About, std::string_view>, 5> kAboutNames{
    {{About::kTraining, "training"},
     {About::kLog, "log"},
     {About::kSaving, "saving"},
     {About::kFiles, "files"},
     {About::kData, "data"}}};

template <class Names, class Value>
std::string_view nameIn(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return {};
}

template <class Names>
auto valueIn(const Names& names, std::string_view wanted)
    -> std::optional<typename Names::value_type::first_type> {
  for (const auto& [value, name] : names) {
    if (name == wanted) return value;
  }
  return std::nullopt;
}

std::string textOf(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double numberOf(const json& object, const char* member) {
  const auto found = object.find(member);
  return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

constexpr int kMaxDepth = 8;  // of messages in messages

/// {"text": "cannot read '%1': %2", "arguments": ["a", 7, {"text": ...}]}
json toJson(const Message& message) {
  json arguments = json::array();
  for (const MessageArgument& argument : message.arguments()) {
    if (argument.message() != nullptr) {
      arguments.push_back(toJson(*argument.message()));
    } else if (argument.isNumber()) {
      arguments.push_back(json::parse(argument.text()));
    } else {
      arguments.push_back(argument.text());
    }
  }
  return {{"text", message.text()}, {"arguments", std::move(arguments)}};
}

/// Empty for what is no message.
Message messageOf(const json& object, int depth = 0) {
  std::string text = object.is_object() ? textOf(object, "text") : std::string();
  if (text.empty() || depth > kMaxDepth) return {};
  std::vector<MessageArgument> arguments;
  const auto found = object.find("arguments");
  if (found == object.end() || !found->is_array()) return {};
  for (const json& argument : *found) {
    if (argument.is_string()) {
      arguments.emplace_back(argument.get<std::string>());
    } else if (argument.is_number_unsigned()) {
      arguments.emplace_back(argument.get<std::uint64_t>());
    } else if (argument.is_number_integer()) {
      arguments.emplace_back(argument.get<std::int64_t>());
    } else {
      arguments.emplace_back(messageOf(argument, depth + 1));
    }
  }
  return Message::stored(std::move(text), std::move(arguments));
}

}  // namespace

std::string_view textTagOf(RunNote::Kind kind) noexcept {
  switch (kind) {
    case Kind::kChanged:
    case Kind::kWentBack:
      return kChangesTag;
    case Kind::kSaved:
      return kCheckpointsTag;
    case Kind::kPhaseBegins:
    case Kind::kEnded:
      return kPhasesTag;
    case Kind::kAlert:
      break;
  }
  return kAlertsTag;
}

std::string encodeRunNote(const RunNote& note) {
  json object = {{"kind", nameIn(kKindNames, note.kind)}, {"sentence", note.sentence}};
  if (note.kind == Kind::kAlert) object["about"] = nameIn(kAboutNames, note.about);
  if (!note.name.empty()) object["name"] = note.name;
  if (note.kind == Kind::kChanged || note.kind == Kind::kWentBack) {
    object["from"] = note.from;
    object["to"] = note.to;
  }
  if (!note.detail.empty()) object["detail"] = note.detail;
  if (note.detailStep) object["detail_step"] = *note.detailStep;
  if (!note.message.empty()) object["message"] = toJson(note.message);
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<RunNote> decodeRunNote(std::string_view text, std::int64_t step, double wallTime) {
  const json object = json::parse(text, nullptr, false);
  if (!object.is_object()) return std::nullopt;
  const std::optional<Kind> kind = valueIn(kKindNames, textOf(object, "kind"));
  if (!kind) return std::nullopt;
  RunNote note;
  note.kind = *kind;
  // An alert of another kind than those known is no reason to go back.
  note.about = *kind == Kind::kAlert
                   ? valueIn(kAboutNames, textOf(object, "about")).value_or(About::kFiles)
                   : About::kTraining;
  note.name = textOf(object, "name");
  note.from = numberOf(object, "from");
  note.to = numberOf(object, "to");
  note.detail = textOf(object, "detail");
  const auto detailStep = object.find("detail_step");
  if (detailStep != object.end() && detailStep->is_number_integer()) {
    note.detailStep = detailStep->get<std::int64_t>();
  }
  note.sentence = textOf(object, "sentence");
  if (const auto message = object.find("message"); message != object.end()) {
    note.message = messageOf(*message);
  }
  note.step = step;
  note.wallTime = wallTime;
  return note;
}

std::size_t RunNotes::update(const Run& run) {
  // Cheap while nothing was taken away: the last one known is still where it was.
  if (!m_points.empty()) {
    const std::vector<TextPoint> points = run.texts(kRunNotesTag, m_points.size() - 1);
    if (!points.empty() && points.front().wallTime == m_points.back()) {
      const std::size_t before = m_notes.size();
      append(std::span(points).subspan(1));
      return before;
    }
  }
  return reload(run);
}

std::size_t RunNotes::reload(const Run& run) {
  const std::vector<TextPoint> points = run.texts(kRunNotesTag);
  const std::vector<RunNote> before =
      std::exchange(m_notes, notesOfEarlierTexts(run, points.empty() ? nullptr : &points.front()));
  m_points.clear();
  append(points);
  const auto isSame = [](const RunNote& a, const RunNote& b) {
    return a.wallTime == b.wallTime && a.step == b.step && a.sentence == b.sentence;
  };
  const auto differs =
      std::mismatch(m_notes.begin(), m_notes.end(), before.begin(), before.end(), isSame);
  return static_cast<std::size_t>(differs.first - m_notes.begin());
}

void RunNotes::append(std::span<const TextPoint> points) {
  for (const TextPoint& point : points) {
    m_points.push_back(point.wallTime);
    if (point.value.empty()) continue;
    std::optional<RunNote> note = decodeRunNote(point.value.front(), point.step, point.wallTime);
    if (note) m_notes.push_back(std::move(*note));
  }
}

}  // namespace eventio
