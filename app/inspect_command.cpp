// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "eventio/load_runs.h"
#include "eventio/natural_order.h"

namespace app {

namespace {

using Json = nlohmann::ordered_json;

std::vector<eventio::TagInfo> sortedTags(const eventio::Run& run) {
  std::vector<eventio::TagInfo> tags = run.tags();
  std::sort(tags.begin(), tags.end(),
            [](const auto& a, const auto& b) { return eventio::naturalLess(a.tag, b.tag); });
  return tags;
}

std::string asJson(const eventio::LoadedRuns& loaded) {
  Json runs = Json::array();
  for (const auto& run : loaded.runs) {
    Json tags = Json::array();
    for (const eventio::TagInfo& tag : sortedTags(*run)) {
      tags.push_back({{"tag", tag.tag},
                      {"kind", eventio::toString(tag.kind)},
                      {"count", tag.count},
                      {"first_step", tag.firstStep},
                      {"last_step", tag.lastStep}});
    }
    Json damages = Json::array();
    for (const eventio::Damage& damage : run->damage()) {
      damages.push_back({{"file", damage.file},
                         {"offset", damage.offset},
                         {"bytes", damage.bytes},
                         {"what", damage.what}});
    }
    runs.push_back(
        {{"run", run->name()}, {"tags", std::move(tags)}, {"damage", std::move(damages)}});
  }
  // Names need not be UTF-8; JSON must be.
  return Json{{"runs", std::move(runs)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Columns as wide as their widest cell; the first one to the left, the others to the right.
std::string asTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    text += "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      text += i < 2 ? row[i] + padding : padding + row[i];
      text += i + 1 < row.size() ? "  " : "\n";
    }
  }
  return text;
}

/// Control characters in a name must not reach the terminal.
std::string printable(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f) letter = '?';
  }
  return text;
}

std::string asText(const eventio::LoadedRuns& loaded) {
  if (loaded.runs.empty()) return "no runs here: no file whose name contains \"tfevents\"\n";
  std::string text;
  for (const auto& run : loaded.runs) {
    text += "run " + printable(run->name()) + "\n";
    std::vector<std::vector<std::string>> rows = {
        {"tag", "kind", "count", "first step", "last step"}};
    for (const eventio::TagInfo& tag : sortedTags(*run)) {
      const bool any = tag.count > 0;
      rows.push_back({printable(tag.tag), eventio::toString(tag.kind), std::to_string(tag.count),
                      any ? std::to_string(tag.firstStep) : "-",
                      any ? std::to_string(tag.lastStep) : "-"});
    }
    text += rows.size() > 1 ? asTable(rows) : "  no values\n";
    for (const eventio::Damage& damage : run->damage()) {
      text += "  damage: " + printable(damage.file) + ", " + std::to_string(damage.bytes) +
              " bytes at offset " + std::to_string(damage.offset) + ": " + printable(damage.what) +
              "\n";
    }
    text += "\n";
  }
  return text;
}

}  // namespace

int runInspect(const InspectOptions& options) {
  const auto loaded = eventio::loadRuns(options.path);
  if (!loaded) {
    std::fprintf(stderr, "traindeck inspect: %s\n", loaded.error().message.c_str());
    return 1;
  }
  const std::string text = options.json ? asJson(*loaded) : asText(*loaded);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    std::fputs("traindeck inspect: cannot write the result to standard output\n", stderr);
    return 1;
  }
  for (const std::string& problem : loaded->problems) {
    std::fprintf(stderr, "traindeck inspect: %s\n", problem.c_str());
  }
  return loaded->problems.empty() ? 0 : 1;
}

}  // namespace app
