// SPDX-License-Identifier: GPL-3.0-or-later
// SummaryWriter's calls for one kind of value each: they make of the caller's value what the
// encoders take.
#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>

#include "eventio/encode/event_encoder.h"
#include "eventio/encode/value_encoder.h"
#include "eventio/media/image_encoder.h"
#include "eventio/media/wav_encoder.h"
#include "eventio/writer/embedding_writer.h"
#include "eventio/writer/host_name.h"
#include "eventio/writer/sub_runs.h"
#include "eventio/writer/summary_writer.h"

namespace eventio {

namespace {

constexpr std::string_view kLayoutTag = "custom_scalars__config__";
constexpr std::string_view kGraphTag = "__run_graph__";

tl::unexpected<Error> textIsNotUtf8(std::string_view tag) {
  return makeError(ErrorCode::kInvalidArgument,
                   "'%1' has a text that is not UTF-8, which event files require", tag);
}

Result<void> encodePicture(std::string& out, const ValueHead& head, const Image& image) {
  Result<std::string> png = encodePng(image);
  if (!png) return tl::unexpected<Error>(png.error());
  return encodeImageValue(out, head, {image.width, image.height, std::move(*png)}, image.channels);
}

// --- boxes ---------------------------------------------------------------------------------------

constexpr int kBoxLine = 2;

/// Grey becomes RGB; alpha stays.
Image inColors(Image image) {
  if (image.channels >= 3) return image;
  const bool hasAlpha = image.channels == 2;
  Image colored{image.width, image.height, hasAlpha ? 4 : 3, {}};
  const auto step = static_cast<std::size_t>(image.channels);
  for (std::size_t i = 0; i < image.pixels.size(); i += step) {
    colored.pixels.insert(colored.pixels.end(), 3, image.pixels[i]);
    if (hasAlpha) colored.pixels.push_back(image.pixels[i + 1]);
  }
  return colored;
}

void drawBox(Image& image, const Box& box) {
  const auto toPixel = [](double at, int extent) {
    return static_cast<int>(std::clamp(std::floor(at), -3.0, static_cast<double>(extent) + 2));
  };
  const int left = toPixel(box.left, image.width);
  const int right = toPixel(box.right, image.width);
  const int top = toPixel(box.top, image.height);
  const int bottom = toPixel(box.bottom, image.height);
  for (int y = std::max(0, top); y <= std::min(bottom, image.height - 1); ++y) {
    for (int x = std::max(0, left); x <= std::min(right, image.width - 1); ++x) {
      const bool inside = x >= left + kBoxLine && x <= right - kBoxLine && y >= top + kBoxLine &&
                          y <= bottom - kBoxLine;
      if (inside) continue;
      std::uint8_t* pixel = image.pixels.data() +
                            (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                             static_cast<std::size_t>(x)) *
                                static_cast<std::size_t>(image.channels);
      pixel[0] = 255;
      pixel[1] = 0;
      pixel[2] = 0;
      if (image.channels == 4) pixel[3] = 255;
    }
  }
}

Result<void> checkBoxes(std::string_view tag, std::span<const Box> boxes,
                        std::span<const std::string> labels) {
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const Box& box = boxes[i];
    if (!(box.left <= box.right && box.top <= box.bottom)) {
      return makeError(
          ErrorCode::kInvalidArgument,
          "'%1' has a box %2 whose right or bottom lies before its left or top, or is NaN", tag, i);
    }
  }
  if (!labels.empty() && labels.size() != boxes.size()) {
    return makeError(ErrorCode::kInvalidArgument, "'%1' has %2 labels for %3 boxes", tag,
                     labels.size(), boxes.size());
  }
  return {};
}

}  // namespace

std::filesystem::path SummaryWriter::defaultDirectory(std::string_view comment) {
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t now = std::time(nullptr);
  std::tm local = {};
  ::localtime_r(&now, &local);
  std::array<char, 32> rest{};
  std::strftime(rest.data(), rest.size(), "%d_%H-%M-%S_", &local);
  std::string name = kMonths.at(static_cast<std::size_t>(local.tm_mon));
  name.append(rest.data()).append(hostNameInFiles()).append(comment);
  return std::filesystem::path("runs") / name;
}

// --- numbers -------------------------------------------------------------------------------------

Result<void> SummaryWriter::addScalar(std::string_view tag, float value, std::int64_t step,
                                      const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeScalarValue(out, head, value);
  });
}

