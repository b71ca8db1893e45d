// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/sample_checks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <system_error>

#include "training/base/machine.h"
#include "training/base/random.h"

namespace training {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::MessageArgument;
using eventio::Result;

Result<void> checkMemory(const fs::path& path, std::uint64_t bytes) {
  const std::uint64_t available = availableMemory();
  if (bytes <= available) return {};
  constexpr std::uint64_t kMiB = 1U << 20;
  return makeError(ErrorCode::kUnsupported,
                   "%1: the samples need %2 MiB of memory; %3 MiB are free", path, bytes / kMiB,
                   available / kMiB);
}

std::uint64_t saturatingProduct(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
  return b != 0 && a > kMax / b ? kMax : a * b;
}

tl::unexpected<eventio::Error> corruptAt(const fs::path& path, MessageArgument place, Message why) {
  return makeError(ErrorCode::kCorrupt, "%1: %2: %3", path, std::move(place), std::move(why));
}

std::string dataName(const fs::path& given) {
  std::error_code ignored;
  fs::path path = fs::absolute(given, ignored).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (path.filename() == "raw") path = path.parent_path();
  std::string name = path.filename().string();
  if (name == "fashion-mnist" || name == "FashionMNIST") return "Fashion-MNIST";
  if (name == "mnist") return "MNIST";
  return name;
}

std::vector<fs::path> entriesOf(const fs::path& folder, std::size_t limit) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    entries.push_back(it->path());
    if (entries.size() == limit) break;
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

SplitIndices splitIndices(std::int64_t count, double share, std::uint64_t seed) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  std::iota(order.begin(), order.end(), 0U);
  Random random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  const auto most = static_cast<double>(std::max<std::int64_t>(count - 1, 1));
  const double wanted = std::isfinite(share) ? std::round(share * static_cast<double>(count)) : 1.0;
  const auto tested =
      std::min(static_cast<std::size_t>(std::clamp(wanted, 1.0, most)), order.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(tested);
  SplitIndices split{{middle, order.end()}, {order.begin(), middle}};
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.test.begin(), split.test.end());
  return split;
}

SampleSet subset(const SampleSet& samples, const std::vector<std::uint32_t>& indices) {
  SampleSet part{static_cast<std::int64_t>(indices.size()), samples.shape, {}, {}};
  const auto length = static_cast<std::size_t>(samples.shape.numel());
  std::visit(
      [&](const auto& values) {
        std::decay_t<decltype(values)> taken;
        taken.reserve(indices.size() * length);
        for (const std::uint32_t index : indices) {
          const auto first = values.begin() + static_cast<std::ptrdiff_t>(index * length);
          taken.insert(taken.end(), first, first + static_cast<std::ptrdiff_t>(length));
        }
        part.values = std::move(taken);
      },
      samples.values);
  std::visit(
      [&](const auto& targets) {
        std::decay_t<decltype(targets)> taken;
        taken.reserve(indices.size());
        for (const std::uint32_t index : indices) taken.push_back(targets[index]);
        part.targets = std::move(taken);
      },
      samples.targets);
  return part;
}

Result<void> splitInto(LoadedData& data, const SampleSet& samples, const DataOptions& options) {
  if (samples.count < 2) {
    return makeError(ErrorCode::kUnsupported,
                     "%1: a single sample; a training set and a test set need one each",
                     data.description.path);
  }
  if (samples.count > std::numeric_limits<std::uint32_t>::max()) {
    return makeError(ErrorCode::kUnsupported, "%1: more than 2^32 samples", data.description.path);
  }
  const SplitIndices split = splitIndices(samples.count, options.testShare, options.splitSeed);
  data.train = subset(samples, split.train);
  data.test = subset(samples, split.test);
  data.description.isTestDrawn = true;
  data.description.remarks.push_back(
      Message("%1: has no test set; %2 of its %3 samples, chosen at random, become one",
              data.description.path, split.test.size(), samples.count));
  return {};
}

namespace {

/// Names the classes that have no sample in the training set.
void remarkOnMissingClasses(LoadedData& data) {
  constexpr std::size_t kMaxNamed = 5;
  DataDescription& description = data.description;
  std::vector<bool> isTrained(static_cast<std::size_t>(description.classes));
  for (const std::int64_t label : std::get<std::vector<std::int64_t>>(data.train.targets)) {
    isTrained[static_cast<std::size_t>(label)] = true;
  }
  const auto missing = std::count(isTrained.begin(), isTrained.end(), false);
  if (missing == 0) return;
  std::string names;
  std::size_t named = 0;
  for (std::size_t label = 0; label < isTrained.size() && named < kMaxNamed; ++label) {
    if (isTrained[label]) continue;
    const std::vector<std::string>& all = description.classNames;
    names += (named++ == 0 ? "" : ", ") + (all.empty() ? std::to_string(label) : all[label]);
  }
  if (static_cast<std::size_t>(missing) > named) names += ", ...";
  description.remarks.push_back(
      Message("%1: the training set has no sample of %2 of the %3 classes: %4", description.path,
              missing, description.classes, names));
}

}  // namespace

Result<void> completeDescription(LoadedData& data) {
  DataDescription& description = data.description;
  description.shape = data.train.shape;
  description.trainCount = data.train.count;
  description.validationCount = data.validation.count;
  description.hasValidation = data.validation.count > 0;
  description.testCount = data.test.count;
  std::int64_t maxLabel = -1;
  for (const SampleSet* set : {&data.train, &data.validation, &data.test}) {
    if (set->count == 0) continue;
    if (set->shape != data.train.shape) {
      return makeError(ErrorCode::kCorrupt, "%1: samples of %2 and of %3 in one data set",
                       description.path, data.train.shape.text(), set->shape.text());
    }
    if (set->values.index() != data.train.values.index()) {
      return makeError(ErrorCode::kCorrupt,
                       "%1: samples are bytes in one split and floats in another, which would be "
                       "scaled differently; write both as one type",
                       description.path);
    }
    if (set->hasLabels() != data.train.hasLabels()) {
      return makeError(ErrorCode::kCorrupt, "%1: class labels in one split, values in another",
                       description.path);
    }
    if (!set->hasLabels()) continue;
    const auto& labels = std::get<std::vector<std::int64_t>>(set->targets);
    maxLabel = std::max(maxLabel, *std::max_element(labels.begin(), labels.end()));
  }
  description.targets = data.train.hasLabels() ? TargetKind::kLabels : TargetKind::kValues;
  const auto named = static_cast<std::int64_t>(description.classNames.size());
  description.classes = std::max(maxLabel + 1, data.train.hasLabels() ? named : 0);
  if (named < description.classes) description.classNames.clear();
  if (description.classes > 0) remarkOnMissingClasses(data);
  return {};
}

}  // namespace training
