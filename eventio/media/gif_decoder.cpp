// SPDX-License-Identifier: GPL-3.0-or-later
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>

#include "eventio/media/image_codecs.h"
#include "eventio/records/record_format.h"

namespace eventio {

namespace {

/// A code of 12 bits stands for 4096 pixels at most.
constexpr std::uint64_t kMaxGifPixelsPerByte = 4096;

struct Input {
  std::string_view bytes;
  std::size_t position = 0;
};

int readInput(GifFileType* gif, GifByteType* out, int size) {
  auto& input = *static_cast<Input*>(gif->UserData);
  const std::size_t taken =
      std::min(static_cast<std::size_t>(std::max(size, 0)), input.bytes.size() - input.position);
  std::memcpy(out, input.bytes.data() + input.position, taken);
  input.position += taken;
  return static_cast<int>(taken);
}

/// Where a frame's rows come in the order of the file.
int rowAt(int index, int height, bool interlaced) {
  if (!interlaced) return index;
  static constexpr std::array<std::array<int, 2>, 4> kPasses = {{{0, 8}, {4, 8}, {2, 4}, {1, 2}}};
  for (const auto& [start, step] : kPasses) {
    const int rows = height > start ? (height - start + step - 1) / step : 0;
    if (index < rows) return start + index * step;
    index -= rows;
  }
  return height - 1;
}

class GifReader {
 public:
  explicit GifReader(std::string_view bytes) : m_input{bytes} {
    m_gif = DGifOpen(&m_input, readInput, &m_error);
  }
  GifReader(const GifReader&) = delete;
  GifReader& operator=(const GifReader&) = delete;
  ~GifReader() {
    if (m_gif != nullptr) DGifCloseFile(m_gif, nullptr);
  }

  Result<GifAnimation> read(std::size_t mostFrames) {
    if (m_gif == nullptr) return damaged();
    const auto width = static_cast<std::uint64_t>(m_gif->SWidth);
    const auto height = static_cast<std::uint64_t>(m_gif->SHeight);
    const auto size = checkSize(width, height, m_input.bytes.size(), kMaxGifPixelsPerByte);
    if (!size) return tl::unexpected<Error>(size.error());
    m_canvas = {m_gif->SWidth, m_gif->SHeight, 4, {}};
    m_canvas.pixels.resize(static_cast<std::size_t>(width * height) * 4);
    GifAnimation animation;
    bool goesOn = true;
    while (goesOn && animation.frames.size() < mostFrames) {
      goesOn = nextFrame(animation);
    }
    if (animation.frames.empty()) {
      if (!animation.problem.empty()) return makeError(ErrorCode::kCorrupt, animation.problem);
      return makeError(ErrorCode::kCorrupt, "the GIF picture is damaged: it has no frame");
    }
    return animation;
  }

 private:
  [[nodiscard]] Message reason() const {
    const char* text = GifErrorString(m_gif == nullptr ? m_error : m_gif->Error);
    if (text == nullptr) return {"the GIF picture is damaged: it ends early"};
    return {"the GIF picture is damaged: %1", text};
  }
  [[nodiscard]] tl::unexpected<Error> damaged() const {
    return makeError(ErrorCode::kCorrupt, reason());
  }

  /// Reads up to and with the next frame; false at the end, or at damage, which it notes.
  bool nextFrame(GifAnimation& animation) {
    GifRecordType type = UNDEFINED_RECORD_TYPE;
    while (DGifGetRecordType(m_gif, &type) == GIF_OK) {
      if (type == TERMINATE_RECORD_TYPE) return false;
      if (type == EXTENSION_RECORD_TYPE) {
        if (!readExtension()) break;
      } else if (type == IMAGE_DESC_RECORD_TYPE) {
        const std::uint64_t pixels = static_cast<std::uint64_t>(m_canvas.width) *
                                     static_cast<std::uint64_t>(m_canvas.height);
        if ((animation.frames.size() + 1) * pixels > kMaxPixels) {
          animation.problem = {"the animation is too long: its frames have more than 2^27 pixels"};
          return false;
        }
        if (!drawFrame(animation)) break;
        return true;
      }
    }
    animation.problem = reason();
    return false;
  }

