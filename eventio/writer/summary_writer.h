// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "eventio/data/histogram_bins.h"
#include "eventio/data/pixel_array.h"
#include "eventio/data/run_data.h"
#include "eventio/data/tensor_array.h"
#include "eventio/data/values.h"
#include "eventio/encode/pr_curve_builder.h"

namespace eventio {

class OutputFiles;
class SubRuns;
struct ValueHead;

struct SummaryWriterOptions {
  std::string fileNameSuffix{};  ///< appended to the file's name
  std::chrono::milliseconds flushInterval{1000};
  /// Bytes that may wait in memory for the disk; a call that finds no room waits for the writer.
  std::size_t queueBytes = 64U << 20;
  /// How long a call that waits for room, and flush(), wait for a stalled disk, which accepts
  /// nothing. After that, and until the disk moves again, calls that find no room lose their
  /// record: counted in status().
  std::chrono::milliseconds stallTimeout{10000};
  /// The file begins with a SessionLog START at this step: readers drop the points at and after it
  /// from the folder's older files. 0 in the first file of a run that may be continued.
  std::optional<std::int64_t> purgeStep{};
  /// Called with the path of each file that the writer makes, before a byte is in it: from
  /// create(), and from the writer's thread when the folder had to be made again.
  /// RunStore::addOwnFile goes here.
  std::function<void(const std::filesystem::path&)> onNewFile{};
  /// Called from the writer's thread when whole records are with the kernel: `records`, in the
  /// order in which they were added, stand at `offset` of `file`. What was lost is not among them.
  /// Not called for the runs of addScalars() and addHparamsRun(). noteWrittenHistograms() goes
  /// here.
  std::function<void(const std::filesystem::path& file, std::uint64_t offset,
                     std::string_view records)>
      onWritten{};
  std::shared_ptr<OutputFiles> files{};  ///< what makes the files; the disk when left out
  std::string comment{};                 ///< end of the folder's name, where create() chooses it
  /// False: no file and no folder is made, and the calls do little more than look at their tags.
  bool writeToDisk = true;
  /// addScalars() keeps its points, 24 bytes each, for exportScalarsToJson().
  bool keepScalarsForExport = true;
};

/// What may stand beside a value. TensorBoard takes name and description from a tag's first value.
struct SummaryOptions {
  std::optional<double> wallTime{};  ///< seconds since 1970; now when left out
  std::string displayName{};         ///< shown in place of the tag
  std::string description{};         ///< Markdown
};

/// A text of a plugin of its own.
struct PluginText {
  std::string_view tag{};  ///< written as it is
  std::string_view plugin{};
  std::string_view text{};
};

struct HparamsRunOptions {
  std::string name{};     ///< folder of the run below the writer's; the time when left out
  std::int64_t step = 0;  ///< of the metrics
  SessionStatus status = SessionStatus::kSuccess;
  std::optional<double> wallTime{};
};

/// A box on a picture, in pixels from its top left corner.
struct Box {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

/// State of a writer, a consistent snapshot.
struct SummaryWriterStatus {
  std::uint64_t recordsQueued = 0;
  std::uint64_t recordsWritten = 0;  ///< with the kernel
  std::uint64_t bytesWritten = 0;
  std::uint64_t waits = 0;         ///< calls that had to wait for room in the queue
  std::uint64_t recordsLost = 0;   ///< given up because the disk failed and memory was full
  bool failing = false;            ///< the last attempt to write failed; it is retried
  Message failure;                 ///< what failed, where and what to do; kept after recovery
  std::uint64_t failureCount = 0;  ///< grows when `failure` changes or ends: poll it
  std::uint64_t syncFailures = 0;  ///< calls of flush(true) that could not reach the disk
  /// Of bytesWritten, what such calls failed to bring to the disk. Readers have it now; it may be
  /// lost when the machine stops.
  std::uint64_t bytesUnsynced = 0;
  std::uint64_t filesLost = 0;       ///< event files that somebody removed, replaced or shortened
  Message fileLoss;                  ///< what happened to the last of them
  std::uint64_t samplesClipped = 0;  ///< of sound, outside -1..1
};

/// Writes one TensorBoard event file on a thread of its own, and files beside it for what an event
/// file cannot hold. SUMMARY_WRITER.md says which call stands for which of tensorboardX.
///
/// All calls are thread-safe; the add calls encode into a queue and return before the bytes are on
/// disk. Bytes reach the file on flush(), on close() or destruction, and at the latest
/// `flushInterval` after the call; a crash loses what was not flushed, never what was. When the
/// disk fails the writer keeps what is queued, tries again every second, goes on from the last
/// whole byte and makes a new file where the folder or file was removed; the add calls then report
/// the failure as an Error of code kIo for the caller's information: the record is queued all the
/// same, unless memory for it is full, then it is counted as lost. A disk that is only slow loses
/// nothing: calls wait for room, and are counted. Tags have 1
/// byte to 1 MB, tags and texts must be UTF-8 (other bytes would keep TensorBoard from reading the
/// file), and a value must fit into a record of 2^31 - 1 bytes: kInvalidArgument, and nothing is
/// written. Views (spans, PixelArray, TensorArray) are read before the call returns.
class SummaryWriter {
 public:
  /// Makes the folder when it is missing and the file
  /// `events.out.tfevents.<seconds>.<host>.<pid>.<n>` in it, and writes the first record (version
  /// "brain.Event:2"). Where the clock was set back the seconds are such that the name still sorts
  /// after the folder's older event files: readers read them in that order. An empty `directory`
  /// becomes defaultDirectory(options.comment).
  [[nodiscard]] static Result<std::unique_ptr<SummaryWriter>> create(
      const std::filesystem::path& directory, SummaryWriterOptions options = {});
  /// `runs/<month><day>_<hour>-<minute>-<second>_<host><comment>`, such as
  /// `runs/May04_22-14-54_kiwi`, for now in local time.
  [[nodiscard]] static std::filesystem::path defaultDirectory(std::string_view comment = {});
  ~SummaryWriter();
  SummaryWriter(const SummaryWriter&) = delete;
  SummaryWriter& operator=(const SummaryWriter&) = delete;

