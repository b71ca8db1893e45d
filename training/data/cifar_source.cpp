// SPDX-License-Identifier: GPL-3.0-or-later
// The binary version of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html):
// records of 1 label (CIFAR-100: coarse, fine) and 3072 bytes, 1024 each of red, green and blue.
#include <array>
#include <optional>
#include <system_error>

#include "training/data/data_source.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

constexpr std::uint64_t kPixelBytes = 3072;

struct Variant {
  const char* name;
  const char* folder;  ///< as the archive unpacks it
  std::vector<const char*> trainFiles;
  const char* testFile;
  const char* nameFile;
  std::uint64_t labelBytes;  ///< the last of them is used
  std::int64_t classes;

  [[nodiscard]] std::uint64_t recordBytes() const { return labelBytes + kPixelBytes; }
};

const std::array<Variant, 2>& variants() {
  static const std::array<Variant, 2> kVariants = {
      {{"CIFAR-10",
        "cifar-10-batches-bin",
        {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
         "data_batch_5.bin"},
        "test_batch.bin",
        "batches.meta.txt",
        1,
        10},
       {"CIFAR-100",
        "cifar-100-binary",
        {"train.bin"},
        "test.bin",
        "fine_label_names.txt",
        2,
        100}}};
  return kVariants;
}

struct Place {
  fs::path folder;
  const Variant* variant = nullptr;
};

std::optional<Place> findPlace(const fs::path& path) {
  std::error_code ignored;
  for (const Variant& variant : variants()) {
    for (const fs::path& folder : {path, path / variant.folder}) {
      if (fs::exists(folder / variant.trainFiles.front(), ignored)) {
        return Place{folder, &variant};
      }
    }
  }
  return std::nullopt;
}

Result<std::int64_t> countRecords(const fs::path& file, const Variant& variant) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) {
    return makeError(
        error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kIo,
        "%1: cannot be read: %2; %3 has %4 training files and one test file", file, error.message(),
        variant.name, variant.trainFiles.size());
  }
  const std::uint64_t record = variant.recordBytes();
  if (size == 0) return corruptAt(file, Message("offset %1", 0), "the file is empty");
  if (size % record != 0) {
    return corruptAt(file, Message("offset %1", size / record * record),
                     "the last record breaks off: %1 of %2 bytes", size % record, record);
  }
  return static_cast<std::int64_t>(size / record);
}

/// One name a line; none where the file is missing, or has not as many as there are classes.
std::vector<std::string> readNames(const Place& place) {
  std::vector<std::string> names;
  const fs::path file = place.folder / place.variant->nameFile;
  std::error_code error;
  if (fs::file_size(file, error) > 100'000 || error) return names;
  const Result<std::vector<std::uint8_t>> bytes = readWholeFile(file);
  if (!bytes) return names;
  std::string name;
  for (const std::uint8_t byte : *bytes) {
    if (byte != '\n') {
      if (byte != '\r') name += static_cast<char>(byte);
    } else if (!name.empty()) {
      names.push_back(std::move(name));
      name.clear();
    }
  }
  if (!name.empty()) names.push_back(std::move(name));
  if (names.size() != static_cast<std::size_t>(place.variant->classes)) names.clear();
  return names;
}

/// Appends the records of a file.
Result<void> readRecords(const fs::path& path, const Variant& variant, SampleSet& set) {
  Result<PackedFile> file = PackedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  auto& pixels = std::get<std::vector<std::uint8_t>>(set.values);
  auto& labels = std::get<std::vector<std::int64_t>>(set.targets);
  while (true) {
    const std::uint64_t start = file->offset();
    std::array<std::uint8_t, 2> bytes{};
    const std::span<std::uint8_t> label(bytes.data(), variant.labelBytes);
    const Result<std::size_t> got = file->read(label);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0 && start > 0) return {};
    const Result<std::uint64_t> more = file->append(kPixelBytes, pixels);
    if (!more) return tl::unexpected(more.error());
    if (*got + *more < variant.recordBytes()) {
      return file->corrupt(start, "the record breaks off");
    }
    if (label.back() >= variant.classes) {
      return file->corrupt(start + label.size() - 1, "label %1; labels go from 0 to %2",
                           label.back(), variant.classes - 1);
    }
    labels.push_back(label.back());
    ++set.count;
  }
}

class CifarSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "cifar"; }
  std::string_view help() const noexcept override {
    return "the binary version of CIFAR-10 (cifar-10-batches-bin) or CIFAR-100 (cifar-100-binary)";
  }
  bool matches(const fs::path& path) const override { return findPlace(path).has_value(); }

  Result<DataDescription> probe(const fs::path& path, const DataOptions&) const override {
    const std::optional<Place> place = findPlace(path);
    if (!place) {
      return makeError(ErrorCode::kNotFound,
                       "%1 holds neither data_batch_1.bin nor train.bin of CIFAR", path);
    }
    const Variant& variant = *place->variant;
    DataDescription description;
    description.name = variant.name;
    description.path = place->folder.string();
    description.format = format();
    description.shape = {{3, 32, 32}};
    description.targets = TargetKind::kLabels;
    description.classes = variant.classes;
    description.classNames = readNames(*place);
    for (const char* name : variant.trainFiles) {
      const Result<std::int64_t> count = countRecords(place->folder / name, variant);
      if (!count) return tl::unexpected(count.error());
      description.trainCount += *count;
    }
    const Result<std::int64_t> count = countRecords(place->folder / variant.testFile, variant);
    if (!count) return tl::unexpected(count.error());
    description.testCount = *count;
    return description;
  }

  Result<LoadedData> load(const fs::path& path, const DataOptions& options) const override {
    Result<DataDescription> probed = probe(path, options);
    if (!probed) return tl::unexpected(probed.error());
    const Place place = *findPlace(path);
    const auto samples = static_cast<std::uint64_t>(probed->trainCount + probed->testCount);
    const auto fits = checkMemory(path, samples * (kPixelBytes + sizeof(std::int64_t)));
    if (!fits) return tl::unexpected(fits.error());
    const auto empty = [&](std::int64_t count) {
      SampleSet set{0, probed->shape, std::vector<std::uint8_t>(), std::vector<std::int64_t>()};
      std::get<0>(set.values).reserve(static_cast<std::size_t>(count) * kPixelBytes);
      return set;
    };
    LoadedData data{*probed, empty(probed->trainCount), {}, empty(probed->testCount)};
    for (const char* name : place.variant->trainFiles) {
      const auto read = readRecords(place.folder / name, *place.variant, data.train);
      if (!read) return tl::unexpected(read.error());
    }
    const auto read =
        readRecords(place.folder / place.variant->testFile, *place.variant, data.test);
    if (!read) return tl::unexpected(read.error());
    if (auto done = completeDescription(data); !done) return tl::unexpected(done.error());
    data.description.classes = place.variant->classes;
    data.description.classNames = probed->classNames;
    return data;
  }
};

}  // namespace

const DataSource& cifarSource() {
  static const CifarSource source;
  return source;
}

}  // namespace training
