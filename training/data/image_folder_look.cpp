// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/data/image_folder_look.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "eventio/media/image_decoder.h"
#include "training/data/image_folder_files.h"
#include "training/data/image_transforms.h"

namespace training {

namespace fs = std::filesystem;

void ImageFolderLook::addSplit(const fs::path& root) {
  for (const fs::path& folder : foldersIn(root)) {
    std::error_code error;
    fs::recursive_directory_iterator it(folder, error);
    for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
      if (isOver()) {
        m_isWhole = false;
        return;
      }
      std::error_code ignored;
      if (it->is_regular_file(ignored)) add(it->path());
    }
    m_unreadable = m_unreadable || error;
  }
}

bool ImageFolderLook::isOver() const noexcept {
  return m_unreadable || m_files >= kMaxFiles || m_bytes >= kMaxBytes ||
         (m_sizesDiffer && m_colour);
}

void ImageFolderLook::add(const fs::path& file) {
  ++m_files;
  const auto picture = isPicture(file);
  if (picture && !*picture) return;
  const auto bytes = readPicture(file);
  const auto image = bytes ? eventio::decodeImage(*bytes) : tl::unexpected(bytes.error());
  if (!image) {
    m_unreadable = true;
    return;
  }
  m_bytes += bytes->size();
  m_colour = m_colour || image->channels >= 3;
  PictureSize size{image->height, image->width};
  if (exifOrientation(*bytes) >= 5) std::swap(size.height, size.width);
  if (m_size.height == 0) m_size = size;
  m_sizesDiffer =
      m_sizesDiffer || size != m_size || std::max(size.height, size.width) > PictureSize::kMaxSide;
}

void ImageFolderLook::describe(DataDescription& description) const {
  const bool isFixed = m_options.imageHeight > 0 && m_options.imageWidth > 0;
  const bool sizeKnown = isFixed || m_sizesDiffer || m_isWhole;
  const bool channelsKnown = m_options.colour != ColourMode::kAsFiles || m_colour || m_isWhole;
  if (m_unreadable || m_size.height == 0 || !sizeKnown || !channelsKnown) return;
  const bool isColour = m_options.colour == ColourMode::kColour ||
                        (m_options.colour == ColourMode::kAsFiles && m_colour);
  PictureSize size = m_size;
  if (m_sizesDiffer) size = {PictureSize::kDefaultSide, PictureSize::kDefaultSide};
  if (isFixed) size = {m_options.imageHeight, m_options.imageWidth};
  description.shape = {{isColour ? 3 : 1, size.height, size.width}};
  description.isResized = m_sizesDiffer && !isFixed;
}

}  // namespace training
