// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/export_format.h"

#include <array>
#include <cstdint>
#include <vector>

#include "eventio/text_format.h"

namespace eventio {

namespace {

/// Several strings of one value as one text, a line each.
std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (&text != &texts.front()) all += '\n';
    all += text;
  }
  return all;
}

class JsonLines : public ExportFormat {
 public:
  void header(std::string& /*out*/) const override {}

  void beginTag(const std::string& run, const TagInfo& tag) override {
    m_prefix = "{\"run\":";
    appendJsonString(m_prefix, run);
    m_prefix += ",\"tag\":";
    appendJsonString(m_prefix, tag.tag);
    m_prefix.append(",\"kind\":\"").append(toString(tag.kind)).append("\",\"step\":");
  }

  void scalar(std::string& out, const ScalarPoint& point) const override {
    begin(out, point.step, point.wallTime);
    out += ",\"value\":";
    appendJsonNumber(out, point.value);
    out += "}\n";
  }

  void histogram(std::string& out, const HistogramPoint& point) const override {
    const Histogram& histogram = *point.value;
    begin(out, point.step, point.wallTime);
    const auto field = [&](const char* name, double number) {
      out.append(",\"").append(name).append("\":");
      appendJsonNumber(out, number);
    };
    field("min", histogram.min);
    field("max", histogram.max);
    field("num", histogram.num);
    field("sum", histogram.sum);
    field("sum_squares", histogram.sumSquares);
    out += ",\"limits\":";
    appendJsonNumbers(out, histogram.limits);
    out += ",\"counts\":";
    appendJsonNumbers(out, histogram.counts);
    out += "}\n";
  }

  void text(std::string& out, const TextPoint& point) const override {
    begin(out, point.step, point.wallTime);
    out += ",\"text\":";
    appendJsonString(out, joined(point.value));
    out += "}\n";
  }

  void stamp(std::string& out, const StoredPoint& point) const override {
    begin(out, point.step, point.wallTime);
    out += "}\n";
  }

  void hparams(std::string& out, const StoredPoint& point, const Hparams& hparams) const override {
    begin(out, point.step, point.wallTime);
    out += ",\"hparams\":";
    appendJsonHparams(out, hparams);
    out += ",\"metrics\":[";
    for (const std::string& tag : hparams.metricTags) {
      if (&tag != &hparams.metricTags.front()) out += ',';
      appendJsonString(out, tag);
    }
    out += "]}\n";
  }

 private:
  void begin(std::string& out, std::int64_t step, double wallTime) const {
    out += m_prefix;
    appendInteger(out, step);
    out += ",\"wall_time\":";
    appendJsonNumber(out, wallTime, Digits::kWallTime);
  }

  std::string m_prefix;
};

class Csv : public ExportFormat {
 public:
  explicit Csv(std::optional<TagKind> kind) : m_kind(kind) {}

  void header(std::string& out) const override {
    out += "run,tag,kind,step,wall_time";
    if (has(TagKind::kScalar)) out += ",value";
    if (has(TagKind::kHistogram)) out += ",min,max,num,sum,sum_squares,limits,counts";
    if (has(TagKind::kText)) out += ",text";
    if (has(TagKind::kHparams)) out += ",hparams";
    out += '\n';
  }

  void beginTag(const std::string& run, const TagInfo& tag) override {
    m_prefix.clear();
    appendCsvCell(m_prefix, run);
    m_prefix += ',';
    appendCsvCell(m_prefix, tag.tag);
    m_prefix.append(",").append(toString(tag.kind)).append(",");
  }

  void scalar(std::string& out, const ScalarPoint& point) const override {
    row(out, point.step, point.wallTime, TagKind::kScalar, [&] { appendNumber(out, point.value); });
  }

  void histogram(std::string& out, const HistogramPoint& point) const override {
    const Histogram& histogram = *point.value;
    row(out, point.step, point.wallTime, TagKind::kHistogram, [&] {
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
    row(out, point.step, point.wallTime, TagKind::kText,
        [&] { appendCsvCell(out, joined(point.value)); });
  }

  void stamp(std::string& out, const StoredPoint& point) const override {
    row(out, point.step, point.wallTime, TagKind::kImage, [] {});
  }

  void hparams(std::string& out, const StoredPoint& point, const Hparams& hparams) const override {
    row(out, point.step, point.wallTime, TagKind::kHparams, [&] {
      std::string json;
      appendJsonHparams(json, hparams);
      appendCsvCell(out, json);
    });
  }

 private:
  [[nodiscard]] bool has(TagKind kind) const { return !m_kind || *m_kind == kind; }

  static void appendList(std::string& out, const std::vector<double>& numbers) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i > 0) out += ' ';
      appendNumber(out, numbers[i]);
    }
  }

  /// One row: the columns of its own kind filled by `fill`, those of the others left empty.
  template <class Fill>
  void row(std::string& out, std::int64_t step, double wallTime, TagKind kind, Fill fill) const {
    struct Group {
      TagKind kind;
      int columns;
    };
    static constexpr std::array<Group, 4> kGroups = {{{TagKind::kScalar, 1},
                                                      {TagKind::kHistogram, 7},
                                                      {TagKind::kText, 1},
                                                      {TagKind::kHparams, 1}}};
    out += m_prefix;
    appendInteger(out, step);
    out += ',';
    appendNumber(out, wallTime, Digits::kWallTime);
    for (const Group& group : kGroups) {
      if (!has(group.kind)) continue;
      out += ',';
      if (group.kind == kind) {
        fill();
      } else {
        out.append(static_cast<std::size_t>(group.columns - 1), ',');
      }
    }
    out += '\n';
  }

  std::optional<TagKind> m_kind;
  std::string m_prefix;
};

}  // namespace

std::unique_ptr<ExportFormat> makeJsonLines() {
  return std::make_unique<JsonLines>();
}

std::unique_ptr<ExportFormat> makeCsv(std::optional<TagKind> kind) {
  return std::make_unique<Csv>(kind);
}

}  // namespace eventio