Result<void> SummaryWriter::addDoubleScalar(std::string_view tag, double value, std::int64_t step,
                                            const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeDoubleValue(out, head, value);
  });
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, std::span<const float> values,
                                         std::int64_t step, const SummaryOptions& options) {
  return addHistogram(tag, buildHistogram(values), step, options);
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, std::span<const float> values,
                                         std::int64_t step, std::optional<double> wallTime) {
  return addHistogram(tag, values, step, SummaryOptions{.wallTime = wallTime});
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, std::span<const float> values,
                                         std::int64_t step, const HistogramBins& bins,
                                         const SummaryOptions& options) {
  const std::vector<double> copy(values.begin(), values.end());
  return addHistogram(tag, std::span<const double>(copy), step, bins, options);
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, std::span<const double> values,
                                         std::int64_t step, const HistogramBins& bins,
                                         const SummaryOptions& options) {
  if (bins.edges.empty() && !bins.maxBins) {
    return addHistogram(tag, buildHistogram(values), step, options);
  }
  const Result<Histogram> histogram = buildHistogram(values, bins);
  if (!histogram) return tl::unexpected<Error>(histogram.error());
  return addHistogram(tag, *histogram, step, options);
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, const Histogram& histogram,
                                         std::int64_t step, std::optional<double> wallTime) {
  return addHistogram(tag, histogram, step, SummaryOptions{.wallTime = wallTime});
}

Result<void> SummaryWriter::addHistogram(std::string_view tag, const Histogram& histogram,
                                         std::int64_t step, const SummaryOptions& options) {
  if (histogram.limits.size() != histogram.counts.size()) {
    return makeError(ErrorCode::kInvalidArgument, "histogram '%1' has %2 limits but %3 counts", tag,
                     histogram.limits.size(), histogram.counts.size());
  }
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeHistogramValue(out, head, histogram);
  });
}

Result<void> SummaryWriter::addTensor(std::string_view tag, const TensorArray& tensor,
                                      std::int64_t step, const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeTensorValue(out, head, tensor);
  });
}

// --- pictures, sound, text -----------------------------------------------------------------------

Result<void> SummaryWriter::addImage(std::string_view tag, const PixelArray& pixels,
                                     std::int64_t step, const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) -> Result<void> {
    const Result<Image> image = makeImage(pixels);
    if (!image) return tl::unexpected<Error>(image.error());
    return encodePicture(out, head, *image);
  });
}

Result<void> SummaryWriter::addImage(std::string_view tag, const Image& image, std::int64_t step,
                                     const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodePicture(out, head, image);
  });
}

Result<void> SummaryWriter::addEncodedImage(std::string_view tag, const EncodedImage& image,
                                            std::int64_t step, const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeImageValue(out, head, image, 0);
  });
}

Result<void> SummaryWriter::addImageWithBoxes(std::string_view tag, const PixelArray& pixels,
                                              std::span<const Box> boxes, std::int64_t step,
                                              const SummaryOptions& options,
                                              std::span<const std::string> labels) {
  if (auto good = checkBoxes(tag, boxes, labels); !good) return good;
  SummaryOptions labelled = options;
  for (const std::string& label : labels) {
    if (!labelled.description.empty()) labelled.description += "\n\n";
    labelled.description += label;
  }
  return add(tag, step, labelled, [&](std::string& out, const ValueHead& head) -> Result<void> {
    Result<Image> image = makeImage(pixels);
    if (!image) return tl::unexpected<Error>(image.error());
    Image colored = inColors(std::move(*image));
    for (const Box& box : boxes) drawBox(colored, box);
    return encodePicture(out, head, colored);
  });
}

Result<void> SummaryWriter::addVideo(std::string_view tag, const PixelArray& pixels,
                                     std::int64_t step, double framesPerSecond,
                                     const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) -> Result<void> {
    const Result<std::vector<Image>> frames = makeFrames(pixels);
    if (!frames) return tl::unexpected<Error>(frames.error());
    Result<std::string> gif = encodeGif(*frames, framesPerSecond);
    if (!gif) return tl::unexpected<Error>(gif.error());
    const Image& first = frames->front();
    return encodeImageValue(out, head, {first.width, first.height, std::move(*gif)},
                            first.channels);
  });
}

Result<void> SummaryWriter::addAudio(std::string_view tag, const AudioClip& clip, std::int64_t step,
                                     const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) -> Result<void> {
    Result<WavFile> wav = encodeWav(clip);
    if (!wav) return tl::unexpected<Error>(wav.error());
    m_samplesClipped.fetch_add(wav->clipped);
    return encodeAudioValue(out, head,
                            {.sampleRate = clip.sampleRate,
                             .channels = clip.channels,
                             .frames = static_cast<std::int64_t>(clip.frames()),
                             .contentType = "audio/wav",
                             .label = {},
                             .bytes = std::move(wav->bytes)});
  });
}

Result<void> SummaryWriter::addText(std::string_view tag, std::string_view text, std::int64_t step,
                                    const SummaryOptions& options) {
  if (!isUtf8(text)) return textIsNotUtf8(tag);
  if (tag.empty()) return add(tag, step, options, {});
  return add(
      std::string(tag) + "/text_summary", step, options,
      [&](std::string& out, const ValueHead& head) { return encodeTextValue(out, head, text); });
}

Result<void> SummaryWriter::addText(std::string_view tag, std::string_view text, std::int64_t step,
                                    std::optional<double> wallTime) {
  return addText(tag, text, step, SummaryOptions{.wallTime = wallTime});
}

