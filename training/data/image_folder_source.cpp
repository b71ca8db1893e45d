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
#include "training/data/image_folder_files.h"
#include "training/data/image_folder_look.h"
#include "training/data/image_transforms.h"
#include "training/data/packed_file.h"
#include "training/data/sample_checks.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::Image;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

tl::unexpected<eventio::Error> wrong(const fs::path& file, const eventio::Error& error) {
  return makeError(error.code, "%1: %2", file, error.message);
}

/// As the picture is to be shown.
Result<PictureSize> sizeOf(const fs::path& file) {
  const auto bytes = readPicture(file);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto info = eventio::imageInfo(*bytes);
  if (!info) return wrong(file, info.error());
  PictureSize size{info->height, info->width};
  if (exifOrientation(*bytes) >= 5) std::swap(size.height, size.width);
  return size;
}

/// Of the pictures if all have the same, else the options' or the default, with a remark.
Result<PictureSize> commonSize(const std::vector<const Listing*>& listings,
                               const DataOptions& options, const fs::path& path,
                               DataDescription& description) {
  const PictureSize wanted{options.imageHeight, options.imageWidth};
  if (wanted.height < 0 || wanted.width < 0 || wanted.height > PictureSize::kMaxSide ||
      wanted.width > PictureSize::kMaxSide || (wanted.height == 0) != (wanted.width == 0)) {
    return makeError(ErrorCode::kInvalidArgument,
                     "%1: pictures can be resized to 1 x 1 up to 16384 x 16384", path);
  }
  if (wanted.height > 0) return wanted;
  PictureSize common;
  for (const Listing* listing : listings) {
    for (const PictureFile& picture : listing->pictures) {
      const Result<PictureSize> size = sizeOf(picture.file);
      if (!size) return tl::unexpected(size.error());
      if (common.height == 0) common = *size;
      if (common != *size || std::max(common.height, common.width) > PictureSize::kMaxSide) {
        description.isResized = true;
        description.remarks.push_back(
            common != *size ? Message("%1: pictures of several sizes are resized to %2 x %2", path,
                                      PictureSize::kDefaultSide)
                            : Message("%1: pictures of a large size are resized to %2 x %2", path,
                                      PictureSize::kDefaultSide));
        return PictureSize{PictureSize::kDefaultSide, PictureSize::kDefaultSide};
      }
    }
  }
  return common;
}

Result<Image> loadPicture(const fs::path& file, const PictureSize& size) {
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
  PictureStack(const PictureSize& size, ColourMode colour)
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

  PictureSize m_size;
  bool m_fixed;
  int m_channels;
  std::int64_t m_greyPictures = 0;
  std::vector<std::uint8_t> m_values;
};

class ImageFolderSource final : public DataSource {
 public:
  std::string_view format() const noexcept override { return "images"; }
  std::string_view help() const noexcept override {
    return "PNG and JPEG pictures in a folder for each class, also below train, val and test";
  }
  bool matches(const fs::path& path) const override { return holdsPictures(splitsOf(path).train); }

  /// Classes by the names of folders, the shape by the first pictures as far as they show it.
  Result<DataDescription> probe(const fs::path& path, const DataOptions& options) const override {
    DataDescription description = describe(path);
    const SplitFolders splits = splitsOf(path);
    description.hasValidation = !splits.validation.empty();
    description.isTestDrawn = splits.test.empty();
    for (const fs::path& folder : foldersIn(splits.train)) {
      description.classNames.push_back(folder.filename().string());
    }
    description.targets = TargetKind::kLabels;
    description.classes = static_cast<std::int64_t>(description.classNames.size());
    if (description.classes == 0) {
      return makeError(ErrorCode::kNotFound, "%1 holds no folders named as classes", path);
    }
    ImageFolderLook look(options);
    for (const fs::path* root : {&splits.train, &splits.validation, &splits.test}) {
      if (!root->empty()) look.addSplit(*root);
    }
    look.describe(description);
    return description;
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
    const Result<PictureSize> size = commonSize(all, options, path, data.description);
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
                                const PictureSize& size) {
    std::uint64_t pictures = 0;
    for (const Listing* listing : all) pictures += listing->pictures.size();
    const auto pixels = static_cast<std::uint64_t>(size.height * size.width);
    return checkMemory(path, saturatingProduct(pictures, 2 * 3 * pixels));
  }

  /// Files and folders of a split that are no samples.
  static void remarkOnOthers(const Listing& listing, DataDescription& description) {
    if (listing.skipped > 0) {
      description.remarks.push_back(
          listing.skipped == 1
              ? Message(
                    "%1: 1 file is left out, being no PNG or JPEG picture in a folder of a class",
                    description.path)
              : Message("%1: %2 files are left out, being no PNG or JPEG picture in a folder of a "
                        "class",
                        description.path, listing.skipped));
    }
    for (const fs::path& folder : listing.emptyFolders) {
      description.remarks.push_back(Message("%1: holds no PNG or JPEG picture", folder));
    }
  }

  static Result<void> read(LoadedData& data, const std::array<Listing, 3>& listings,
                           const PictureSize& size, const DataOptions& options) {
    std::map<std::string, std::int64_t> classes;
    for (const Listing& listing : listings) {
      for (const PictureFile& picture : listing.pictures) classes.emplace(picture.className, 0);
    }
    for (auto& [name, label] : classes) {
      label = static_cast<std::int64_t>(data.description.classNames.size());
      data.description.classNames.push_back(name);
    }
    std::vector<PictureStack> stacks(listings.size(), PictureStack(size, options.colour));
    for (std::size_t i = 0; i < listings.size(); ++i) {
      for (const PictureFile& picture : listings[i].pictures) {
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
      data.description.remarks.push_back(
          grey == 1 ? Message("%1: 1 grey picture is read as colour, as others are",
                              data.description.path)
                    : Message("%1: %2 grey pictures are read as colour, as others are",
                              data.description.path, grey));
    }
    const std::array<SampleSet*, 3> sets = {&data.train, &data.validation, &data.test};
    for (std::size_t i = 0; i < listings.size(); ++i) {
      if (colour) stacks[i].setChannels(3);
      std::vector<std::int64_t> labels;
      for (const PictureFile& picture : listings[i].pictures) {
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
