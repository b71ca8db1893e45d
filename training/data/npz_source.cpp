// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npz as MedMNIST lays it out: train_images, train_labels, and val_ and test_ likewise; or
// as Keras does: x_train, y_train, x_test, y_test.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

#include "training/base/quoted_name.h"
#include "training/base/zip_archive.h"
#include "training/data/data_source.h"
#include "training/data/npy_array.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::MessageArgument;
using eventio::Result;

struct SplitNames {
  const char* images;
  const char* labels;
  const char* otherImages;
  const char* otherLabels;
};

enum Split : std::size_t { kTrain, kValidation, kTest, kSplits };
constexpr std::array<SplitNames, kSplits> kNames = {
    {{"train_images.npy", "train_labels.npy", "x_train.npy", "y_train.npy"},
     {"val_images.npy", "val_labels.npy", "x_val.npy", "y_val.npy"},
     {"test_images.npy", "test_labels.npy", "x_test.npy", "y_test.npy"}}};

/// Of a folder its only .npz; the path itself otherwise.
fs::path npzAt(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) return path;
  fs::path found;
  for (const fs::path& file : entriesOf(path)) {
    if (file.extension() != ".npz" || fs::is_directory(file, ignored)) continue;
    if (!found.empty()) return {};
    found = file;
  }
  return found;
}

struct Entries {
  const ZipEntry* images = nullptr;
  const ZipEntry* labels = nullptr;

  [[nodiscard]] bool any() const noexcept { return images != nullptr || labels != nullptr; }
};

struct SplitHeader {
  Entries entries;
  NpyHeader images;
  NpyHeader labels;
  SampleShape shape;
  bool channelsLast = false;
};

class NpzReader {
 public:
  static Result<NpzReader> open(const fs::path& path) {
    NpzReader reader;
    reader.m_file = npzAt(path);
    if (reader.m_file.empty()) {
      return makeError(ErrorCode::kNotFound, "%1 holds several .npz files or none; name the file",
                       path);
    }
    auto bytes = readWholeFile(reader.m_file);
    if (!bytes) return tl::unexpected(bytes.error());
    reader.m_bytes = std::move(*bytes);
    const std::string_view view(reinterpret_cast<const char*>(reader.m_bytes.data()),
                                reader.m_bytes.size());
    auto archive = ZipArchive::open(view);
    if (!archive) return reader.wrong(archive.error());
    reader.m_archive = std::move(*archive);
    return reader;
  }

  [[nodiscard]] const fs::path& file() const noexcept { return m_file; }

  /// The header of a split; without entries where the archive has none of it.
  Result<SplitHeader> header(Split split) {
    SplitHeader header;
    auto entries = find(kNames[split]);
    if (!entries) return tl::unexpected(entries.error());
    header.entries = *entries;
    if (!header.entries.images && split != kTrain) return header;
    const auto read = readHeaders(header);
    if (!read) return tl::unexpected(read.error());
    m_memory += saturatingProduct(2, header.entries.images->size + header.entries.labels->size) +
                sampleValueBytes(header.images.type, header.images.values()) +
                saturatingProduct(header.labels.values(), sizeof(std::int64_t));
    return header;
  }

  /// Memory for the splits whose headers were read.
  [[nodiscard]] std::uint64_t memory() const noexcept { return m_memory; }

  Result<SampleSet> samples(const SplitHeader& header, TargetKind kind) const {
    auto images = array(*header.entries.images);
    if (!images) return tl::unexpected(images.error());
    const auto labels = array(*header.entries.labels);
    if (!labels) return tl::unexpected(labels.error());
    const std::vector<std::int64_t> sizes = images->sizes;
    auto values = toSampleValues(std::move(*images), errorsOf(*header.entries.images, sizes));
    if (!values) return tl::unexpected(values.error());
    if (header.channelsLast) channelsFirst(sizes, *values);
    auto targets = toTargets(*labels, kind, errorsOf(*header.entries.labels, labels->sizes));
    if (!targets) return tl::unexpected(targets.error());
    return SampleSet{sizes[0], header.shape, std::move(*values), std::move(*targets)};
  }

