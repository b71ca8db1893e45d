// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>
#include <string>

#include "eventio/text/export_format.h"
#include "eventio/text/json_text.h"
#include "eventio/text/text_format.h"

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

const char* countName(MeshPart part) {
  switch (part) {
    case MeshPart::kVertices:
      return "vertices";
    case MeshPart::kFaces:
      return "faces";
    case MeshPart::kColors:
      return "colors";
    case MeshPart::kUnknown:
      break;
  }
  return "points";
}

class JsonLines : public ExportFormat {
 public:
  void header(std::string& /*out*/) const override {}

  void begin(const std::string& run, const std::string& tag, const std::string& kind) override {
    m_prefix = "{\"run\":";
    appendJsonString(m_prefix, run);
    m_prefix += ",\"tag\":";
    appendJsonString(m_prefix, tag);
    m_prefix.append(",\"kind\":\"").append(kind).append("\",\"step\":");
  }

  void scalar(std::string& out, const ScalarPoint& point) const override {
    start(out, {point.step, point.wallTime});
    out += ",\"value\":";
    appendJsonNumber(out, point.value);
    out += "}\n";
  }

  void histogram(std::string& out, const HistogramPoint& point) const override {
    const Histogram& histogram = *point.value;
    line(out, {point.step, point.wallTime}, [&](JsonObject& row) {
      row.add("min", histogram.min);
      row.add("max", histogram.max);
      row.add("num", histogram.num);
      row.add("sum", histogram.sum);
      row.add("sum_squares", histogram.sumSquares);
      appendJsonNumbers(row.member("limits"), histogram.limits);
      appendJsonNumbers(row.member("counts"), histogram.counts);
    });
  }

  void text(std::string& out, const TextPoint& point) const override {
    line(out, {point.step, point.wallTime},
         [&](JsonObject& row) { row.add("text", joined(point.value)); });
  }

  void hparams(std::string& out, const Stamp& stamp, HparamRecord record,
               const Hparams& hparams) const override {
    line(out, stamp, [&](JsonObject& row) {
      if (record == HparamRecord::kExperiment) addExperiment(row, hparams);
      if (record == HparamRecord::kSessionStart) addSessionStart(row, hparams);
      if (record == HparamRecord::kSessionEnd) addSessionEnd(row, hparams);
    });
  }

  void images(std::string& out, const Stamp& stamp,
              const std::vector<ImageRow>& images) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.addList("images", images, [&](const ImageRow& image) {
        JsonObject entry(out);
        entry.addInteger("width", image.width);
        entry.addInteger("height", image.height);
        entry.add("format", image.format);
        entry.addSize("bytes", image.bytes);
        entry.addUnlessEmpty("file", image.file);
      });
    });
  }

  void audio(std::string& out, const Stamp& stamp,
             const std::vector<AudioRow>& clips) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.addList("clips", clips, [&](const AudioRow& clip) {
        JsonObject entry(out);
        entry.add("sample_rate", clip.sampleRate);
        entry.addInteger("channels", clip.channels);
        entry.addInteger("frames", clip.frames);
        entry.add("content_type", clip.contentType);
        entry.add("label", clip.label);
        entry.addSize("bytes", clip.bytes);
        entry.addUnlessEmpty("file", clip.file);
      });
    });
  }

  void prCurve(std::string& out, const Stamp& stamp, const PrCurve& curve) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.addSize("thresholds", curve.thresholds());
      appendJsonNumbers(row.member("true_positives"), curve.truePositives);
      appendJsonNumbers(row.member("false_positives"), curve.falsePositives);
      appendJsonNumbers(row.member("true_negatives"), curve.trueNegatives);
      appendJsonNumbers(row.member("false_negatives"), curve.falseNegatives);
      appendJsonNumbers(row.member("precision"), curve.precision);
      appendJsonNumbers(row.member("recall"), curve.recall);
    });
  }

  void mesh(std::string& out, const Stamp& stamp, const MeshRow& mesh) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.add("mesh", mesh.mesh);
      row.addInteger("batch", mesh.batch);
      row.addInteger(countName(mesh.part), mesh.count);
    });
  }

  void layout(std::string& out, const Stamp& stamp, const ScalarLayout& layout) const override {
    line(out, stamp, [&](JsonObject& row) { addLayout(row, layout); });
  }

  void graph(std::string& out, const Stamp& stamp, const Graph& graph, std::uint64_t bytes,
             const std::string& file) const override {
    line(out, stamp, [&](JsonObject& row) {
      addGraph(row, graph);
      row.addSize("bytes", bytes);
      row.addUnlessEmpty("file", file);
    });
  }

  void other(std::string& out, const Stamp& stamp, const OtherRow& other) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.add("plugin", other.plugin);
      row.addSize("bytes", other.bytes);
    });
  }

  void embedding(std::string& out, const Stamp& stamp,
                 const EmbeddingRow& embedding) const override {
    line(out, stamp, [&](JsonObject& row) {
      row.addSize("rows", embedding.rows);
      row.addSize("columns", embedding.columns);
      if (embedding.files.empty()) return;
      row.addList("files", embedding.files,
                  [&](const std::string& file) { appendJsonString(out, file); });
    });
  }

  void failure(std::string& out, const Stamp& stamp, const std::string& why) const override {
    line(out, stamp, [&](JsonObject& row) { row.add("error", why); });
  }

 private:
  void start(std::string& out, const Stamp& stamp) const {
    out += m_prefix;
    appendInteger(out, stamp.step);
    out += ",\"wall_time\":";
    appendJsonNumber(out, stamp.wallTime, Digits::kWallTime);
  }

  template <class Fill>
  void line(std::string& out, const Stamp& stamp, Fill fill) const {
    start(out, stamp);
    {
      JsonObject row(out, {});
      fill(row);
    }
    out += '\n';
  }

  std::string m_prefix;
};

}  // namespace

std::unique_ptr<ExportFormat> makeJsonLines() {
  return std::make_unique<JsonLines>();
}

}  // namespace eventio
