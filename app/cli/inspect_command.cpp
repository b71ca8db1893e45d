// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "app/cli/terminal_text.h"
#include "eventio/base/natural_order.h"
#include "eventio/reader/embedding_reader.h"
#include "eventio/sources/load_runs.h"
#include "eventio/text/export_format.h"
#include "eventio/text/json_text.h"

namespace app {

namespace {

using Json = nlohmann::ordered_json;

std::vector<eventio::TagInfo> sortedTags(const eventio::Run& run) {
  std::vector<eventio::TagInfo> tags = run.tags();
  // A restart may have dropped all that a tag held.
  std::erase_if(tags, [](const eventio::TagInfo& tag) { return tag.count == 0; });
  std::sort(tags.begin(), tags.end(),
            [](const auto& a, const auto& b) { return eventio::naturalLess(a.tag, b.tag); });
  return tags;
}

/// An embedding with what was found of it; the size is empty where it cannot be read.
struct FoundEmbedding {
  eventio::EmbeddingFiles files;
  std::optional<eventio::EmbeddingSize> size;
};

struct FoundEmbeddings {
  std::vector<FoundEmbedding> embeddings;
  std::vector<eventio::Message> problems;
};

FoundEmbeddings embeddingsOf(const eventio::Run& run) {
  FoundEmbeddings found;
  eventio::EmbeddingList list = eventio::listEmbeddings(run.path());
  found.problems = std::move(list.problems);
  for (eventio::EmbeddingFiles& files : list.embeddings) {
    const auto size = eventio::measureEmbedding(files);
    if (!size) found.problems.push_back(size.error().message);
    found.embeddings.push_back({std::move(files), size ? std::optional(*size) : std::nullopt});
  }
  return found;
}

Json asJson(const eventio::TagInfo& tag) {
  Json object = {{"tag", tag.tag},
                 {"kind", eventio::toString(tag.kind)},
                 {"count", tag.count},
                 {"first_step", tag.firstStep},
                 {"last_step", tag.lastStep}};
  if (!tag.plugin.empty()) object["plugin"] = tag.plugin;
  if (!tag.displayName.empty()) object["display_name"] = tag.displayName;
  if (!tag.description.empty()) object["description"] = tag.description;
  return object;
}

Json asJson(const FoundEmbedding& embedding) {
  Json object = {{"tag", embedding.files.tag}, {"step", embedding.files.step}};
  if (embedding.size) {
    object["rows"] = embedding.size->rows;
    object["columns"] = embedding.size->columns;
  }
  object["tensors"] = embedding.files.tensors;
  if (!embedding.files.metadata.empty()) object["metadata"] = embedding.files.metadata;
  if (!embedding.files.sprite.empty()) object["sprite"] = embedding.files.sprite;
  return object;
}

Json asJson(const eventio::Hparams& hparams) {
  std::string text;
  {
    eventio::JsonObject object(text);
    eventio::addSessionStart(object, hparams);
    eventio::addSessionEnd(object, hparams);
    eventio::addExperiment(object, hparams);
  }
  return Json::parse(text);
}

Json asJson(const eventio::Run& run, std::vector<eventio::Message>& problems) {
  Json tags = Json::array();
  for (const eventio::TagInfo& tag : sortedTags(run)) tags.push_back(asJson(tag));
  Json damages = Json::array();
  for (const eventio::Damage& damage : run.damage()) {
    damages.push_back({{"file", damage.file},
                       {"offset", damage.offset},
                       {"bytes", damage.bytes},
                       {"level", damage.isNotice ? "notice" : "damage"},
                       {"what", damage.what.english()}});
  }
  Json object = {{"run", run.name()}, {"tags", std::move(tags)}, {"damage", std::move(damages)}};
  if (const auto hparams = run.hparams()) object["hparams"] = asJson(*hparams);
  const FoundEmbeddings found = embeddingsOf(run);
  if (!found.embeddings.empty()) {
    Json embeddings = Json::array();
    for (const auto& embedding : found.embeddings) embeddings.push_back(asJson(embedding));
    object["embeddings"] = std::move(embeddings);
  }
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  return object;
}

std::string asJson(const eventio::LoadedRuns& loaded, std::vector<eventio::Message>& problems) {
  Json runs = Json::array();
  for (const auto& run : loaded.runs) runs.push_back(asJson(*run, problems));
  // Names need not be UTF-8; JSON must be.
  return Json{{"runs", std::move(runs)}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

/// Longer tags are cut; JSON has them whole.
constexpr std::size_t kTagColumns = 60;
constexpr std::size_t kPluginColumns = 30;

/// Columns as wide as their widest cell; the first one to the left, the others to the right.
std::string asTable(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], columnsOf(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    text += "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - columnsOf(row[i]), ' ');
      text += i < 2 ? row[i] + padding : padding + row[i];
      text += i + 1 < row.size() ? "  " : "\n";
    }
  }
  return text;
}

std::string asText(const eventio::Hparams& hparams) {
  std::string text = "  hyper-parameters:";
  std::string json;
  eventio::appendJsonHparams(json, hparams);
  text += " " + printable(json) + ", session " + eventio::toString(hparams.status);
  if (!hparams.groupName.empty()) text += ", group " + printable(hparams.groupName);
  return text + "\n";
}

std::string asText(const eventio::Run& run, std::vector<eventio::Message>& problems) {
  std::string text = "run " + shownName(run.name()) + "\n";
  std::vector<std::vector<std::string>> rows = {
      {"tag", "kind", "count", "first step", "last step"}};
  for (const eventio::TagInfo& tag : sortedTags(run)) {
    const bool any = tag.count > 0;
    std::string kind = eventio::toString(tag.kind);
    if (tag.kind == eventio::TagKind::kOther && !tag.plugin.empty()) {
      kind += " (" + shownName(tag.plugin, kPluginColumns) + ")";
    }
    rows.push_back({shownName(tag.tag, kTagColumns), kind, std::to_string(tag.count),
                    any ? std::to_string(tag.firstStep) : "-",
                    any ? std::to_string(tag.lastStep) : "-"});
  }
  const FoundEmbeddings found = embeddingsOf(run);
  for (const auto& [files, size] : found.embeddings) {
    const std::string shape =
        size ? std::to_string(size->rows) + " x " + std::to_string(size->columns) : "-";
    const std::string step = std::to_string(files.step);
    rows.push_back({shownName(files.tag, kTagColumns), eventio::kEmbeddingKind, shape, step, step});
  }
  problems.insert(problems.end(), found.problems.begin(), found.problems.end());
  text += rows.size() > 1 ? asTable(rows) : "  no values\n";
  if (const auto hparams = run.hparams()) text += asText(*hparams);
  for (const eventio::Damage& damage : run.damage()) {
    text += (damage.isNotice ? "  notice: " : "  damage: ") + printable(damage.file) + ", ";
    if (!damage.isNotice) text += std::to_string(damage.bytes) + " bytes ";
    text += "at offset " + std::to_string(damage.offset) + ": " + printable(damage.what.english()) +
            "\n";
  }
  return text + "\n";
}

std::string asText(const eventio::LoadedRuns& loaded, std::vector<eventio::Message>& problems) {
  if (loaded.runs.empty()) {
    return "no runs here: no file whose name contains \"tfevents\", no CSV file with a column "
           "'step' or 'epoch'\n";
  }
  std::string text;
  for (const auto& run : loaded.runs) text += asText(*run, problems);
  return text;
}

}  // namespace

int runInspect(const InspectOptions& options) {
  ignoreBrokenPipes();
  const auto loaded = eventio::loadRuns(options.path);
  if (!loaded) {
    std::fprintf(stderr, "traindeck inspect: %s\n",
                 printable(loaded.error().message.english()).c_str());
    return 1;
  }
  std::vector<eventio::Message> problems = loaded->problems;
  const std::string text = options.json ? asJson(*loaded, problems) : asText(*loaded, problems);
  auto output = Output::open({});
  if (const auto written = output->write(text); !written) {
    std::fprintf(stderr, "traindeck inspect: %s\n",
                 printable(written.error().message.english()).c_str());
    return 1;
  }
  for (const eventio::Message& problem : problems) {
    std::fprintf(stderr, "traindeck inspect: %s\n", printable(problem.english()).c_str());
  }
  return problems.empty() ? 0 : 1;
}

}  // namespace app