 private:
  /// Both arrays of the split, or none of it.
  [[nodiscard]] Result<Entries> find(const SplitNames& names) {
    const Entries medMnist{m_archive.find(names.images), m_archive.find(names.labels)};
    const Entries keras{m_archive.find(names.otherImages), m_archive.find(names.otherLabels)};
    const bool isKeras = !medMnist.any() && keras.any();
    const Entries entries = isKeras ? keras : medMnist;
    if (!entries.any() && &names != &kNames[kTrain]) return entries;
    if ((medMnist.any() && keras.any()) ||
        (entries.any() && m_isKeras.value_or(isKeras) != isKeras)) {
      return makeError(ErrorCode::kUnsupported,
                       "%1 holds arrays named as train_images and others named as x_train; which "
                       "are meant is not clear: keep those of one kind (there are %2)",
                       m_file, entryNames());
    }
    m_isKeras = isKeras;
    if (entries.images && entries.labels) return entries;
    const auto shown = [&](const char* name, const char* other) {
      return entries.any() ? MessageArgument(isKeras ? other : name)
                           : MessageArgument(Message("%1 or %2", name, other));
    };
    return makeError(ErrorCode::kNotFound, "%1 holds no %2; there are %3", m_file,
                     entries.images ? shown(names.labels, names.otherLabels)
                                    : shown(names.images, names.otherImages),
                     entryNames());
  }

  [[nodiscard]] tl::unexpected<eventio::Error> wrong(const eventio::Error& error) const {
    return makeError(error.code, "%1: %2", m_file, error.message);
  }
  [[nodiscard]] tl::unexpected<eventio::Error> wrongIn(const ZipEntry& entry,
                                                       const eventio::Error& error) const {
    return makeError(error.code, "%1: %2: %3", m_file, quotedName(entry.name), error.message);
  }

  /// Places are indices as NumPy takes them: "element [7, 3]".
  [[nodiscard]] PlaceError errorsOf(const ZipEntry& entry,
                                    const std::vector<std::int64_t>& sizes) const {
    return [this, &entry, sizes](std::size_t index, const Message& why) {
      std::string place;
      auto rest = static_cast<std::int64_t>(index);
      for (auto size = sizes.rbegin(); size != sizes.rend(); ++size) {
        place.insert(0, (size + 1 == sizes.rend() ? "" : ", ") + std::to_string(rest % *size));
        rest /= *size;
      }
      return corruptAt(m_file, Message("%1: element [%2]", quotedName(entry.name), place), why);
    };
  }

  [[nodiscard]] Message entryNames() const {
    std::string names;
    for (const ZipEntry& entry :
         m_archive.entries().first(std::min<std::size_t>(m_archive.entries().size(), 12))) {
      names += (names.empty() ? "" : ", ") + quotedName(entry.name);
    }
    return names.empty() ? Message("no arrays in it") : Message::verbatim(std::move(names));
  }

  Result<NpyHeader> arrayHeader(const ZipEntry& entry) const {
    const auto start = ZipArchive::unpacked(entry, kMaxNpyHeader + 12);
    if (!start) return wrong(start.error());
    auto header = readNpyHeader(*start, entry.size);
    if (!header) return wrongIn(entry, header.error());
    return header;
  }

  Result<void> readHeaders(SplitHeader& header) const {
    auto images = arrayHeader(*header.entries.images);
    if (!images) return tl::unexpected(images.error());
    auto labels = arrayHeader(*header.entries.labels);
    if (!labels) return tl::unexpected(labels.error());
    header.images = std::move(*images);
    header.labels = std::move(*labels);
    header.shape = sampleShape(header.images.sizes, header.channelsLast);
    if (header.shape.sizes.empty()) {
      return corruptAt(m_file, quotedName(header.entries.images->name),
                       "samples are N x length, N x height x width, or have 1 or 3 channels");
    }
    const auto& sizes = header.labels.sizes;
    if (sizes.size() > 2 || (sizes.size() == 2 && sizes[1] != 1)) {
      return makeError(ErrorCode::kUnsupported,
                       "%1: %2: several targets for each sample; one can be read", m_file,
                       quotedName(header.entries.labels->name));
    }
    if (sizes[0] != header.images.sizes[0]) {
      return corruptAt(m_file, quotedName(header.entries.labels->name), "%1 labels for %2 samples",
                       sizes[0], header.images.sizes[0]);
    }
    return {};
  }

