// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "eventio/result.h"

namespace training {

/// Grey images with one label each. `pixels` is count x rows x columns bytes, 0 to 255.
struct ImageSet {
  std::int64_t count = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;
};

struct DataSet {
  std::string name;    ///< "Fashion-MNIST", "MNIST" or the folder's name
  std::string folder;  ///< where it was found
  std::int64_t classes = 10;
  ImageSet train;
  ImageSet test;
};

/// A place where a data set was found, without reading it.
struct DataSetPlace {
  std::string name;
  std::string folder;
  std::int64_t testImages = 0;  ///< size of the test set; 0: not looked for
};

/// Data sets in the usual places: Debian's package dataset-fashion-mnist, ./data and what is
/// directly below it, torchvision's layout (<root>/MNIST/raw, <root>/FashionMNIST/raw).
[[nodiscard]] std::vector<DataSetPlace> findDataSets();

/// Reads the four IDX files of `folder`, gzip or plain, named as MNIST's; "auto" takes the first of
/// findDataSets(). Every malformed file gets an error that names file, offset and reason. All sizes
/// are checked, against each other and against the memory that is free, before any is taken.
[[nodiscard]] eventio::Result<DataSet> loadDataSet(const std::string& folder);

/// Tells whether two folders hold the same data, whatever they are called and however their files
/// are packed: CRC-32C over sizes, pixels and labels of both parts, as "crc32c:" and 8 hex digits.
[[nodiscard]] std::string dataFingerprint(const DataSet& data);

/// Quick look at a folder (names and headers only) for a form: the data set's place or what is
/// wrong.
[[nodiscard]] eventio::Result<DataSetPlace> probeDataSet(const std::string& folder);

}  // namespace training
