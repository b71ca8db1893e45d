// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures (PNG, JPEG) in one folder a class, as torchvision's ImageFolder: CLASS/... or
// train/CLASS/..., test/CLASS/... and val/CLASS/.... The names of the folders, in alphabetical
// order, are the classes. Pictures are turned as EXIF says, brought to one size (resizeImage()) and
// number of channels, and kept as bytes.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>

#include "eventio/media/image_decoder.h"
#include "training/data/data_source.h"
#include "training/data/image_transforms.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::Image;
using eventio::makeError;
using eventio::Result;

constexpr std::int64_t kDefaultSide = 64;
constexpr std::int64_t kMaxSide = 16'384;

bool hasPictureName(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& letter : extension) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

/// Folders that may be classes or splits, in alphabetical order.
std::vector<fs::path> foldersIn(const fs::path& root) {
  std::vector<fs::path> folders;
  std::error_code ignored;
  for (const fs::path& entry : entriesOf(root)) {
    const std::string name = entry.filename().string();
    if (!name.starts_with('.') && name != "__MACOSX" && fs::is_directory(entry, ignored)) {
      folders.push_back(entry);
    }
  }
  return folders;
}

bool holdsPictures(const fs::path& root) {
  constexpr std::size_t kLooked = 100;
  for (const fs::path& folder : foldersIn(root)) {
    const std::vector<fs::path> files = entriesOf(folder, kLooked);
    if (std::any_of(files.begin(), files.end(), hasPictureName)) return true;
  }
  return false;
}

struct SplitFolders {
  fs::path train;
  fs::path validation;  ///< may be empty, as test
  fs::path test;
};

SplitFolders splitsOf(const fs::path& root) {
  std::error_code ignored;
  const auto firstOf = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (fs::is_directory(root / name, ignored)) return root / name;
    }
    return fs::path();
  };
  SplitFolders splits{firstOf({"train"}), firstOf({"val", "valid", "validation"}),
                      firstOf({"test"})};
  if (splits.train.empty() || !holdsPictures(splits.train)) return {root, {}, {}};
  if (splits.test.empty()) std::swap(splits.test, splits.validation);
  return splits;
}

struct Picture {
  fs::path file;
  std::string className;
};

struct Listing {
  std::vector<Picture> pictures;
  std::int64_t skipped = 0;              ///< files that are no pictures
  std::vector<fs::path> emptyFolders{};  ///< that hold none
};

Result<bool> isPicture(const fs::path& path) {
  std::array<std::uint8_t, 8> start{};
  auto file = PackedFile::open(path);
  if (!file) return tl::unexpected(file.error());
  if (!file->read(start)) return false;
  const auto format = eventio::imageFormat({reinterpret_cast<const char*>(start.data()), 8});
  return format == eventio::ImageFormat::kPng || format == eventio::ImageFormat::kJpeg;
}

/// Whether `folder`, links followed, is `place` or holds it.
bool isAbove(const fs::path& folder, const fs::path& place) {
  std::error_code ignored;
  const fs::path inner = fs::canonical(place, ignored);
  const fs::path outer = fs::canonical(folder, ignored);
  if (outer.empty()) return false;
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

/// The files below `folder` in order of path. Links to folders are not followed; they, pipes and
/// the like count as `skipped`.
Result<std::vector<fs::path>> filesBelow(const fs::path& folder, std::int64_t& skipped) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const bool isFolder = it->is_directory(ignored);
    if (it->is_regular_file(ignored)) {
      files.push_back(it->path());
    } else if (!isFolder || it->is_symlink(ignored) || fs::is_empty(it->path(), ignored)) {
      ++skipped;
    }
  }
  if (error) {
    return makeError(ErrorCode::kIo, folder.string() + ": cannot be read: " + error.message());
  }
  std::sort(files.begin(), files.end());
  return files;
}

/// The pictures of a split, by class and then by path.
Result<Listing> listPictures(const fs::path& root) {
  Listing listing;
  std::error_code error;
  for (const fs::path& entry : entriesOf(root)) {
    if (fs::is_regular_file(entry, error)) ++listing.skipped;
  }
  for (const fs::path& folder : foldersIn(root)) {
    if (isAbove(folder, root)) {
      return makeError(ErrorCode::kInvalidArgument,
                       folder.string() + ": a link to a folder that it lies in is no class");
    }
    Result<std::vector<fs::path>> files = filesBelow(folder, listing.skipped);
    if (!files) return tl::unexpected(files.error());
    const std::size_t before = listing.pictures.size();
    for (fs::path& file : *files) {
      const Result<bool> picture = isPicture(file);
      if (!picture) return tl::unexpected(picture.error());
      if (*picture) {
        listing.pictures.push_back({std::move(file), folder.filename().string()});
      } else {
        ++listing.skipped;
      }
    }
    if (listing.pictures.size() == before) listing.emptyFolders.push_back(folder);
  }
  if (!listing.pictures.empty()) return listing;
  return makeError(ErrorCode::kNotFound,
                   root.string() + " holds no PNG or JPEG pictures in folders named as classes");
}