  Result<NumberArray> array(const ZipEntry& entry) const {
    const auto content = ZipArchive::unpacked(entry);
    if (!content) return wrong(content.error());
    auto read = readNpy(*content);
    if (!read) return wrongIn(entry, read.error());
    return read;
  }

  fs::path m_file;
  std::vector<std::uint8_t> m_bytes;
  ZipArchive m_archive;
  std::uint64_t m_memory = 0;
  std::optional<bool> m_isKeras;  // how the arrays that were found are named
};

using SplitHeaders = std::array<SplitHeader, kSplits>;

Result<SplitHeaders> readHeaders(NpzReader& reader) {
  SplitHeaders headers;
  for (std::size_t i = 0; i < kSplits; ++i) {
    auto header = reader.header(static_cast<Split>(i));
    if (!header) return tl::unexpected(header.error());
    headers[i] = std::move(*header);
    if (headers[i].entries.images && headers[i].shape != headers[kTrain].shape) {
      return corruptAt(reader.file(), quotedName(headers[i].entries.images->name),
                       "samples of %1 where the training set has %2", headers[i].shape.text(),
                       headers[kTrain].shape.text());
    }
  }
  return headers;
}

std::int64_t countOf(const SplitHeader& header) {
  return header.entries.images ? header.images.sizes[0] : 0;
}

class NpzSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "npz"; }
  std::string_view help() const noexcept override {
    return "NumPy's .npz with train_images, train_labels, test_images and so on, as MedMNIST has "
           "it, or x_train, y_train, ...";
  }
  bool matches(const fs::path& path) const override {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return !npzAt(path).empty();
    return path.extension() == ".npz";
  }

  Result<DataDescription> probe(const fs::path& path, const DataOptions& options) const override {
    auto reader = NpzReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    return readHeaders(*reader).map([&](const SplitHeaders& headers) {
      DataDescription description = describe(*reader);
      description.shape = headers[kTrain].shape;
      description.targets = targetKind(headers[kTrain].labels.type, options.targets);
      description.hasValidation = headers[kValidation].entries.images != nullptr;
      description.isTestDrawn = headers[kTest].entries.images == nullptr;
      if (!description.isTestDrawn) description.trainCount = countOf(headers[kTrain]);
      description.validationCount = countOf(headers[kValidation]);
      description.testCount = countOf(headers[kTest]);
      return description;
    });
  }

  Result<LoadedData> load(const fs::path& path, const DataOptions& options) const override {
    auto reader = NpzReader::open(path);
    if (!reader) return tl::unexpected(reader.error());
    const auto headers = readHeaders(*reader);
    if (!headers) return tl::unexpected(headers.error());
    const auto fits = checkMemory(reader->file(), reader->memory());
    if (!fits) return tl::unexpected(fits.error());
    std::array<SampleSet, kSplits> sets;
    for (std::size_t i = 0; i < kSplits; ++i) {
      if (!(*headers)[i].entries.images) continue;
      auto samples = reader->samples((*headers)[i], options.targets);
      if (!samples) return tl::unexpected(samples.error());
      sets[i] = std::move(*samples);
    }
    LoadedData data{describe(*reader), std::move(sets[kTrain]), std::move(sets[kValidation]),
                    std::move(sets[kTest])};
    if (!(*headers)[kTest].entries.images) {
      const SampleSet all = std::move(data.train);
      if (auto done = splitInto(data, all, options); !done) return tl::unexpected(done.error());
    }
    if (auto done = completeDescription(data); !done) return tl::unexpected(done.error());
    return data;
  }

 private:
  [[nodiscard]] DataDescription describe(const NpzReader& reader) const {
    DataDescription description;
    description.name = reader.file().stem().string();
    description.path = reader.file().string();
    description.format = format();
    return description;
  }
};

}  // namespace

const DataSource& npzSource() {
  static const NpzSource source;
  return source;
}

}  // namespace training
