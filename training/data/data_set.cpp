// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/data_set.h"

#include <algorithm>
#include <filesystem>

#include "training/data/data_sources.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

Result<fs::path> resolve(const std::string& path) {
  if (path != "auto") return fs::path(path);
  const std::vector<DataSetPlace> places = findDataSets();
  if (!places.empty()) return fs::path(places.front().folder);
  return makeError(ErrorCode::kNotFound,
                   "No data set found: install Debian's package dataset-fashion-mnist, or put "
                   "MNIST's four files into ./data, or name their folder");
}

/// Whether the ConvNet takes such data, as far as they are known.
Result<void> checkForConvNet(const DataDescription& data) {
  const auto refuse = [&data](const std::string& what) {
    return makeError(ErrorCode::kUnsupported, data.path + ": " + what);
  };
  const SampleShape taken{{1, kGreyImageSide, kGreyImageSide}};
  if (!data.shape.sizes.empty() && data.shape != taken) {
    return refuse("samples of " + data.shape.text() + "; the ConvNet takes grey images, " +
                  taken.text());
  }
  if (data.classes > kGreyImageClasses) {
    return refuse(std::to_string(data.classes) + " classes (labels 0 to " +
                  std::to_string(data.classes - 1) + "); the ConvNet takes labels 0 to 9");
  }
  return {};
}

ImageSet greyImages(SampleSet&& samples) {
  const auto& labels = std::get<std::vector<std::int64_t>>(samples.targets);
  return ImageSet{samples.count, samples.shape.sizes[1], samples.shape.sizes[2],
                  std::get<std::vector<std::uint8_t>>(std::move(samples.values)),
                  std::vector<std::uint8_t>(labels.begin(), labels.end())};
}

Result<DataSet> forConvNet(LoadedData&& data) {
  const DataDescription& description = data.description;
  if (const auto fits = checkForConvNet(description); !fits) return tl::unexpected(fits.error());
  if (!data.train.hasLabels()) {
    return makeError(ErrorCode::kUnsupported,
                     description.path + ": targets are values; the ConvNet takes class labels");
  }
  if (!std::holds_alternative<std::vector<std::uint8_t>>(data.train.values)) {
    return makeError(ErrorCode::kUnsupported,
                     description.path +
                         ": pixels that are no unsigned bytes; the ConvNet takes "
                         "bytes");
  }
  DataSet set{description.name, description.path, kGreyImageClasses, {}, {}, dataFingerprint(data)};
  set.train = greyImages(std::move(data.train));
  set.test = greyImages(std::move(data.test));
  return set;
}

}  // namespace

std::vector<DataSetPlace> findDataSets() {
  std::vector<fs::path> folders = {"/usr/share/datasets/fashion-mnist", "data"};
  for (const fs::path& folder : entriesOf("data")) folders.push_back(folder);
  std::vector<DataSetPlace> places;
  for (const fs::path& folder : folders) {
    // Cheap and sure: folders of pictures and tables are taken only where the user names them.
    DataOptions options;
    options.format = "idx";
    const auto source = findDataSource(folder, options);
    if (!source || !(*source)->matches(folder)) continue;
    const auto probed = (*source)->probe(folder, options);
    DataSetPlace place{dataName(folder), folder.string()};
    if (probed) {
      if (!checkForConvNet(*probed)) continue;
      place = {probed->name, probed->path};
    } else if (probed.error().code != ErrorCode::kCorrupt) {
      continue;  // files are missing, or several data sets lie below: each is found by itself
    }
    const bool known = std::any_of(places.begin(), places.end(), [&place](const auto& other) {
      return other.folder == place.folder;
    });
    if (!known) places.push_back(std::move(place));
  }
  return places;
}

Result<DataSet> loadDataSet(const std::string& path) {
  const Result<fs::path> place = resolve(path);
  if (!place) return tl::unexpected(place.error());
  // The headers first: what cannot be taken costs no reading.
  const Result<DataDescription> probed = probeData(*place);
  if (!probed) return tl::unexpected(probed.error());
  if (const auto fits = checkForConvNet(*probed); !fits) return tl::unexpected(fits.error());
  return loadData(*place).and_then([](LoadedData&& data) { return forConvNet(std::move(data)); });
}

Result<DataSetPlace> probeDataSet(const std::string& path) {
  const Result<fs::path> place = resolve(path);
  if (!place) return tl::unexpected(place.error());
  return probeData(*place).and_then([](const DataDescription& data) -> Result<DataSetPlace> {
    if (const auto fits = checkForConvNet(data); !fits) return tl::unexpected(fits.error());
    return DataSetPlace{data.name, data.path, data.testCount};
  });
}

}  // namespace training
