// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "eventio/base/result.h"

namespace training {

/// What the ConvNet takes: grey images of this size, labels of this many classes.
inline constexpr std::int64_t kGreyImageSide = 28;
inline constexpr std::int64_t kGreyImageClasses = 10;

/// Grey images with one label each. `pixels` is count x rows x columns bytes, 0 to 255.
struct ImageSet {
  std::int64_t count = 0;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;
};

/// Data in memory as the ConvNet takes them.
struct DataSet {
  std::string name;    ///< "Fashion-MNIST", "MNIST" or the folder's name
  std::string folder;  ///< where it was found
  std::int64_t classes = kGreyImageClasses;
  ImageSet train;
  ImageSet test;
  std::string fingerprint{};  ///< dataFingerprint() of data_sources.h
};

/// A place where a data set was found, without reading it.
struct DataSetPlace {
  std::string name;
  std::string folder;
  std::int64_t testImages = 0;  ///< size of the test set; 0: not known
};

/// Data sets in the usual places: Debian's package dataset-fashion-mnist, ./data and what is
/// directly below it, torchvision's layout (<root>/MNIST/raw, <root>/FashionMNIST/raw). Left out
/// are those whose headers show that the ConvNet cannot take them.
[[nodiscard]] std::vector<DataSetPlace> findDataSets();

/// Reads a folder or file of any format in data_sources.h; "auto" takes the first of
/// findDataSets(). Every malformed file gets an error that names file, place and reason. Data
/// that the ConvNet cannot take are refused: samples other than 28 x 28 bytes in one channel, more
/// than 10 classes, targets that are values. A validation set is not used.
[[nodiscard]] eventio::Result<DataSet> loadDataSet(const std::string& path);

/// Quick look at a folder or file (names and headers only) for a form: the data set's place or what
/// is wrong.
[[nodiscard]] eventio::Result<DataSetPlace> probeDataSet(const std::string& path);

}  // namespace training
