// SPDX-License-Identifier: GPL-3.0-or-later
// Tables of numbers with one target column (csv_table.h): a CSV file, or a folder with one, or with
// train.csv, test.csv and val.csv. Features stay as they are written: nothing is normalised.
//
// Targets of text are classes, in alphabetical order. Whole numbers are classes, in numerical
// order, where the column is named label or class, or where at most 1000 different ones come twice
// or more on average; all other numbers are values to predict. DataOptions::targets decides
// otherwise.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <system_error>

#include "training/base/quoted_name.h"
#include "training/data/csv_table.h"
#include "training/data/data_source.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

bool isCsvName(const fs::path& path) {
  std::string name = path.filename().string();
  if (name.ends_with(".gz")) name.resize(name.size() - 3);
  return name.ends_with(".csv") || name.ends_with(".tsv");
}

struct CsvFiles {
  fs::path train;
  fs::path validation;  ///< may be empty, as test
  fs::path test;
};

CsvFiles filesAt(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return {path, {}, {}};
  CsvFiles files;
  std::vector<fs::path> all;
  for (const fs::path& file : entriesOf(path)) {
    if (!isCsvName(file) || fs::is_directory(file, ignored)) continue;
    all.push_back(file);
    const std::string name = file.filename().string();
    const std::string stem = name.substr(0, name.find('.'));
    if (stem == "train") files.train = file;
    if (stem == "test") files.test = file;
    if (stem == "val" || stem == "validation") files.validation = file;
  }
  if (files.train.empty() && all.size() == 1) return {all.front(), {}, {}};
  return files;
}

/// A whole number, or empty.
std::optional<double> wholeNumber(const std::string& text) {
  const std::optional<double> value = csvNumber(text);
  const bool whole = value && std::abs(*value) <= 0x1p53 && std::trunc(*value) == *value;
  return whole ? value : std::nullopt;
}

std::optional<float> finiteNumber(const std::string& text) {
  const std::optional<double> value = csvNumber(text);
  return value && std::isfinite(*value) ? std::optional(static_cast<float>(*value)) : std::nullopt;
}

/// The targets of all splits together: what they are, and the classes.
class Targets {
 public:
  Targets(std::span<const CsvTable> tables, TargetKind wanted) {
    bool numbers = true;
    bool whole = true;
    std::size_t rows = 0;
    for (const CsvTable& table : tables) {
      for (const std::string& text : table.targets) {
        whole = whole && wholeNumber(text);
        numbers = numbers && finiteNumber(text);
        ++rows;
      }
    }
    m_missing = !numbers && lacksValues(tables);
    collect(tables, whole);
    m_labels = !numbers || (whole && (tables.front().labelled ||
                                      (m_names.size() <= 1000 && 2 * m_names.size() <= rows)));
    if (wanted != TargetKind::kAuto) m_labels = wanted == TargetKind::kLabels;
  }

  [[nodiscard]] std::vector<std::string> names() const {
    return m_labels ? m_names : std::vector<std::string>();
  }

  Result<SampleTargets> of(const CsvTable& table, const fs::path& file) const {
    for (std::size_t row = 0; m_missing && row < table.targets.size(); ++row) {
      if (finiteNumber(table.targets[row])) continue;
      return corruptAt(file, Message("line %1", table.lines[row]),
                       "%1: %2 stands for a missing or infinite number; leave the row out",
                       quotedName(table.columns[table.targetColumn]),
                       quotedName(table.targets[row]));
    }
    if (m_labels && m_names.size() > static_cast<std::size_t>(kMaxClasses)) {
      return makeError(ErrorCode::kUnsupported,
                       "%1: %2 different class labels; at most %3 can be told apart", file,
                       m_names.size(), kMaxClasses);
    }
    std::vector<std::int64_t> labels;
    std::vector<float> values;
    for (std::size_t row = 0; row < table.targets.size(); ++row) {
      const std::string& text = table.targets[row];
      if (m_labels) {
        labels.push_back(m_classes.at(text));
        continue;
      }
      const std::optional<float> value = finiteNumber(text);
      if (!value) return noValue(table, row, file);
      values.push_back(*value);
    }
    if (m_labels) return SampleTargets(std::move(labels));
    return SampleTargets(std::move(values));
  }

 private:
  static tl::unexpected<eventio::Error> noValue(const CsvTable& table, std::size_t row,
                                                const fs::path& file) {
    const Message line("line %1", table.lines[row]);
    const std::string column = quotedName(table.columns[table.targetColumn]);
    const std::string text = quotedName(table.targets[row]);
    if (csvNumber(table.targets[row])) {
      return corruptAt(file, line, "%1: %2 is not finite", column, text);
    }
    return corruptAt(file, line,
                     "%1: %2 is no value to predict; the task classification takes text as classes",
                     column, text);
  }

  /// Numbers, but for words of missing values and infinity, which are no classes then.
  static bool lacksValues(std::span<const CsvTable> tables) {
    bool anyNumber = false;
    for (const CsvTable& table : tables) {
      for (const std::string& text : table.targets) {
        const bool isNumber = finiteNumber(text).has_value();
        if (!isNumber && !isMissingValue(text) && !csvNumber(text)) return false;
        anyNumber = anyNumber || isNumber;
      }
    }
    return anyNumber;
  }

