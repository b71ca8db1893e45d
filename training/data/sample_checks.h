// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "training/data/data_source.h"

/// What the readers of data sets share: checks before memory is taken, names, splits.
namespace training {

/// More classes are refused: such labels are no classes, and each costs memory in a model.
inline constexpr std::int64_t kMaxClasses = 65'536;

/// kUnsupported where `bytes` are more than the memory that is free.
[[nodiscard]] eventio::Result<void> checkMemory(const std::filesystem::path& path,
                                                std::uint64_t bytes);

/// a x b, the largest number where that does not fit.
[[nodiscard]] std::uint64_t saturatingProduct(std::uint64_t a, std::uint64_t b) noexcept;

/// kCorrupt: "PATH: PLACE: WHY".
[[nodiscard]] tl::unexpected<eventio::Error> corruptAt(const std::filesystem::path& path,
                                                       eventio::MessageArgument place,
                                                       eventio::Message why);
/// As above; `why` is a literal with a place (%1 to %9) for each argument.
template <class... Arguments>
[[nodiscard]] tl::unexpected<eventio::Error> corruptAt(
    const std::filesystem::path& path, eventio::MessageArgument place,
    eventio::MessageText<sizeof...(Arguments)> why, Arguments&&... arguments) {
  return corruptAt(path, std::move(place),
                   eventio::Message(why, std::forward<Arguments>(arguments)...));
}

/// Name of a data set for people: the last part of the path, or what the usual data sets are
/// called.
[[nodiscard]] std::string dataName(const std::filesystem::path& path);

/// The folder's entries in alphabetical order, none where it cannot be read. `limit` bounds how
/// many are looked at; 0: all.
[[nodiscard]] std::vector<std::filesystem::path> entriesOf(const std::filesystem::path& folder,
                                                           std::size_t limit = 0);

struct SplitIndices {
  std::vector<std::uint32_t> train;  ///< ascending, as test
  std::vector<std::uint32_t> test;
};

/// Chooses round(share x count) of `count` samples, at least one and not all, for the test set:
/// the first of a Fisher-Yates shuffle driven by SplitMix64 under `seed`, the same everywhere.
[[nodiscard]] SplitIndices splitIndices(std::int64_t count, double share, std::uint64_t seed);

/// The samples of these indices.
[[nodiscard]] SampleSet subset(const SampleSet& samples, const std::vector<std::uint32_t>& indices);

/// Fills train and test of `data` from the only split there is. kUnsupported for under two samples.
[[nodiscard]] eventio::Result<void> splitInto(LoadedData& data, const SampleSet& samples,
                                              const DataOptions& options);

/// Counts, shape and, where labels have no names, the number of classes (largest label + 1) into
/// the description; an Error where splits differ in shape or in the kind of their targets.
[[nodiscard]] eventio::Result<void> completeDescription(LoadedData& data);

}  // namespace training
