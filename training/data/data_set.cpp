// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/data_set.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <system_error>

#include "eventio/crc32c.h"
#include "training/base/machine.h"
#include "training/conv_net.h"
#include "training/data/idx_file.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr const char* kTrainImages = "train-images-idx3-ubyte";
constexpr const char* kTrainLabels = "train-labels-idx1-ubyte";
constexpr const char* kTestImages = "t10k-images-idx3-ubyte";
constexpr const char* kTestLabels = "t10k-labels-idx1-ubyte";
constexpr std::array<const char*, 4> kFiles = {kTrainImages, kTrainLabels, kTestImages,
                                               kTestLabels};

/// The file itself, plain or gzip, also as "train-images.idx3-ubyte".
std::optional<fs::path> fileIn(const fs::path& folder, const std::string& name) {
  std::string dotted = name;
  dotted[dotted.rfind("-idx")] = '.';
  for (const std::string& candidate : {name, name + ".gz", dotted, dotted + ".gz"}) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / candidate, ignored)) return folder / candidate;
  }
  return std::nullopt;
}

bool holdsAllFiles(const fs::path& folder) {
  return std::all_of(kFiles.begin(), kFiles.end(),
                     [&folder](const char* name) { return fileIn(folder, name).has_value(); });
}

std::string nameOf(const fs::path& folder) {
  fs::path path = fs::absolute(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (path.filename() == "raw") path = path.parent_path();
  std::string name = path.filename().string();
  if (name == "fashion-mnist" || name == "FashionMNIST") return "Fashion-MNIST";
  if (name == "mnist") return "MNIST";
  return name;
}

std::string missingFile(const fs::path& folder) {
  for (const char* name : kFiles) {
    if (!fileIn(folder, name)) return name;
  }
  return {};
}

Result<void> checkFolder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return makeError(ErrorCode::kNotFound, folder.string() + " is not a folder that can be read");
  }
  const std::string missing = missingFile(folder);
  if (missing.empty()) return {};
  return makeError(ErrorCode::kNotFound, folder.string() + " holds no " + missing + " (or " +
                                             missing + ".gz); a data set has four such files");
}

Result<fs::path> resolve(const std::string& folder) {
  if (folder != "auto") return fs::path(folder);
  const std::vector<DataSetPlace> places = findDataSets();
  if (!places.empty()) return fs::path(places.front().folder);
  return makeError(ErrorCode::kNotFound,
                   "No data set found: install Debian's package dataset-fashion-mnist, or put "
                   "MNIST's four files into ./data, or name their folder");
}

Result<void> checkShapes(const fs::path& images, const IdxHeader& imageHeader,
                         const fs::path& labels, const IdxHeader& labelHeader) {
  if (imageHeader.sizes[1] != kImageSide || imageHeader.sizes[2] != kImageSide) {
    return makeError(ErrorCode::kUnsupported, images.string() + ": offset 8: images of " +
                                                  std::to_string(imageHeader.sizes[1]) + " x " +
                                                  std::to_string(imageHeader.sizes[2]) +
                                                  "; the ConvNet takes 28 x 28");
  }
  if (imageHeader.sizes[0] != labelHeader.sizes[0]) {
    return makeError(ErrorCode::kCorrupt,
                     labels.string() + ": offset 4: " + std::to_string(labelHeader.sizes[0]) +
                         " labels for the " + std::to_string(imageHeader.sizes[0]) + " images of " +
                         images.string());
  }
  return {};
}

/// Number of images, where their file and that of the labels fit.
Result<std::int64_t> checkHeaders(const fs::path& folder, const char* imageName,
                                  const char* labelName) {
  const fs::path imageFile = *fileIn(folder, imageName);
  const fs::path labelFile = *fileIn(folder, labelName);
  const Result<IdxHeader> images = readIdxHeader(imageFile, 3);
  if (!images) return tl::unexpected(images.error());
  const Result<IdxHeader> labels = readIdxHeader(labelFile, 1);
  if (!labels) return tl::unexpected(labels.error());
  return checkShapes(imageFile, *images, labelFile, *labels).map([&images] {
    return images->sizes[0];
  });
}

/// Whether images and labels of both parts fit into the memory that is free.
Result<void> checkMemory(const fs::path& folder, std::int64_t images) {
  const std::uint64_t needed = static_cast<std::uint64_t>(images) * (kImagePixels + 1);
  const std::uint64_t available = availableMemory();
  if (needed <= available) return {};
  constexpr std::uint64_t kMiB = 1U << 20;
  return makeError(ErrorCode::kUnsupported, folder.string() + ": " + std::to_string(images) +
                                                " images need " + std::to_string(needed / kMiB) +
                                                " MiB of memory; " +
                                                std::to_string(available / kMiB) + " MiB are free");
}

