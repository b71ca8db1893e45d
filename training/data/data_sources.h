// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "training/data/data_source.h"

/// The catalogue of data formats.
namespace training {

/// All formats, in the order in which they are tried on a path.
[[nodiscard]] std::span<const DataSource* const> dataSources();

/// The format that `options.format` names, or the first that matches the path. An Error lists the
/// formats there are.
[[nodiscard]] eventio::Result<const DataSource*> findDataSource(const std::filesystem::path& path,
                                                                const DataOptions& options = {});

/// DataSource::probe() and load() of the format found. Where memory runs out all the same, an
/// Error.
[[nodiscard]] eventio::Result<DataDescription> probeData(const std::filesystem::path& path,
                                                         const DataOptions& options = {});
[[nodiscard]] eventio::Result<LoadedData> loadData(const std::filesystem::path& path,
                                                   const DataOptions& options = {});

/// The same for two places that hold the same data, whatever they are called and however their
/// files are packed: CRC-32C as "crc32c:" and 8 hex digits over the train and test set, and the
/// validation set where there is one. Of each: the number of samples and the sizes of a sample (of
/// one channel: without the channel) as 64-bit numbers, the values, the targets; labels as bytes
/// where every label of the set fits one, otherwise as 64-bit numbers; all little-endian.
[[nodiscard]] std::string dataFingerprint(const LoadedData& data);

}  // namespace training
