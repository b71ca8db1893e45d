// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "eventio/export_format.h"
#include "eventio/load_runs.h"
#include "eventio/natural_order.h"
#include "eventio/result.h"

namespace app {

namespace {

using eventio::TagKind;

tl::unexpected<eventio::Error> cannotWrite(const std::string& file, int error) {
  return eventio::makeError(eventio::ErrorCode::kIo, "cannot write '" + file + "': " +
                                                         std::generic_category().message(error));
}

// --- where the text goes
// ---------------------------------------------------------------------------

/// Standard output, or a file that takes its name only when it is complete.
class Output {
 public:
  static eventio::Result<Output> open(const std::string& file) {
    Output output;
    if (file.empty()) return output;
    output.m_file = file;
    output.m_temporary = file + ".part-" + std::to_string(::getpid());
    output.m_descriptor =
        ::open(output.m_temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (output.m_descriptor < 0) return cannotWrite(output.m_temporary, errno);
    return output;
  }

  Output(Output&& other) noexcept { *this = std::move(other); }
  Output& operator=(Output&& other) noexcept {
    std::swap(m_file, other.m_file);
    std::swap(m_temporary, other.m_temporary);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
  }
  ~Output() {
    if (m_temporary.empty()) return;
    ::close(m_descriptor);
    ::unlink(m_temporary.c_str());
  }

  eventio::Result<void> write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t taken = ::write(m_descriptor, text.data(), text.size());
      if (taken < 0 && errno == EINTR) continue;
      if (taken <= 0) return cannotWrite(m_file.empty() ? "standard output" : m_file, errno);
      text.remove_prefix(static_cast<std::size_t>(taken));
    }
    return {};
  }

  eventio::Result<void> finish() {
    if (m_temporary.empty()) return {};
    if (::fsync(m_descriptor) != 0 && errno != EINVAL) return cannotWrite(m_file, errno);
    if (::rename(m_temporary.c_str(), m_file.c_str()) != 0) return cannotWrite(m_file, errno);
    ::close(m_descriptor);
    m_temporary.clear();
    return {};
  }

 private:
  Output() = default;

  std::string m_file;
  std::string m_temporary;
  int m_descriptor = STDOUT_FILENO;
};

// --- the command
// -----------------------------------------------------------------------------------

struct Filter {
  std::optional<std::regex> run;
  std::optional<std::regex> tag;
  std::optional<TagKind> kind;

  static bool matches(const std::optional<std::regex>& pattern, const std::string& text) {
    return !pattern || std::regex_search(text, *pattern);
  }
};

class Exporter {
 public:
  Exporter(Output& output, eventio::ExportFormat& format) : m_output(output), m_format(format) {}

  eventio::Result<void> run(const eventio::LoadedRuns& loaded, const Filter& filter) {
    m_format.header(m_buffer);
    for (const auto& run : loaded.runs) {
      if (!Filter::matches(filter.run, run->name())) continue;
      std::vector<eventio::TagInfo> tags = run->tags();
      std::sort(tags.begin(), tags.end(),
                [](const auto& a, const auto& b) { return eventio::naturalLess(a.tag, b.tag); });
      for (const eventio::TagInfo& tag : tags) {
        if (tag.kind == TagKind::kOther || (filter.kind && tag.kind != *filter.kind)) continue;
        if (!Filter::matches(filter.tag, tag.tag)) continue;
        m_format.beginTag(run->name(), tag);
        if (auto written = writeTag(*run, tag); !written) return written;
      }
    }
    return flush();
  }

 private:
  static constexpr std::size_t kBufferBytes = 1U << 20;

  eventio::Result<void> writeTag(const eventio::Run& run, const eventio::TagInfo& tag) {
    if (tag.kind == TagKind::kScalar) {
      const eventio::ScalarView view = run.scalars(tag.tag);
      for (std::size_t i = 0; i < view.size(); ++i) {
        m_format.scalar(m_buffer, view.point(i));
        if (auto kept = keepSmall(); !kept) return kept;
      }
      return {};
    }
    if (tag.kind == TagKind::kHistogram) {
      for (const auto& point : run.histograms(tag.tag)) {
        m_format.histogram(m_buffer, point);
        if (auto kept = keepSmall(); !kept) return kept;
      }
      return {};
    }
    if (tag.kind == TagKind::kText) {
      for (const auto& point : run.texts(tag.tag)) {
        m_format.text(m_buffer, point);
        if (auto kept = keepSmall(); !kept) return kept;
      }
      return {};
    }
    // The run's hyper-parameters stand in the record that opened its session.
    const bool opensSession =
        tag.kind == TagKind::kHparams && tag.tag == "_hparams_/session_start_info";
    const eventio::Hparams hparams = run.hparams().value_or(eventio::Hparams{});
    for (const eventio::StoredPoint& point : run.stored(tag.tag)) {
      if (opensSession) {
        m_format.hparams(m_buffer, point, hparams);
      } else {
        m_format.stamp(m_buffer, point);
      }
      if (auto kept = keepSmall(); !kept) return kept;
    }
    return {};
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
  std::string m_buffer;
};

int complain(const std::string& message, int status) {
  std::fprintf(stderr, "traindeck export: %s\n", message.c_str());
  return status;
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

int exportRuns(const ExportOptions& options, const Filter& filter) {
  const auto loaded = eventio::loadRuns(options.path);
  if (!loaded) return complain(loaded.error().message, 1);
  auto output = Output::open(options.outputFile);
  if (!output) return complain(output.error().message, 1);
  const auto format = options.format == ExportOptions::Format::kCsv ? eventio::makeCsv(options.kind)
                                                                    : eventio::makeJsonLines();
  if (const auto written = Exporter(*output, *format).run(*loaded, filter); !written) {
    return complain(written.error().message, 1);
  }
  if (const auto finished = output->finish(); !finished) {
    return complain(finished.error().message, 1);
  }
  for (const std::string& problem : loaded->problems) complain(problem, 1);
  return loaded->problems.empty() ? 0 : 1;
}

}  // namespace

int runExport(const ExportOptions& options) {
  Filter filter;
  filter.kind = options.kind;
  if (!compile(options.runPattern, filter.run)) {
    return complain("--run '" + options.runPattern + "' is not a regular expression", 2);
  }
  if (!compile(options.tagPattern, filter.tag)) {
    return complain("--tag '" + options.tagPattern + "' is not a regular expression", 2);
  }
  try {
    return exportRuns(options, filter);
  } catch (const std::regex_error&) {
    return complain("a regular expression is too complex for the names here", 2);
  }
}

}  // namespace app
