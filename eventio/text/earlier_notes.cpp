// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/text/earlier_notes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>

namespace eventio {

namespace {

using Kind = RunNote::Kind;
using About = RunNote::About;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool beginsWithAny(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [text](std::string_view beginning) { return text.starts_with(beginning); });
}

About aboutOf(std::string_view text) {
  if (text.starts_with("The log cannot be written")) return About::kLog;
  if (beginsWithAny(text, {"The model could not be saved", "The model is saved again"})) {
    return About::kSaving;
  }
  const bool isAboutFiles =
      beginsWithAny(text, {"The log ", "This file system ", "Cannot go back "}) ||
      contains(text, "event file") || contains(text, "checkpoints/");
  return isAboutFiles ? About::kFiles : About::kTraining;
}

/// Takes `word` and the whole number behind it off the text's front.
std::optional<std::int64_t> takeNumber(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) return std::nullopt;
  std::int64_t number = 0;
  const char* const begin = text.data() + word.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// "went back from step A to step B", which ": step C: " and the reason may follow.
void readGoingBack(std::string_view text, RunNote& note) {
  const auto from = takeNumber(text, "went back from step ");
  const auto to = from ? takeNumber(text, " to step ") : std::nullopt;
  if (!to) return;
  note.kind = Kind::kWentBack;
  note.from = static_cast<double>(*from);
  note.to = static_cast<double>(*to);
  if (!text.starts_with(": ")) return;
  text.remove_prefix(2);
  std::string_view rest = text;
  const auto step = takeNumber(rest, "step ");
  if (step && rest.starts_with(": ")) {
    if (*step != *from) note.detailStep = step;
    text = rest.substr(2);
  }
  note.detail = text;
}

RunNote noteOf(Kind kind, const TextPoint& point) {
  RunNote note;
  note.kind = kind;
  for (const std::string& part : point.value) note.sentence += part;
  note.step = point.step;
  note.wallTime = point.wallTime;
  if (kind == Kind::kAlert) note.about = aboutOf(note.sentence);
  if (kind == Kind::kChanged) readGoingBack(note.sentence, note);
  if (kind == Kind::kPhaseBegins && !note.sentence.ends_with(" begins")) note.kind = Kind::kEnded;
  return note;
}

}  // namespace

std::vector<RunNote> notesOfEarlierTexts(const Run& run, const TextPoint* firstNote) {
  std::vector<RunNote> notes;
  for (const Kind kind : {Kind::kChanged, Kind::kSaved, Kind::kAlert, Kind::kPhaseBegins}) {
    for (const TextPoint& point : run.texts(std::string(textTagOf(kind)).append(kTextTagEnd))) {
      if (firstNote != nullptr && !(point.wallTime < firstNote->wallTime)) continue;
      notes.push_back(noteOf(kind, point));
    }
  }
  std::stable_sort(notes.begin(), notes.end(),
                   [](const RunNote& a, const RunNote& b) { return a.wallTime < b.wallTime; });
  return notes;
}

}  // namespace eventio
