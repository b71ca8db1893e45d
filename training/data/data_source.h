// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "eventio/base/result.h"

namespace training {

/// Shape of one sample, as a tensor of PyTorch has it: {channels, height, width} of an image,
/// {length} of a vector.
struct SampleShape {
  std::vector<std::int64_t> sizes;

  [[nodiscard]] bool isImage() const noexcept { return sizes.size() == 3; }
  /// Numbers in one sample.
  [[nodiscard]] std::int64_t numel() const noexcept;
  /// "1 x 28 x 28"
  [[nodiscard]] std::string text() const;
  friend bool operator==(const SampleShape&, const SampleShape&) = default;
};

/// Samples as they are in their files: unsigned bytes stay bytes, all other types become floats.
using SampleValues = std::variant<std::vector<std::uint8_t>, std::vector<float>>;
/// One target a sample: a class label from 0, or a value to predict.
using SampleTargets = std::variant<std::vector<std::int64_t>, std::vector<float>>;

/// The samples of one split, in memory. A reader may be shared between threads.
struct SampleSet {
  std::int64_t count = 0;
  SampleShape shape;
  SampleValues values;    ///< count x shape, the last size running fastest; all finite
  SampleTargets targets;  ///< count of them; values are finite

  [[nodiscard]] bool hasLabels() const noexcept { return targets.index() == 0; }
  /// Writes the samples of these indices one after another as floats: bytes divided by 255, floats
  /// as they are. `out` holds indices.size() x shape.numel().
  void gather(std::span<const std::uint32_t> indices, std::span<float> out) const;
};

/// What targets are; kAuto: not known, or as the data say.
enum class TargetKind { kAuto, kLabels, kValues };

/// What is known of a data set: everything after load(), what names and headers say after probe().
struct DataDescription {
  std::string name;             ///< for people: "Fashion-MNIST", or the name of the folder or file
  std::string path;             ///< the folder or file that was read
  std::string format;           ///< DataSource::format()
  SampleShape shape;            ///< without sizes after probe(): not known yet
  std::int64_t trainCount = 0;  ///< 0 after probe(): not known yet; likewise the others
  std::int64_t validationCount = 0;
  std::int64_t testCount = 0;
  bool hasValidation = false;  ///< a validation set of its own, however many samples it has
  bool isTestDrawn = false;    ///< from the training set, at random: the files have no test set
  bool isResized = false;      ///< pictures of several sizes, or too large ones, become `shape`
  TargetKind targets = TargetKind::kAuto;
  std::int64_t classes = 0;             ///< 0: targets are values, or not known yet
  std::vector<std::string> classNames;  ///< as many as classes, or none
  /// After load(): what was done to the files' samples, and what the sets lack, a sentence each:
  /// "D: pictures of several sizes are resized to 64 x 64".
  std::vector<eventio::Message> remarks{};
};

/// A data set in memory. All three sets have the description's shape and kind of targets;
/// `validation` may be empty, train and test are not.
struct LoadedData {
  DataDescription description;
  SampleSet train;
  SampleSet validation;
  SampleSet test;
};

enum class ColourMode { kAsFiles, kGrey, kColour };
struct DataOptions {
  std::string format{};  ///< DataSource::format(); empty: found by looking at the path
  /// Share of the samples that becomes the test set where the files have one split only, chosen by
  /// `splitSeed` alone (splitIndices()).
  double testShare = 0.2;
  std::uint64_t splitSeed = 1;
  /// Size to which pictures are resized (resizeImage()). 0: that of the pictures if all have the
  /// same, else 64 x 64.
  std::int64_t imageHeight = 0;
  std::int64_t imageWidth = 0;
  ColourMode colour = ColourMode::kAsFiles;  ///< kAsFiles: grey where every picture is
  /// What numbers of CSV and .npz stand for. kAuto: integers of .npz are labels, and so are
  /// floats that are all whole numbers; for CSV see csv_source.cpp. Other formats do not ask.
  TargetKind targets = TargetKind::kAuto;
};

/// One format of data sets: how it is recognised, described and read. Stateless; any thread.
///
/// Every malformed file gives an Error with its path, the place (byte offset, line or entry) and
/// the reason. Sizes are checked against the file's size and the free memory before memory is
/// taken. New ones are listed in data_sources.cpp.
class DataSource {
 public:
  virtual ~DataSource() = default;
  /// Short name, as --data-format takes it: "idx".
  [[nodiscard]] virtual std::string_view format() const noexcept = 0;
  /// Which files it reads, for help texts.
  [[nodiscard]] virtual std::string_view help() const noexcept = 0;
  /// Whether `path`, a folder or file, looks like this format: names only.
  [[nodiscard]] virtual bool matches(const std::filesystem::path& path) const = 0;
  /// Describes the data from names and headers.
  [[nodiscard]] virtual eventio::Result<DataDescription> probe(
      const std::filesystem::path& path, const DataOptions& options) const = 0;
  /// Reads the data.
  [[nodiscard]] virtual eventio::Result<LoadedData> load(const std::filesystem::path& path,
                                                         const DataOptions& options) const = 0;
};

}  // namespace training
