// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eventio/base/result.h"
#include "training/data/data_source.h"

namespace training {

/// A place where a data set was found, without reading it.
struct DataSetPlace {
  std::string name;
  std::string folder;
  DataDescription description{};  ///< as far as names and headers say
};

/// Data sets in the usual places: Debian's package dataset-fashion-mnist, ./data and what is
/// directly below it, torchvision's layout (<root>/MNIST/raw, <root>/FashionMNIST/raw).
[[nodiscard]] std::vector<DataSetPlace> findDataSets();

/// Reads a folder or file of any format in data_sources.h; "auto" takes the first of
/// findDataSets(). `format`: DataSource::format(), or "auto" where names say it. `targets`: as the
/// task takes them (Task::targetKind()). Every malformed file gets an error that names file, place
/// and reason.
[[nodiscard]] eventio::Result<LoadedData> loadDataSet(const std::string& path,
                                                      const std::string& format = "auto",
                                                      TargetKind targets = TargetKind::kAuto);

/// Quick look at a folder or file (names and headers only) for a form: the data set's place or what
/// is wrong.
[[nodiscard]] eventio::Result<DataSetPlace> probeDataSet(const std::string& path,
                                                         const std::string& format = "auto",
                                                         TargetKind targets = TargetKind::kAuto);

}  // namespace training
