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

DataOptions optionsFor(const std::string& format, TargetKind targets) {
  DataOptions options;
  options.targets = targets;
  if (format != "auto") options.format = format;
  return options;
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
      place = {probed->name, probed->path, *probed};
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

Result<LoadedData> loadDataSet(const std::string& path, const std::string& format,
                               TargetKind targets) {
  const DataOptions options = optionsFor(format, targets);
  return resolve(path).and_then([&](const fs::path& place) { return loadData(place, options); });
}

Result<DataSetPlace> probeDataSet(const std::string& path, const std::string& format,
                                  TargetKind targets) {
  const DataOptions options = optionsFor(format, targets);
  return resolve(path)
      .and_then([&](const fs::path& place) { return probeData(place, options); })
      .map([](const DataDescription& data) {
        return DataSetPlace{data.name, data.path, data};
      });
}

}  // namespace training
