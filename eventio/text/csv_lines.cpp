// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "eventio/text/export_format.h"
#include "eventio/text/json_text.h"
#include "eventio/text/text_format.h"

namespace eventio {

namespace {

/// Columns that appear together.
struct Group {
  std::string_view kind;  // of its only kind; empty: of all kinds that no other group is for
  std::string_view names;
  int columns;
};

enum GroupIndex {
  kScalarGroup,
  kHistogramGroup,
  kTextGroup,
  kHparamGroup,
  kCurveGroup,
  kItemGroup
};

constexpr std::array<Group, 6> kGroups = {
    {{"scalar", ",value", 1},
     {"histogram", ",min,max,num,sum,sum_squares,limits,counts", 7},
     {"text", ",text", 1},
     {"hparam", ",hparams", 1},
     {"pr_curve", ",true_positives,false_positives,true_negatives,false_negatives,precision,recall",
      6},
     {"", ",items,bytes,files,error", 4}}};

/// What stands in the columns of kItemGroup.
struct Items {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  bool hasBytes = true;
  std::string files{};  // with a space between; their names have none

  void addFile(const std::string& file) {
    if (file.empty()) return;
    if (!files.empty()) files += ' ';
    files += file;
  }
};

void appendList(std::string& out, const std::vector<double>& numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out += ' ';
    appendNumber(out, numbers[i]);
  }
}

class Csv : public ExportFormat {
 public:
  explicit Csv(std::string kind) : m_kind(std::move(kind)) {}

  void header(std::string& out) const override {
    out += "run,tag,kind,step,wall_time";
    for (const Group& group : kGroups) {
      if (has(group)) out += group.names;
    }
    out += '\n';
  }

  void begin(const std::string& run, const std::string& tag, const std::string& kind) override {
    m_prefix.clear();
    appendCsvCell(m_prefix, run);
    m_prefix += ',';
    appendCsvCell(m_prefix, tag);
    m_prefix.append(",").append(kind).append(",");
  }

  void scalar(std::string& out, const ScalarPoint& point) const override {
    row(out, {point.step, point.wallTime}, kScalarGroup, [&] { appendNumber(out, point.value); });
  }

  void histogram(std::string& out, const HistogramPoint& point) const override {
    const Histogram& histogram = *point.value;
    row(out, {point.step, point.wallTime}, kHistogramGroup, [&] {
      for (const double number :
           {histogram.min, histogram.max, histogram.num, histogram.sum, histogram.sumSquares}) {
        appendNumber(out, number);
        out += ',';
      }
      appendList(out, histogram.limits);
      out += ',';
      appendList(out, histogram.counts);
    });
  }

  void text(std::string& out, const TextPoint& point) const override {
    std::string all;
    for (const std::string& text : point.value) {
      if (&text != &point.value.front()) all += '\n';
      all += text;
    }
    row(out, {point.step, point.wallTime}, kTextGroup, [&] { appendCsvCell(out, all); });
  }

  void hparams(std::string& out, const Stamp& stamp, HparamRecord record,
               const Hparams& hparams) const override {
    row(out, stamp, kHparamGroup, [&] {
      std::string json;
      if (record == HparamRecord::kSessionStart) {
        appendJsonHparams(json, hparams);
      } else if (record == HparamRecord::kSessionEnd) {
        JsonObject object(json);
        addSessionEnd(object, hparams);
      } else if (record == HparamRecord::kExperiment) {
        JsonObject object(json);
        addExperiment(object, hparams);
      }
      appendCsvCell(out, json);
    });
  }

  void images(std::string& out, const Stamp& stamp,
              const std::vector<ImageRow>& images) const override {
    media(out, stamp, images);
  }
  void audio(std::string& out, const Stamp& stamp,
             const std::vector<AudioRow>& clips) const override {
    media(out, stamp, clips);
  }

  void prCurve(std::string& out, const Stamp& stamp, const PrCurve& curve) const override {
    row(out, stamp, kCurveGroup, [&] {
      appendList(out, curve.truePositives);
      for (const auto* list : {&curve.falsePositives, &curve.trueNegatives, &curve.falseNegatives,
                               &curve.precision, &curve.recall}) {
        out += ',';
        appendList(out, *list);
      }
    });
  }

  void mesh(std::string& out, const Stamp& stamp, const MeshRow& mesh) const override {
    Items found{.count = static_cast<std::uint64_t>(mesh.batch) *
                         static_cast<std::uint64_t>(mesh.count)};
    found.hasBytes = false;
    items(out, stamp, found);
  }

  void layout(std::string& out, const Stamp& stamp, const ScalarLayout& layout) const override {
    Items found;
    found.hasBytes = false;
    for (const auto& category : layout.categories) found.count += category.charts.size();
    items(out, stamp, found);
  }

  void graph(std::string& out, const Stamp& stamp, const Graph& graph, std::uint64_t bytes,
             const std::string& file) const override {
    Items found{.count = graph.nodes.size(), .bytes = bytes};
    found.addFile(file);
    items(out, stamp, found);
  }

  void other(std::string& out, const Stamp& stamp, const OtherRow& other) const override {
    items(out, stamp, {.count = 1, .bytes = other.bytes});
  }

  void embedding(std::string& out, const Stamp& stamp,
                 const EmbeddingRow& embedding) const override {
    Items found{.count = embedding.rows};
    found.hasBytes = false;
    for (const std::string& file : embedding.files) found.addFile(file);
    items(out, stamp, found);
  }

  void failure(std::string& out, const Stamp& stamp, const std::string& why) const override {
    row(out, stamp, kItemGroup, [&] {
      out += ",,,";
      appendCsvCell(out, why);
    });
  }

 private:
  [[nodiscard]] bool has(const Group& group) const {
    if (m_kind.empty() || group.kind == m_kind) return true;
    if (!group.kind.empty()) return false;
    const bool text =
        m_kind == "scalar" || m_kind == "histogram" || m_kind == "text" || m_kind == "hparam";
    return !text;
  }

  template <class Row>
  void media(std::string& out, const Stamp& stamp, const std::vector<Row>& rows) const {
    Items found{.count = rows.size()};
    for (const Row& entry : rows) {
      found.bytes += entry.bytes;
      found.addFile(entry.file);
    }
    items(out, stamp, found);
  }

  void items(std::string& out, const Stamp& stamp, const Items& found) const {
    row(out, stamp, kItemGroup, [&] {
      out += std::to_string(found.count) + ",";
      if (found.hasBytes) out += std::to_string(found.bytes);
      out += ',';
      appendCsvCell(out, found.files);
      out += ',';
    });
  }

  /// One row: the columns of one group filled by `fill`, those of the others left empty.
  template <class Fill>
  void row(std::string& out, const Stamp& stamp, GroupIndex filled, Fill fill) const {
    out += m_prefix;
    appendInteger(out, stamp.step);
    out += ',';
    appendNumber(out, stamp.wallTime, Digits::kWallTime);
    for (const Group& group : kGroups) {
      if (!has(group)) continue;
      out += ',';
      if (&group == &kGroups[filled]) {
        fill();
      } else {
        out.append(static_cast<std::size_t>(group.columns - 1), ',');
      }
    }
    out += '\n';
  }

  std::string m_kind;
  std::string m_prefix;
};

}  // namespace

std::unique_ptr<ExportFormat> makeCsv(const std::string& kind) {
  return std::make_unique<Csv>(kind);
}

}  // namespace eventio