Result<std::string> readPicture(const fs::path& file) {
  return readWholeFile(file).map([](const std::vector<std::uint8_t>& bytes) {
    return std::string(bytes.begin(), bytes.end());
  });
}

tl::unexpected<eventio::Error> wrong(const fs::path& file, const eventio::Error& error) {
  return makeError(error.code, file.string() + ": " + error.message);
}

struct Size {
  std::int64_t height = 0;
  std::int64_t width = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

/// As the picture is to be shown.
Result<Size> sizeOf(const fs::path& file) {
  const auto bytes = readPicture(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto info = eventio::imageInfo(*bytes);
  if (!info) return wrong(file, info.error());
  Size size{info->height, info->width};
  if (exifOrientation(*bytes) >= 5) std::swap(size.height, size.width);
  return size;
}

/// Of the pictures if all have the same, else the options' or the default, with a remark.
Result<Size> commonSize(const std::vector<const Listing*>& listings, const DataOptions& options,
                        const fs::path& path, std::vector<std::string>& remarks) {
  const Size wanted{options.imageHeight, options.imageWidth};
  if (wanted.height < 0 || wanted.width < 0 || wanted.height > kMaxSide ||
      wanted.width > kMaxSide || (wanted.height == 0) != (wanted.width == 0)) {
    return makeError(ErrorCode::kInvalidArgument,
                     path.string() + ": pictures can be resized to 1 x 1 up to 16384 x 16384");
  }
  if (wanted.height > 0) return wanted;
  Size common;
  for (const Listing* listing : listings) {
    for (const Picture& picture : listing->pictures) {
      const Result<Size> size = sizeOf(picture.file);
      if (!size) return tl::unexpected(size.error());
      if (common.height == 0) common = *size;
      if (common != *size || std::max(common.height, common.width) > kMaxSide) {
        remarks.push_back(path.string() + ": pictures of " +
                          (common != *size ? "several sizes" : "a large size") +
                          " are resized to " + std::to_string(kDefaultSide) + " x " +
                          std::to_string(kDefaultSide));
        return Size{kDefaultSide, kDefaultSide};
      }
    }
  }
  return common;
}

Result<Image> loadPicture(const fs::path& file, const Size& size) {
  const auto bytes = readPicture(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto decoded = eventio::decodeImage(*bytes);
  if (!decoded) return wrong(file, decoded.error());
  return resizeImage(orientImage(*decoded, exifOrientation(*bytes)), static_cast<int>(size.width),
                     static_cast<int>(size.height));
}

/// Appends pictures as channels x height x width bytes.
class PictureStack {
 public:
  PictureStack(const Size& size, ColourMode colour)
      : m_size(size),
        m_fixed(colour != ColourMode::kAsFiles),
        m_channels(colour == ColourMode::kColour ? 3 : 1) {}

  void add(const Image& picture) {
    if (picture.channels < 3) ++m_greyPictures;
    if (!m_fixed && picture.channels >= 3) setChannels(3);
    const Image image = withChannels(picture, m_channels);
    const auto channels = static_cast<std::size_t>(m_channels);
    const std::size_t first = m_values.size();
    m_values.resize(first + image.pixels.size());
    for (std::size_t i = 0; i < image.pixels.size(); ++i) {
      m_values[first + i % channels * pixels() + i / channels] = image.pixels[i];
    }
  }

  [[nodiscard]] int channels() const noexcept { return m_channels; }
  [[nodiscard]] std::int64_t greyPictures() const noexcept { return m_greyPictures; }

  /// Repeats grey pictures where there are to be three channels.
  void setChannels(int channels) {
    if (channels == m_channels) return;
    std::vector<std::uint8_t> colour;
    colour.reserve(m_values.size() * 3);
    for (std::size_t first = 0; first < m_values.size(); first += pixels()) {
      const auto from = m_values.begin() + static_cast<std::ptrdiff_t>(first);
      for (int channel = 0; channel < 3; ++channel) {
        colour.insert(colour.end(), from, from + static_cast<std::ptrdiff_t>(pixels()));
      }
    }
    m_values = std::move(colour);
    m_channels = channels;
  }

  SampleSet take(std::vector<std::int64_t> labels) {
    return SampleSet{static_cast<std::int64_t>(labels.size()),
                     {{m_channels, m_size.height, m_size.width}},
                     std::move(m_values),
                     std::move(labels)};
  }

 private:
  [[nodiscard]] std::size_t pixels() const noexcept {
    return static_cast<std::size_t>(m_size.height * m_size.width);
  }

  Size m_size;
  bool m_fixed;
  int m_channels;
  std::int64_t m_greyPictures = 0;
  std::vector<std::uint8_t> m_values;
};

/// "3 files are", "1 file is"
std::string counted(std::int64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? " is" : "s are");
}

class ImageFolderSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "images"; }
  std::string_view help() const noexcept override {
    return "PNG and JPEG pictures in a folder for each class, also below train, val and test";
  }
  bool matches(const fs::path& path) const override { return holdsPictures(splitsOf(path).train); }