  /// Numbers the classes; "1" and "1.0" are one class where all labels are whole numbers.
  void collect(std::span<const CsvTable> tables, bool whole) {
    std::map<std::pair<double, std::string>, std::int64_t> order;
    const auto key = [whole](const std::string& text) {
      return whole ? std::pair(*wholeNumber(text), std::string()) : std::pair(0.0, text);
    };
    for (const CsvTable& table : tables) {
      for (const std::string& text : table.targets) {
        if (m_classes.emplace(text, 0).second) order.emplace(key(text), 0);
      }
    }
    for (auto& [value, label] : order) {
      label = static_cast<std::int64_t>(m_names.size());
      m_names.push_back(whole ? std::to_string(static_cast<std::int64_t>(value.first))
                              : value.second);
    }
    for (auto& [text, label] : m_classes) label = order.at(key(text));
  }

  bool m_labels = false;
  bool m_missing = false;  // numbers, some of which are missing
  std::vector<std::string> m_names;
  std::map<std::string, std::int64_t> m_classes;  ///< of each text
};

Result<SampleSet> toSamples(CsvTable& table, const fs::path& file, const Targets& targets) {
  Result<SampleTargets> found = targets.of(table, file);
  if (!found) return tl::unexpected(found.error());
  return SampleSet{static_cast<std::int64_t>(table.targets.size()),
                   {{static_cast<std::int64_t>(table.columns.size()) - 1}},
                   std::move(table.features),
                   std::move(*found)};
}

class CsvSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "csv"; }
  std::string_view help() const noexcept override {
    return "a .csv or .tsv table of numbers whose target column is named target, label or class, "
           "or "
           "is the last; or a folder with train.csv and test.csv";
  }
  bool matches(const fs::path& path) const override {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return !filesAt(path).train.empty();
    return isCsvName(path);
  }

  /// Reads a small table, for its columns alone give neither counts nor classes.
  Result<DataDescription> probe(const fs::path& path, const DataOptions& options) const override {
    constexpr std::uintmax_t kMaxSmall = std::uintmax_t{16} << 20U;
    const CsvFiles files = filesAt(path);
    std::error_code ignored;
    if (files.train.empty() || fs::file_size(files.train, ignored) <= kMaxSmall) {
      return load(path, options).map([](LoadedData&& data) { return std::move(data.description); });
    }
    return readCsvColumns(files.train).map([&](const CsvTable& table) {
      DataDescription description = describe(path);
      description.shape = {{static_cast<std::int64_t>(table.columns.size()) - 1}};
      description.hasValidation = !files.validation.empty();
      description.isTestDrawn = files.test.empty();
      description.targets = options.targets;
      return description;
    });
  }

  Result<LoadedData> load(const fs::path& path, const DataOptions& options) const override {
    const CsvFiles files = filesAt(path);
    if (files.train.empty()) {
      return makeError(ErrorCode::kNotFound,
                       "%1 holds several tables or none, and no train.csv; name the file", path);
    }
    std::array<const fs::path*, 3> paths = {&files.train, &files.validation, &files.test};
    std::array<CsvTable, 3> tables;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (paths[i]->empty()) continue;
      Result<CsvTable> table = readCsvTable(*paths[i]);
      if (!table) return tl::unexpected(table.error());
      if (i > 0 && (table->columns != tables[0].columns)) {
        return corruptAt(*paths[i], Message("line %1", 1), "other columns than those of %1",
                         files.train);
      }
      tables[i] = std::move(*table);
    }
    return assemble(path, files, tables, options);
  }

 private:
  [[nodiscard]] DataDescription describe(const fs::path& path) const {
    DataDescription description;
    description.name = dataName(path);
    description.path = path.string();
    description.format = format();
    return description;
  }

  Result<LoadedData> assemble(const fs::path& path, const CsvFiles& files,
                              std::array<CsvTable, 3>& tables, const DataOptions& options) const {
    const Targets targets(tables, options.targets);
    LoadedData data;
    data.description = describe(path);
    data.description.classNames = targets.names();
    std::int64_t comments = 0;
    for (const CsvTable& table : tables) comments += table.comments;
    if (comments > 0) {
      data.description.remarks.push_back(
          comments == 1 ? Message("%1: 1 line that begins with # is left out", path)
                        : Message("%1: %2 lines that begin with # are left out", path, comments));
    }
    Result<SampleSet> train = toSamples(tables[0], files.train, targets);
    if (!train) return tl::unexpected(train.error());
    data.train = std::move(*train);
    if (!files.validation.empty()) {
      Result<SampleSet> validation = toSamples(tables[1], files.validation, targets);
      if (!validation) return tl::unexpected(validation.error());
      data.validation = std::move(*validation);
    }
    if (files.test.empty()) {
      const SampleSet all = std::move(data.train);
      if (auto done = splitInto(data, all, options); !done) return tl::unexpected(done.error());
    } else {
      Result<SampleSet> test = toSamples(tables[2], files.test, targets);
      if (!test) return tl::unexpected(test.error());
      data.test = std::move(*test);
    }
    if (auto done = completeDescription(data); !done) return tl::unexpected(done.error());
    return data;
  }
};

}  // namespace

const DataSource& csvSource() {
  static const CsvSource source;
  return source;
}

}  // namespace training