  // --- numbers ---

  /// `wallTime` in seconds since 1970, now when left out. `step` need not grow.
  [[nodiscard]] Result<void> addScalar(std::string_view tag, float value, std::int64_t step,
                                       std::optional<double> wallTime = std::nullopt);
  [[nodiscard]] Result<void> addScalar(std::string_view tag, float value, std::int64_t step,
                                       const SummaryOptions& options);
  /// Keeps all of a double's digits. TensorBoard shows it with --load_fast=false alone: its data
  /// server knows scalars of single precision.
  [[nodiscard]] Result<void> addDoubleScalar(std::string_view tag, double value, std::int64_t step,
                                             const SummaryOptions& options = {});
  /// Curves for one chart: each value goes under tag `mainTag` into a run of its own,
  /// `<directory>/<mainTag>/<name>`, with a writer of its own that lives until close().
  [[nodiscard]] Result<void> addScalars(std::string_view mainTag,
                                        const std::map<std::string, float>& values,
                                        std::int64_t step,
                                        std::optional<double> wallTime = std::nullopt);
  /// All that addScalars() added since the last such call, as {"<folder of the run>": [[wall time,
  /// step, value], ...], ...}; numbers that are not finite are "NaN", "Infinity", "-Infinity".
  [[nodiscard]] Result<void> exportScalarsToJson(const std::filesystem::path& file);
  /// From raw values, with the default bins (histogram_builder.h) or others (histogram_bins.h).
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, std::span<const float> values,
                                          std::int64_t step, const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, std::span<const float> values,
                                          std::int64_t step, std::optional<double> wallTime);
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, std::span<const float> values,
                                          std::int64_t step, const HistogramBins& bins,
                                          const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, std::span<const double> values,
                                          std::int64_t step, const HistogramBins& bins = {},
                                          const SummaryOptions& options = {});
  /// From ready bins; limits and counts must be of one length.
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, const Histogram& histogram,
                                          std::int64_t step, const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addHistogram(std::string_view tag, const Histogram& histogram,
                                          std::int64_t step, std::optional<double> wallTime);
  /// Any array of numbers (plugin `tensor`, as torch's add_tensor; TensorBoard does not show it).
  [[nodiscard]] Result<void> addTensor(std::string_view tag, const TensorArray& tensor,
                                       std::int64_t step, const SummaryOptions& options = {});