Result<void> checkSizes(const fs::path& folder) {
  const Result<std::int64_t> train = checkHeaders(folder, kTrainImages, kTrainLabels);
  if (!train) return tl::unexpected(train.error());
  const Result<std::int64_t> test = checkHeaders(folder, kTestImages, kTestLabels);
  if (!test) return tl::unexpected(test.error());
  return checkMemory(folder, *train + *test);
}

void addPart(const ImageSet& part, std::uint32_t& crc) {
  const auto add = [&crc](const void* bytes, std::size_t size) {
    crc = eventio::crc32c({static_cast<const char*>(bytes), size}, crc);
  };
  for (const std::int64_t extent : {part.count, part.rows, part.columns}) {
    std::array<unsigned char, 8> bytes{};  // little-endian on every machine
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<unsigned char>(static_cast<std::uint64_t>(extent) >> (8 * i));
    }
    add(bytes.data(), bytes.size());
  }
  add(part.pixels.data(), part.pixels.size());
  add(part.labels.data(), part.labels.size());
}

Result<ImageSet> loadImages(const fs::path& folder, const char* imageName, const char* labelName) {
  const fs::path imageFile = *fileIn(folder, imageName);
  const fs::path labelFile = *fileIn(folder, labelName);
  Result<IdxFile> labels = readIdxFile(labelFile, 1);
  if (!labels) return tl::unexpected(labels.error());
  Result<IdxFile> images = readIdxFile(imageFile, 3);
  if (!images) return tl::unexpected(images.error());
  // Once more: the files may have changed since their headers were read.
  const Result<void> fit = checkShapes(imageFile, images->header, labelFile, labels->header);
  if (!fit) return tl::unexpected(fit.error());
  const auto wrong = std::find_if(labels->values.begin(), labels->values.end(),
                                  [](std::uint8_t label) { return label >= kClasses; });
  if (wrong != labels->values.end()) {
    return makeError(ErrorCode::kCorrupt, labelFile.string() + ": offset " +
                                              std::to_string(8 + (wrong - labels->values.begin())) +
                                              ": label " + std::to_string(*wrong) +
                                              "; labels go from 0 to 9");
  }
  return ImageSet{images->header.sizes[0], images->header.sizes[1], images->header.sizes[2],
                  std::move(images->values), std::move(labels->values)};
}

}  // namespace

std::vector<DataSetPlace> findDataSets() {
  std::vector<fs::path> folders = {"/usr/share/datasets/fashion-mnist", "data"};
  std::error_code ignored;
  std::vector<fs::path> below;
  for (fs::directory_iterator it("data", ignored), end; !ignored && it != end;
       it.increment(ignored)) {
    below.push_back(it->path());
  }
  std::sort(below.begin(), below.end());
  for (const fs::path& folder : below) {
    folders.push_back(folder);
    folders.push_back(folder / "raw");
  }
  std::vector<DataSetPlace> places;
  for (const fs::path& folder : folders) {
    if (holdsAllFiles(folder)) places.push_back({nameOf(folder), folder.string()});
  }
  return places;
}

Result<DataSet> loadDataSet(const std::string& folder) {
  const Result<fs::path> path = resolve(folder);
  if (!path) return tl::unexpected(path.error());
  const Result<void> usable = checkFolder(*path);
  if (!usable) return tl::unexpected(usable.error());
  if (const Result<void> fits = checkSizes(*path); !fits) return tl::unexpected(fits.error());
  Result<ImageSet> train = loadImages(*path, kTrainImages, kTrainLabels);
  if (!train) return tl::unexpected(train.error());
  Result<ImageSet> test = loadImages(*path, kTestImages, kTestLabels);
  if (!test) return tl::unexpected(test.error());
  return DataSet{nameOf(*path), path->string(), kClasses, std::move(*train), std::move(*test)};
}

std::string dataFingerprint(const DataSet& data) {
  std::uint32_t crc = 0;
  addPart(data.train, crc);
  addPart(data.test, crc);
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "crc32c:%08x", crc);
  return text.data();
}

Result<DataSetPlace> probeDataSet(const std::string& folder) {
  const Result<fs::path> path = resolve(folder);
  if (!path) return tl::unexpected(path.error());
  return checkFolder(*path)
      .and_then([&path] { return checkHeaders(*path, kTrainImages, kTrainLabels); })
      .and_then([&path](std::int64_t) { return checkHeaders(*path, kTestImages, kTestLabels); })
      .map([&path](std::int64_t testImages) {
        return DataSetPlace{nameOf(*path), path->string(), testImages};
      });
}

}  // namespace training