  bool readExtension() {
    int code = 0;
    GifByteType* block = nullptr;
    if (DGifGetExtension(m_gif, &code, &block) != GIF_OK) return false;
    while (block != nullptr) {
      GraphicsControlBlock control{};
      if (code == GRAPHICS_EXT_FUNC_CODE && block[0] == 4 &&
          DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK) {
        m_control = control;
      }
      if (DGifGetExtensionNext(m_gif, &block) != GIF_OK) return false;
    }
    return true;
  }

  bool drawFrame(GifAnimation& animation) {
    const GraphicsControlBlock control = m_control.value_or(
        GraphicsControlBlock{DISPOSAL_UNSPECIFIED, false, 0, NO_TRANSPARENT_COLOR});
    m_control.reset();
    if (DGifGetImageDesc(m_gif) != GIF_OK) return false;
    const GifImageDesc frame = m_gif->Image;
    const ColorMapObject* colors = frame.ColorMap != nullptr ? frame.ColorMap : m_gif->SColorMap;
    if (colors == nullptr || frame.Width <= 0 || frame.Height <= 0) {
      m_gif->Error = D_GIF_ERR_NO_COLOR_MAP;
      return false;
    }
    std::vector<std::uint8_t> before;
    if (control.DisposalMode == DISPOSE_PREVIOUS) before = m_canvas.pixels;
    std::vector<GifPixelType> row(static_cast<std::size_t>(frame.Width));
    for (int i = 0; i < frame.Height; ++i) {
      if (DGifGetLine(m_gif, row.data(), frame.Width) != GIF_OK) return false;
      drawRow(row, frame.Left, frame.Top + rowAt(i, frame.Height, frame.Interlace), *colors,
              control.TransparentColor);
    }
    constexpr int kMsPerUnit = 10;
    animation.frames.push_back({m_canvas, control.DelayTime * kMsPerUnit});
    if (control.DisposalMode == DISPOSE_PREVIOUS) m_canvas.pixels = std::move(before);
    if (control.DisposalMode == DISPOSE_BACKGROUND) clear(frame);
    return true;
  }

  /// What lies outside the canvas is left out.
  void drawRow(const std::vector<GifPixelType>& row, int left, int y, const ColorMapObject& colors,
               int transparent) {
    if (y < 0 || y >= m_canvas.height) return;
    for (int i = 0; i < static_cast<int>(row.size()) && left + i < m_canvas.width; ++i) {
      const int index = row[static_cast<std::size_t>(i)];
      if (index == transparent || index >= colors.ColorCount) continue;
      const GifColorType& color = colors.Colors[index];
      std::uint8_t* pixel = at(left + i, y);
      pixel[0] = color.Red;
      pixel[1] = color.Green;
      pixel[2] = color.Blue;
      pixel[3] = 255;
    }
  }

  void clear(const GifImageDesc& frame) {
    const int right = std::min(frame.Left + frame.Width, m_canvas.width);
    const int bottom = std::min(frame.Top + frame.Height, m_canvas.height);
    for (int y = frame.Top; y < bottom && frame.Left < right; ++y) {
      std::fill(at(frame.Left, y), at(frame.Left, y) + (right - frame.Left) * 4, std::uint8_t{0});
    }
  }

  [[nodiscard]] std::uint8_t* at(int x, int y) {
    return m_canvas.pixels.data() +
           (static_cast<std::size_t>(y) * static_cast<std::size_t>(m_canvas.width) +
            static_cast<std::size_t>(x)) *
               4;
  }

  Input m_input;
  int m_error = 0;
  GifFileType* m_gif = nullptr;
  Image m_canvas;
  std::optional<GraphicsControlBlock> m_control;
};

}  // namespace

Result<ImageInfo> gifInfo(std::string_view bytes) {
  constexpr std::size_t kSizeOffset = 6;
  if (bytes.size() < kSizeOffset + 4) {
    return makeError(ErrorCode::kCorrupt, "the GIF picture has no header");
  }
  return ImageInfo{ImageFormat::kGif, loadNumber<std::uint16_t>(bytes.data() + kSizeOffset),
                   loadNumber<std::uint16_t>(bytes.data() + kSizeOffset + 2)};
}

Result<GifAnimation> decodeGif(std::string_view bytes, std::size_t mostFrames) {
  return GifReader(bytes).read(mostFrames);
}

}  // namespace eventio