Result<void> SummaryWriter::addText(std::string_view tag, std::string_view text,
                                    const PluginText& forProgram, std::int64_t step,
                                    std::optional<double> wallTime) {
  if (!isUtf8(text) || !isUtf8(forProgram.text)) {
    return textIsNotUtf8(tag);
  }
  const std::string full = std::string(tag) + "/text_summary";
  const SummaryOptions options{.wallTime = wallTime};
  return add(full, step, options, [&](std::string& out, const ValueHead& head) {
    Result<void> encoded = encodeTextValue(out, head, text);
    if (!encoded) return encoded;
    return encodeTextValue(out, {head.wallTime, head.step, forProgram.tag}, forProgram.text,
                           forProgram.plugin);
  });
}

// --- other plugins -------------------------------------------------------------------------------

Result<void> SummaryWriter::addPrCurve(std::string_view tag, std::span<const std::uint8_t> labels,
                                       std::span<const float> predictions, std::int64_t step,
                                       int thresholds, std::span<const float> weights,
                                       const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) -> Result<void> {
    const Result<PrCurve> curve = buildPrCurve(labels, predictions, thresholds, weights);
    if (!curve) return tl::unexpected<Error>(curve.error());
    return encodePrCurveValue(out, head, *curve);
  });
}

Result<void> SummaryWriter::addPrCurve(std::string_view tag, const PrCurve& curve,
                                       std::int64_t step, const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodePrCurveValue(out, head, curve);
  });
}

Result<void> SummaryWriter::addMesh(std::string_view tag, const Mesh& mesh, std::int64_t step,
                                    const SummaryOptions& options) {
  return add(tag, step, options, [&](std::string& out, const ValueHead& head) {
    return encodeMeshValues(out, head, mesh);
  });
}

Result<void> SummaryWriter::addCustomScalars(const ScalarLayout& layout,
                                             std::optional<double> wallTime) {
  const std::lock_guard lock(m_layoutMutex);
  auto added = addLayout(layout, wallTime);
  if (added) m_layout = layout;
  return added;
}

Result<void> SummaryWriter::addLayout(const ScalarLayout& layout, std::optional<double> wallTime) {
  return add(kLayoutTag, 0, {.wallTime = wallTime}, [&](std::string& out, const ValueHead& head) {
    return encodeLayout(out, head.wallTime, layout);
  });
}

Result<void> SummaryWriter::addChart(const std::string& category, ScalarLayout::Chart chart) {
  const std::lock_guard lock(m_layoutMutex);
  ScalarLayout layout = m_layout;
  auto& categories = layout.categories;
  auto found = std::find_if(categories.begin(), categories.end(),
                            [&](const auto& entry) { return entry.title == category; });
  if (found == categories.end()) found = categories.insert(found, {category, {}, false});
  found->charts.push_back(std::move(chart));
  auto added = addLayout(layout, std::nullopt);
  if (added) m_layout = std::move(layout);
  return added;
}

Result<void> SummaryWriter::addCustomScalarsMultilineChart(const std::vector<std::string>& tags,
                                                           const std::string& category,
                                                           const std::string& title) {
  return addChart(category, {title, ScalarLayout::Multiline{tags}});
}

Result<void> SummaryWriter::addCustomScalarsMarginChart(const ScalarLayout::Margin::Series& tags,
                                                        const std::string& category,
                                                        const std::string& title) {
  return addChart(category, {title, ScalarLayout::Margin{{tags}}});
}

Result<void> SummaryWriter::addGraph(const Graph& graph, std::optional<double> wallTime) {
  return add(kGraphTag, 0, {.wallTime = wallTime}, [&](std::string& out, const ValueHead& head) {
    return encodeGraph(out, head.wallTime, graph);
  });
}

Result<void> SummaryWriter::addGraphDef(std::string_view bytes, std::optional<double> wallTime) {
  return add(kGraphTag, 0, {.wallTime = wallTime}, [&](std::string& out, const ValueHead& head) {
    return encodeGraphDef(out, head.wallTime, bytes);
  });
}

Result<void> SummaryWriter::addEmbedding(const Embedding& embedding) {
  if (!m_writesToDisk) return {};
  return writeEmbedding(m_directory, embedding);
}

Result<void> SummaryWriter::addEmbedding(Embedding embedding, const PixelArray& pictures) {
  if (!m_writesToDisk) return {};
  if (auto drawn = drawSprite(pictures, embedding); !drawn) return drawn;
  return writeEmbedding(m_directory, embedding);
}

Result<void> SummaryWriter::exportScalarsToJson(const std::filesystem::path& file) {
  return m_subRuns->exportToJson(file);
}

Result<void> SummaryWriter::addHparamsRun(const std::map<std::string, HparamValue>& hparams,
                                          const std::map<std::string, double>& metrics,
                                          const HparamsRunOptions& options) {
  return m_subRuns->writeHparams(hparams, metrics, options);
}

}  // namespace eventio