  /// Classes by the names of folders; pictures are not opened.
  Result<DataDescription> probe(const fs::path& path, const DataOptions&) const override {
    DataDescription description = describe(path);
    const SplitFolders splits = splitsOf(path);
    description.isTestDrawn = splits.test.empty();
    for (const fs::path& folder : foldersIn(splits.train)) {
      description.classNames.push_back(folder.filename().string());
    }
    description.targets = TargetKind::kLabels;
    description.classes = static_cast<std::int64_t>(description.classNames.size());
    if (description.classes > 0) return description;
    return makeError(ErrorCode::kNotFound, path.string() + " holds no folders named as classes");
  }

  Result<LoadedData> load(const fs::path& path, const DataOptions& options) const override {
    const SplitFolders folders = splitsOf(path);
    std::array<const fs::path*, 3> roots = {&folders.train, &folders.validation, &folders.test};
    std::array<Listing, 3> listings;
    std::vector<const Listing*> all;
    for (std::size_t i = 0; i < roots.size(); ++i) {
      if (roots[i]->empty()) continue;
      Result<Listing> listing = listPictures(*roots[i]);
      if (!listing) return tl::unexpected(listing.error());
      listings[i] = std::move(*listing);
      all.push_back(&listings[i]);
    }
    LoadedData data{describe(path), {}, {}, {}};
    const Result<Size> size = commonSize(all, options, path, data.description.remarks);
    if (!size) return tl::unexpected(size.error());
    if (auto fits = checkSize(path, all, *size); !fits) return tl::unexpected(fits.error());
    for (const Listing* listing : all) remarkOnOthers(*listing, data.description);
    if (auto done = read(data, listings, *size, options); !done) {
      return tl::unexpected(done.error());
    }
    return data;
  }

 private:
  [[nodiscard]] DataDescription describe(const fs::path& path) const {
    DataDescription description;
    description.name = dataName(path);
    description.path = path.string();
    description.format = format();
    return description;
  }

  /// Counts three channels, and twice for the split or for grey that becomes colour.
  static Result<void> checkSize(const fs::path& path, const std::vector<const Listing*>& all,
                                const Size& size) {
    std::uint64_t pictures = 0;
    for (const Listing* listing : all) pictures += listing->pictures.size();
    const auto pixels = static_cast<std::uint64_t>(size.height * size.width);
    return checkMemory(path, saturatingProduct(pictures, 2 * 3 * pixels));
  }

  /// Files and folders of a split that are no samples.
  static void remarkOnOthers(const Listing& listing, DataDescription& description) {
    if (listing.skipped > 0) {
      description.remarks.push_back(
          description.path + ": " + counted(listing.skipped, "file") +
          " left out, being no PNG or JPEG picture in a folder of a class");
    }
    for (const fs::path& folder : listing.emptyFolders) {
      description.remarks.push_back(folder.string() + ": holds no PNG or JPEG picture");
    }
  }

  static Result<void> read(LoadedData& data, const std::array<Listing, 3>& listings,
                           const Size& size, const DataOptions& options) {
    std::map<std::string, std::int64_t> classes;
    for (const Listing& listing : listings) {
      for (const Picture& picture : listing.pictures) classes.emplace(picture.className, 0);
    }
    for (auto& [name, label] : classes) {
      label = static_cast<std::int64_t>(data.description.classNames.size());
      data.description.classNames.push_back(name);
    }
    std::vector<PictureStack> stacks(listings.size(), PictureStack(size, options.colour));
    for (std::size_t i = 0; i < listings.size(); ++i) {
      for (const Picture& picture : listings[i].pictures) {
        const Result<Image> image = loadPicture(picture.file, size);
        if (!image) return tl::unexpected(image.error());
        stacks[i].add(*image);
      }
    }
    const bool colour = std::any_of(stacks.begin(), stacks.end(),
                                    [](const auto& stack) { return stack.channels() == 3; });
    std::int64_t grey = 0;
    for (const PictureStack& stack : stacks) grey += stack.greyPictures();
    if (colour && grey > 0 && options.colour == ColourMode::kAsFiles) {
      data.description.remarks.push_back(data.description.path + ": " +
                                         counted(grey, "grey picture") +
                                         " read as colour, as others are");
    }
    const std::array<SampleSet*, 3> sets = {&data.train, &data.validation, &data.test};
    for (std::size_t i = 0; i < listings.size(); ++i) {
      if (colour) stacks[i].setChannels(3);
      std::vector<std::int64_t> labels;
      for (const Picture& picture : listings[i].pictures) {
        labels.push_back(classes.at(picture.className));
      }
      *sets[i] = stacks[i].take(std::move(labels));
    }
    if (data.test.count == 0) {
      const SampleSet all = std::move(data.train);
      if (auto done = splitInto(data, all, options); !done) return tl::unexpected(done.error());
    }
    return completeDescription(data);
  }
};

}  // namespace

const DataSource& imageFolderSource() {
  static const ImageFolderSource source;
  return source;
}

}  // namespace training
