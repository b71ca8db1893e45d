// SPDX-License-Identifier: GPL-3.0-or-later
// Data sets of IDX files, named as MNIST's and EMNIST's are: [SPLIT-]train-images-idx3-ubyte,
// train-labels-idx1-ubyte, and t10k- or test- likewise, plain or gzip-compressed.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <system_error>

#include "training/data/data_source.h"
#include "training/data/data_sources.h"
#include "training/data/idx_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

enum Role : std::size_t { kTrainImages, kTrainLabels, kTestImages, kTestLabels, kRoles };
constexpr std::array<const char*, kRoles> kNames = {
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte"};

struct FileName {
  std::string prefix;  ///< "emnist-letters-", or nothing
  Role role = kTrainImages;
  int rank = 0;  ///< of several files for one role, the lowest is taken
};

/// The parts of "[PREFIX]train-images-idx3-ubyte[.gz]"; also with a dot before "idx".
std::optional<FileName> parseName(std::string name) {
  FileName parsed;
  if (name.ends_with(".gz")) {
    parsed.rank = 1;
    name.resize(name.size() - 3);
  }
  const std::size_t idx = name.rfind("idx");
  if (idx == std::string::npos || idx == 0 || idx + 4 >= name.size()) return std::nullopt;
  if (name[idx - 1] == '.') parsed.rank += 2;
  if (name[idx - 1] != '.' && name[idx - 1] != '-') return std::nullopt;
  if (name[idx + 3] < '1' || name[idx + 3] > '4' || name[idx + 4] != '-') return std::nullopt;
  name.resize(idx - 1);
  struct Ending {
    const char* text;
    Role role;
    int rank;
  };
  constexpr std::array<Ending, 6> kEndings = {{{"train-images", kTrainImages, 0},
                                               {"train-labels", kTrainLabels, 0},
                                               {"t10k-images", kTestImages, 0},
                                               {"t10k-labels", kTestLabels, 0},
                                               {"test-images", kTestImages, 4},
                                               {"test-labels", kTestLabels, 4}}};
  for (const Ending& ending : kEndings) {
    if (!name.ends_with(ending.text)) continue;
    parsed.role = ending.role;
    parsed.rank += ending.rank;
    parsed.prefix = name.substr(0, name.size() - std::string_view(ending.text).size());
    if (!parsed.prefix.empty() && parsed.prefix.back() != '-') return std::nullopt;
    return parsed;
  }
  return std::nullopt;
}

/// Of a folder or pipe that is named as a file.
constexpr int kRankOfOthers = 100;

struct IdxFiles {
  fs::path folder;
  std::string prefix;
  std::array<fs::path, kRoles> files;
  std::array<int, kRoles> ranks{};

  [[nodiscard]] bool hasImages() const {
    return !files[kTrainImages].empty() && ranks[kTrainImages] < kRankOfOthers;
  }
};

/// The data sets of a folder by prefix; those without training images are none.
std::map<std::string, IdxFiles> filesIn(const fs::path& folder) {
  std::map<std::string, IdxFiles> found;
  std::error_code ignored;
  for (const fs::path& path : entriesOf(folder)) {
    const std::optional<FileName> name = parseName(path.filename().string());
    if (!name || !fs::exists(path, ignored)) continue;
    // What cannot be read is an error where nothing else has the name.
    const int rank = name->rank + (fs::is_regular_file(path, ignored) ? 0 : kRankOfOthers);
    IdxFiles& files = found[name->prefix];
    files.folder = folder;
    files.prefix = name->prefix;
    fs::path& place = files.files[name->role];
    if (!place.empty() && files.ranks[name->role] <= rank) continue;
    place = path;
    files.ranks[name->role] = rank;
  }
  return found;
}

/// Where the files may be below a root: in it, in raw/ and in NAME/raw/ (torchvision).
std::vector<IdxFiles> candidates(const fs::path& root) {
  std::vector<fs::path> folders = {root, root / "raw"};
  for (const fs::path& below : entriesOf(root)) folders.push_back(below / "raw");
  std::vector<IdxFiles> all;
  for (const fs::path& folder : folders) {
    if (folder.filename() == "raw" && folder.parent_path().filename() == "raw") continue;
    for (auto& [prefix, files] : filesIn(folder)) all.push_back(std::move(files));
    if (!all.empty() && folder == root) break;
  }
  return all;
}

tl::unexpected<eventio::Error> severalSets(const fs::path& root,
                                           const std::vector<IdxFiles>& found) {
  std::string names;
  for (const IdxFiles& files : found) {
    names += (names.empty() ? "" : ", ") +
             (files.prefix.empty() ? files.folder.string() : files.files[kTrainImages].string());
  }
  return makeError(ErrorCode::kInvalidArgument, "%1: holds several data sets; name one of them: %2",
                   root, names);
}

tl::unexpected<eventio::Error> missingFile(const fs::path& path, const std::string& name) {
  return makeError(ErrorCode::kNotFound,
                   "%1 holds no %2 (or %2.gz); a data set has four such files", path, name);
}

Result<IdxFiles> chooseFiles(const fs::path& path) {
  std::error_code ignored;
  std::vector<IdxFiles> found;
  if (fs::is_regular_file(path, ignored)) {
    const std::optional<FileName> name = parseName(path.filename().string());
    if (!name) {
      return makeError(ErrorCode::kInvalidArgument,
                       "%1: not named as a file of a data set, such as %2", path,
                       kNames[kTrainImages]);
    }
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    found.push_back(filesIn(folder)[name->prefix]);
  } else {
    found = candidates(path);
  }
  if (found.empty()) {
    return missingFile(path, kNames[kTrainImages]);
  }
  if (std::any_of(found.begin(), found.end(), [](const auto& set) { return set.hasImages(); })) {
    std::erase_if(found, [](const auto& set) { return !set.hasImages(); });
  }
  if (found.size() > 1) return severalSets(path, found);
  for (std::size_t role = 0; role < kRoles; ++role) {
    if (!found.front().files[role].empty()) continue;
    const std::string name = found.front().prefix + kNames[role];
    return missingFile(path, name);
  }
  return found.front();
}

/// Whether samples and targets fit each other; `channelsLast` as in sampleShape().
Result<SampleShape> checkSizes(const fs::path& images, std::span<const std::int64_t> imageSizes,
                               const fs::path& labels, std::span<const std::int64_t> labelSizes,
                               bool& channelsLast) {
  SampleShape shape = sampleShape(imageSizes, channelsLast);
  if (shape.sizes.empty()) {
    return corruptAt(images, Message("offset %1", 3),
                     "samples are vectors (2 dimensions), grey pictures (3) or pictures of 1 or 3 "
                     "channels (4)");
  }
  if (labelSizes.size() != 1) {
    return corruptAt(labels, Message("offset %1", 3), "%1 dimensions where 1 is needed",
                     labelSizes.size());
  }
  if (imageSizes[0] != labelSizes[0]) {
    return corruptAt(labels, Message("offset %1", 4), "%1 labels for the %2 images of %3",
                     labelSizes[0], imageSizes[0], images);
  }
  return shape;
}

/// What the headers of one split say, the memory that its samples need, and its kind of targets.
Result<SampleSet> probeSplit(const fs::path& images, const fs::path& labels, std::uint64_t& memory,
                             TargetKind& targets) {
  const Result<IdxHeader> image = readIdxHeader(images);
  if (!image) return tl::unexpected(image.error());
  const Result<IdxHeader> label = readIdxHeader(labels);
  if (!label) return tl::unexpected(label.error());
  bool channelsLast = false;
  const Result<SampleShape> shape =
      checkSizes(images, image->sizes, labels, label->sizes, channelsLast);
  if (!shape) return tl::unexpected(shape.error());
  memory += image->values() * bytesOf(image->type) +
            sampleValueBytes(image->type, image->values()) +
            label->values() * (bytesOf(label->type) + sizeof(std::int64_t));
  targets = targetKind(label->type, TargetKind::kAuto);
  return SampleSet{image->sizes[0], *shape, {}, {}};
}

PlaceError errorsOf(const fs::path& file, const NumberArray& array) {
  const std::size_t header = 4 + 4 * array.sizes.size();
  return [file, header, width = bytesOf(array.type)](std::size_t index, const Message& why) {
    return corruptAt(file, Message("offset %1", header + index * width), why);
  };
}

Result<SampleSet> loadSplit(const fs::path& images, const fs::path& labels) {
  const Result<NumberArray> label = readIdxFile(labels);
  if (!label) return tl::unexpected(label.error());
  Result<NumberArray> image = readIdxFile(images);
  if (!image) return tl::unexpected(image.error());
  // Once more: the files may have changed since their headers were read.
  bool channelsLast = false;
  const std::vector<std::int64_t> sizes = image->sizes;
  const Result<SampleShape> shape = checkSizes(images, sizes, labels, label->sizes, channelsLast);
  if (!shape) return tl::unexpected(shape.error());
  const PlaceError imageError = errorsOf(images, *image);
  Result<SampleValues> values = toSampleValues(std::move(*image), imageError);
  if (!values) return tl::unexpected(values.error());
  if (channelsLast) channelsFirst(sizes, *values);
  Result<SampleTargets> targets = toTargets(*label, TargetKind::kAuto, errorsOf(labels, *label));
  if (!targets) return tl::unexpected(targets.error());
  return SampleSet{sizes[0], *shape, std::move(*values), std::move(*targets)};
}

class IdxSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "idx"; }
  std::string_view help() const noexcept override {
    return "IDX files named as MNIST's or EMNIST's, also gzip-compressed or in torchvision's root";
  }

  bool matches(const fs::path& path) const override {
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) {
      return parseName(path.filename().string()).has_value();
    }
    return !candidates(path).empty();
  }

  Result<DataDescription> probe(const fs::path& path, const DataOptions& options) const override {
    std::uint64_t memory = 0;
    return probeFiles(path, options, memory).map([](auto&& probed) { return probed.second; });
  }

  Result<LoadedData> load(const fs::path& path, const DataOptions& options) const override {
    std::uint64_t memory = 0;
    auto probed = probeFiles(path, options, memory);
    if (!probed) return tl::unexpected(probed.error());
    if (const auto fits = checkMemory(path, memory); !fits) return tl::unexpected(fits.error());
    const IdxFiles& files = probed->first;
    Result<SampleSet> train = loadSplit(files.files[kTrainImages], files.files[kTrainLabels]);
    if (!train) return tl::unexpected(train.error());
    Result<SampleSet> test = loadSplit(files.files[kTestImages], files.files[kTestLabels]);
    if (!test) return tl::unexpected(test.error());
    LoadedData data{std::move(probed->second), std::move(*train), {}, std::move(*test)};
    if (auto done = completeDescription(data); !done) return tl::unexpected(done.error());
    return data;
  }

 private:
  Result<std::pair<IdxFiles, DataDescription>> probeFiles(const fs::path& path, const DataOptions&,
                                                          std::uint64_t& memory) const {
    Result<IdxFiles> files = chooseFiles(path);
    if (!files) return tl::unexpected(files.error());
    const fs::path& testImages = files->files[kTestImages];
    DataDescription description;
    const Result<SampleSet> train = probeSplit(
        files->files[kTrainImages], files->files[kTrainLabels], memory, description.targets);
    if (!train) return tl::unexpected(train.error());
    const Result<SampleSet> test =
        probeSplit(testImages, files->files[kTestLabels], memory, description.targets);
    if (!test) return tl::unexpected(test.error());
    if (train->shape != test->shape) {
      return corruptAt(testImages, Message("offset %1", 8), "samples of %1 where %2 has %3",
                       test->shape.text(), files->files[kTrainImages], train->shape.text());
    }
    description.name = dataName(files->folder);
    if (!files->prefix.empty()) {
      description.name = files->prefix.substr(0, files->prefix.size() - 1);
    }
    std::error_code ignored;
    description.path = (fs::is_directory(path, ignored) ? files->folder : path).string();
    description.format = format();
    description.shape = train->shape;
    description.trainCount = train->count;
    description.testCount = test->count;
    return std::pair{std::move(*files), std::move(description)};
  }
};

}  // namespace

const DataSource& idxSource() {
  static const IdxSource source;
  return source;
}

}  // namespace training
