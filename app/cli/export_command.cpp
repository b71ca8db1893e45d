// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/cli/commands.h"
#include "app/cli/edit_distance.h"
#include "app/cli/output.h"
#include "app/cli/stored_export.h"
#include "app/cli/terminal_text.h"
#include "eventio/base/natural_order.h"
#include "eventio/base/result.h"
#include "eventio/decode/stored_values.h"
#include "eventio/reader/embedding_reader.h"
#include "eventio/sources/load_runs.h"
#include "eventio/text/export_format.h"

namespace app {

namespace {

using eventio::TagKind;

void printFailure(const eventio::Message& message) {
  std::fprintf(stderr, "traindeck export: %s\n", printable(message.english()).c_str());
}

struct Filter {
  std::optional<std::regex> run;
  std::optional<std::regex> tag;
  std::string kind;  // the word for it; empty: all

  [[nodiscard]] bool takes(const std::string& word) const { return kind.empty() || kind == word; }
  static bool matches(const std::optional<std::regex>& pattern, const std::string& text) {
    return !pattern || std::regex_search(text, *pattern);
  }
};

/// The runs to choose from, and what could not be read, one sentence each.
struct Loaded {
  std::vector<NamedRun> runs;
  std::vector<eventio::Message> problems;
};

/// What is written under one name.
struct Entry {
  std::string tag;
  const eventio::TagInfo* info = nullptr;  // or
  const eventio::EmbeddingFiles* embedding = nullptr;
};

/// The entries of a run of the kind that is asked for, and what is wrong with its embeddings.
struct Entries {
  std::vector<eventio::TagInfo> tags;
  eventio::EmbeddingList embeddings;

  Entries(const eventio::Run& run, const Filter& filter) : tags(run.tags()) {
    std::erase_if(tags, [&](const eventio::TagInfo& tag) {
      return !filter.takes(eventio::toString(tag.kind));
    });
    if (filter.takes(eventio::kEmbeddingKind)) embeddings = eventio::listEmbeddings(run.path());
  }
};

class Exporter {
 public:
  Exporter(Output& output, eventio::ExportFormat& format, const ExportOptions& options)
      : m_output(output),
        m_format(format),
        m_report(options.report),
        m_stored(format, options.mediaFolder, options.report) {}

  eventio::Result<void> run(const Loaded& loaded, const Filter& filter) {
    m_format.header(m_buffer);
    for (const NamedRun& run : loaded.runs) {
      if (!Filter::matches(filter.run, run.name)) continue;
      if (auto written = writeRun(run, filter); !written) return written;
    }
    return flush();
  }

  [[nodiscard]] bool failed() const { return m_failed || m_stored.failed(); }

 private:
  static constexpr std::size_t kBufferBytes = 1U << 20;

  eventio::Result<void> writeRun(const NamedRun& run, const Filter& filter) {
    const Entries all(*run.run, filter);
    for (const eventio::Message& problem : all.embeddings.problems) {
      m_report(problem);
      m_failed = true;
    }
    std::vector<Entry> entries;
    for (const auto& tag : all.tags) entries.push_back({tag.tag, &tag, nullptr});
    for (const auto& embedding : all.embeddings.embeddings) {
      entries.push_back({embedding.tag, nullptr, &embedding});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return eventio::naturalLess(a.tag, b.tag);
    });
    for (const Entry& entry : entries) {
      if (!Filter::matches(filter.tag, entry.tag)) continue;
      if (auto written = writeEntry(run, entry); !written) return written;
    }
    return {};
  }

  eventio::Result<void> writeEntry(const NamedRun& run, const Entry& entry) {
    m_stored.begin(run.name, entry.tag);
    if (entry.info != nullptr) {
      m_format.begin(run.name, entry.tag, eventio::toString(entry.info->kind));
      return writeTag(*run.run, *entry.info);
    }
    m_format.begin(run.name, entry.tag, eventio::kEmbeddingKind);
    if (auto written = m_stored.write(m_buffer, *entry.embedding); !written) return written;
    return keepSmall();
  }