  // --- pictures, sound, text ---

  /// One picture, or a batch in one grid (pixel_array.h); written as PNG.
  [[nodiscard]] Result<void> addImage(std::string_view tag, const PixelArray& pixels,
                                      std::int64_t step, const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addImage(std::string_view tag, const Image& image, std::int64_t step,
                                      const SummaryOptions& options = {});
  /// A picture that is encoded already: PNG, JPEG or GIF; its width and height must be given.
  [[nodiscard]] Result<void> addEncodedImage(std::string_view tag, const EncodedImage& image,
                                             std::int64_t step, const SummaryOptions& options = {});
  /// The picture in colours with a red frame, two pixels thick, around each box. `labels`, one for
  /// each box or none, go into the description.
  [[nodiscard]] Result<void> addImageWithBoxes(std::string_view tag, const PixelArray& pixels,
                                               std::span<const Box> boxes, std::int64_t step,
                                               const SummaryOptions& options = {},
                                               std::span<const std::string> labels = {});
  /// Videos side by side (pixel_array.h) as a GIF that runs for ever.
  [[nodiscard]] Result<void> addVideo(std::string_view tag, const PixelArray& pixels,
                                      std::int64_t step, double framesPerSecond = 4,
                                      const SummaryOptions& options = {});
  /// As a WAV file of 16-bit PCM; samples outside -1..1 are clipped and counted in status().
  [[nodiscard]] Result<void> addAudio(std::string_view tag, const AudioClip& clip,
                                      std::int64_t step, const SummaryOptions& options = {});
  /// Markdown. Written under tag + "/text_summary", as tensorboardX does.
  [[nodiscard]] Result<void> addText(std::string_view tag, std::string_view text, std::int64_t step,
                                     const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addText(std::string_view tag, std::string_view text, std::int64_t step,
                                     std::optional<double> wallTime);
  /// With a form of the text for another program than TensorBoard; both go to the disk at once.
  [[nodiscard]] Result<void> addText(std::string_view tag, std::string_view text,
                                     const PluginText& forProgram, std::int64_t step,
                                     std::optional<double> wallTime = std::nullopt);

  // --- other plugins ---

  /// From labels and predictions: pr_curve_builder.h.
  [[nodiscard]] Result<void> addPrCurve(std::string_view tag, std::span<const std::uint8_t> labels,
                                        std::span<const float> predictions, std::int64_t step,
                                        int thresholds = kDefaultPrThresholds,
                                        std::span<const float> weights = {},
                                        const SummaryOptions& options = {});
  [[nodiscard]] Result<void> addPrCurve(std::string_view tag, const PrCurve& curve,
                                        std::int64_t step, const SummaryOptions& options = {});
  /// Corners of faces are vertices 0 to vertexCount - 1; coordinates are finite.
  [[nodiscard]] Result<void> addMesh(std::string_view tag, const Mesh& mesh, std::int64_t step,
                                     const SummaryOptions& options = {});
  /// The charts of TensorBoard's Custom Scalars tab. A run has one layout: the newest.
  [[nodiscard]] Result<void> addCustomScalars(const ScalarLayout& layout,
                                              std::optional<double> wallTime = std::nullopt);
  /// Adds one chart to the layout written last, and writes it anew.
  [[nodiscard]] Result<void> addCustomScalarsMultilineChart(const std::vector<std::string>& tags,
                                                            const std::string& category = "default",
                                                            const std::string& title = "untitled");
  /// The same for a line between two bounds; all three are tags.
  [[nodiscard]] Result<void> addCustomScalarsMarginChart(const ScalarLayout::Margin::Series& tags,
                                                         const std::string& category = "default",
                                                         const std::string& title = "untitled");
  /// Node names must be there and differ.
  [[nodiscard]] Result<void> addGraph(const Graph& graph,
                                      std::optional<double> wallTime = std::nullopt);
  /// A serialised GraphDef message.
  [[nodiscard]] Result<void> addGraphDef(std::string_view bytes,
                                         std::optional<double> wallTime = std::nullopt);
  /// Files beside the event file (embedding_writer.h), on the disk when the call returns.
  [[nodiscard]] Result<void> addEmbedding(const Embedding& embedding);
  /// The same with a sprite made of one small picture a point (drawSprite()).
  [[nodiscard]] Result<void> addEmbedding(Embedding embedding, const PixelArray& pictures);

  // --- hyper-parameters ---

  /// This run's hyper-parameters and the tags of its metrics, for TensorBoard's HParams tab.
  [[nodiscard]] Result<void> addHparams(const std::map<std::string, HparamValue>& hparams,
                                        const std::vector<std::string>& metricTags,
                                        std::optional<double> wallTime = std::nullopt);
  /// How the session ends in the log at close(): the one that addHparams() opened, where nothing is
  /// said with success, or one that an earlier file of the run opened.
  void setSessionStatus(SessionStatus status);
  /// A finished session with its results: writes and closes a run of its own below this one.
  [[nodiscard]] Result<void> addHparamsRun(const std::map<std::string, HparamValue>& hparams,
                                           const std::map<std::string, double>& metrics,
                                           const HparamsRunOptions& options = {});

  // --- the files ---

  /// Announces that the run goes back to `step`: readers drop the points at and after it that were
  /// added before this call (a SessionLog START in its place among the records), also those of
  /// addScalars(). Where the writer has no purgeStep two are written: TensorBoard passes over a
  /// run's first one.
  [[nodiscard]] Result<void> restartFrom(std::int64_t step);
  /// Returns when all that was added before, by addScalars() too, is with the kernel (`toDisk`: on
  /// the disk, fsync). Fails (kIo) as soon as the disk refuses a write or the fsync, and when it
  /// has not moved for `stallTimeout`: it never waits for ever.
  ///
  /// A failed fsync is reported here and in status(), and not repeated: the system may have dropped
  /// what it could not write, and would call a second try a success. A later flush(true) therefore
  /// vouches for what was added since the failed one alone; bytesUnsynced counts the rest.
  [[nodiscard]] Result<void> flush(bool toDisk = false);
  /// Flushes and closes, and ends the session of addHparams() in the log; later calls fail with
  /// kClosed. Where the disk fails it tries once more and reports how many records were lost. A
  /// second close does nothing.
  [[nodiscard]] Result<void> close();

  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return m_directory; }
  /// The file being written; another one after the folder had to be made again.
  [[nodiscard]] std::filesystem::path file() const;
  /// With the writers of addScalars() added in.
  [[nodiscard]] SummaryWriterStatus status() const;

 private:
  class Impl;
  /// Appends records to the string, or says why not.
  using Encode = std::function<Result<void>(std::string&, const ValueHead&)>;

  SummaryWriter(std::filesystem::path directory, const SummaryWriterOptions& options,
                std::unique_ptr<Impl> impl);
  [[nodiscard]] Result<void> add(std::string_view tag, std::int64_t step,
                                 const SummaryOptions& options, const Encode& encode);
  [[nodiscard]] Result<void> addLayout(const ScalarLayout& layout, std::optional<double> wallTime);
  [[nodiscard]] Result<void> addChart(const std::string& category, ScalarLayout::Chart chart);

  const std::filesystem::path m_directory;
  const bool m_writesToDisk;
  std::unique_ptr<Impl> m_impl;
  std::unique_ptr<SubRuns> m_subRuns;
  std::mutex m_layoutMutex;
  ScalarLayout m_layout;
  std::atomic<std::uint64_t> m_samplesClipped{0};
};

}  // namespace eventio