  eventio::Result<void> writeTag(const eventio::Run& run, const eventio::TagInfo& tag) {
    switch (tag.kind) {
      case TagKind::kScalar: {
        const eventio::ScalarView view = run.scalars(tag.tag);
        for (std::size_t i = 0; i < view.size(); ++i) {
          m_format.scalar(m_buffer, view.point(i));
          if (auto kept = keepSmall(); !kept) return kept;
        }
        return {};
      }
      case TagKind::kHistogram:
        for (auto& point : run.histograms(tag.tag)) {
          if (auto read = eventio::readHistogram(run, tag.tag, point)) {
            point.value = std::move(*read);
            m_format.histogram(m_buffer, point);
          } else {
            m_stored.fail(m_buffer, {point.step, point.wallTime}, read.error().message);
          }
          if (auto kept = keepSmall(); !kept) return kept;
        }
        return {};
      case TagKind::kText:
        for (const auto& point : run.texts(tag.tag)) {
          m_format.text(m_buffer, point);
          if (auto kept = keepSmall(); !kept) return kept;
        }
        return {};
      case TagKind::kHparams: {
        const eventio::Hparams hparams = run.hparams().value_or(eventio::Hparams{});
        const eventio::HparamRecord record = eventio::hparamRecord(tag.tag);
        for (const eventio::StoredPoint& point : run.stored(tag.tag)) {
          m_format.hparams(m_buffer, {point.step, point.wallTime}, record, hparams);
          if (auto kept = keepSmall(); !kept) return kept;
        }
        return {};
      }
      default:
        for (const eventio::StoredPoint& point : run.stored(tag.tag)) {
          if (auto written = m_stored.write(m_buffer, run, tag, point); !written) return written;
          if (auto kept = keepSmall(); !kept) return kept;
        }
        return {};
    }
  }

  eventio::Result<void> keepSmall() {
    if (m_buffer.size() < kBufferBytes) return {};
    return flush();
  }

  eventio::Result<void> flush() {
    auto written = m_output.write(m_buffer);
    m_buffer.clear();
    return written;
  }

  Output& m_output;
  eventio::ExportFormat& m_format;
  std::function<void(const eventio::Message&)> m_report;
  StoredExport m_stored;
  std::string m_buffer;
  bool m_failed = false;
};

/// Names for a message, those that are most like `pattern` first.
std::string nearest(const std::set<std::string>& names, const std::string& pattern) {
  constexpr std::size_t kMaxListed = 5;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  ranked.reserve(names.size());
  for (const std::string& name : names) ranked.emplace_back(editDistance(name, pattern), name);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kMaxListed, ranked.size()); ++i) {
    text.append(text.empty() ? "'" : ", '").append(ranked[i].second).append("'");
  }
  if (ranked.size() > kMaxListed) {
    text += " and " + std::to_string(ranked.size() - kMaxListed) + " more";
  }
  return text;
}

/// Why nothing of the runs is asked for; empty when something is.
eventio::Message mismatch(const Loaded& loaded, const Filter& filter,
                          const ExportOptions& options) {
  std::set<std::string> runNames;
  std::set<std::string> tags;
  bool hasRun = loaded.runs.empty();
  for (const NamedRun& run : loaded.runs) {
    runNames.insert(run.name);
    if (!Filter::matches(filter.run, run.name)) continue;
    hasRun = true;
    const Entries entries(*run.run, filter);
    if (!entries.embeddings.problems.empty()) return {};  // reported as such
    for (const auto& tag : entries.tags) tags.insert(tag.tag);
    for (const auto& embedding : entries.embeddings.embeddings) tags.insert(embedding.tag);
  }
  if (!hasRun) {
    return {"no run has a name that matches --run '%1'; there are %2", options.runPattern,
            nearest(runNames, options.runPattern)};
  }
  if (loaded.runs.empty()) return {};
  // "" or " of kind scalar": a word of a command line, the same in every language.
  const std::string ofKind = options.kind.empty() ? "" : " of kind " + options.kind;
  const bool all = options.kind.empty() && options.tagPattern.empty();
  if (tags.empty())
    return all ? eventio::Message() : eventio::Message("no run holds a tag%1", ofKind);
  const bool found = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
    return Filter::matches(filter.tag, tag);
  });
  if (found) return {};
  return {"no run holds a tag%1 that matches --tag '%2'; there are %3", ofKind, options.tagPattern,
          nearest(tags, options.tagPattern)};
}

bool compile(const std::string& pattern, std::optional<std::regex>& compiled) {
  if (pattern.empty()) return true;
  try {
    compiled.emplace(pattern, std::regex::ECMAScript | std::regex::icase | std::regex::optimize);
    return true;
  } catch (const std::regex_error&) {
    return false;
  }
}

int exportLoaded(const eventio::Result<Loaded>& loaded, const ExportOptions& options,
                 const Filter& filter) {
  const auto failed = [&options](const eventio::Message& message) {
    options.report(message);
    return 1;
  };
  if (!loaded) return failed(loaded.error().message);
  if (const eventio::Message reason = mismatch(*loaded, filter, options); !reason.empty()) {
    for (const eventio::Message& problem : loaded->problems) options.report(problem);
    return failed(reason);
  }
  auto output = Output::open(options.outputFile);
  if (!output) return failed(output.error().message);
  const auto format = options.format == ExportOptions::Format::kCsv ? eventio::makeCsv(options.kind)
                                                                    : eventio::makeJsonLines();
  Exporter exporter(*output, *format, options);
  if (const auto written = exporter.run(*loaded, filter); !written) {
    return failed(written.error().message);
  }
  if (const auto finished = output->finish(); !finished) return failed(finished.error().message);
  for (const eventio::Message& problem : loaded->problems) options.report(problem);
  if (loaded->runs.empty()) {
    options.report({"no runs in '%1': nothing to export", options.path});
  }
  return loaded->problems.empty() && !exporter.failed() ? 0 : 1;
}

/// `load` is called once the filters have proved right.
int runReporting(const ExportOptions& options,
                 const std::function<eventio::Result<Loaded>()>& load) {
  const auto wrong = [&options](const eventio::Message& message) {
    options.report(message);
    return 2;
  };
  Filter filter;
  filter.kind = options.kind;
  if (!compile(options.runPattern, filter.run)) {
    return wrong({"--run '%1' is not a regular expression", options.runPattern});
  }
  if (!compile(options.tagPattern, filter.tag)) {
    return wrong({"--tag '%1' is not a regular expression", options.tagPattern});
  }
  try {
    return exportLoaded(load(), options, filter);
  } catch (const std::regex_error&) {
    return wrong({"a regular expression is too complex for the names here"});
  }
}

/// Of each event file how many bytes could not be read.
std::map<std::string, std::uint64_t> damagedBytes(const Loaded& loaded) {
  std::map<std::string, std::uint64_t> bytes;
  for (const NamedRun& run : loaded.runs) {
    for (const eventio::Damage& damage : run.run->damage()) {
      if (!damage.isNotice) bytes[damage.file] += damage.bytes;
    }
  }
  return bytes;
}

}  // namespace

int runExport(const ExportOptions& options) {
  ignoreBrokenPipes();
  const auto load = [&options]() -> eventio::Result<Loaded> {
    auto found = eventio::loadRuns(options.path);
    if (!found) return tl::unexpected<eventio::Error>(found.error());
    Loaded loaded{{}, std::move(found->problems)};
    for (auto& run : found->runs) loaded.runs.push_back({run, run->name()});
    return loaded;
  };
  if (options.report) return runReporting(options, load);
  ExportOptions printing = options;
  printing.report = printFailure;
  std::map<std::string, std::uint64_t> damaged;
  const int status = runReporting(printing, [&] {
    auto loaded = load();
    if (loaded) damaged = damagedBytes(*loaded);
    return loaded;
  });
  for (const auto& [file, bytes] : damaged) {
    printFailure(
        {"%1: %2 bytes are damaged, and what they held is not exported; traindeck inspect lists "
         "the places",
         file, bytes});
  }
  return status;
}

int exportRuns(const std::vector<NamedRun>& runs, const ExportOptions& options) {
  ignoreBrokenPipes();
  ExportOptions ofRuns = options;
  ofRuns.path.clear();
  ofRuns.runPattern.clear();
  if (!ofRuns.report) ofRuns.report = printFailure;
  return runReporting(ofRuns, [&runs] { return eventio::Result<Loaded>(Loaded{runs, {}}); });
}

}  // namespace app
