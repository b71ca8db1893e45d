// SPDX-License-Identifier: GPL-3.0-or-later
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <string>

#include "eventio/media/image_codecs.h"

namespace eventio {

namespace {

/// libpng's state and what its call-backs need. All memory hangs on this object, which stands
/// outside the functions that libpng's errors jump out of.
struct PngReader {
  explicit PngReader(std::string_view input) : bytes(input) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png, &info, nullptr); }

  std::string_view bytes;
  std::size_t position = 0;
  std::string problem;  // as libpng says it
  bool endsEarly = false;
  png_structp png = nullptr;
  png_infop info = nullptr;
};

void readBytes(png_structp png, png_bytep out, std::size_t size) {
  auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
  reader.endsEarly = size > reader.bytes.size() - reader.position;
  if (reader.endsEarly) png_error(png, "it ends early");
  std::memcpy(out, reader.bytes.data() + reader.position, size);
  reader.position += size;
}

[[noreturn]] void noteError(png_structp png, png_const_charp message) {
  static_cast<PngReader*>(png_get_error_ptr(png))->problem = message;
  png_longjmp(png, 1);
}

void ignoreWarning(png_structp /*png*/, png_const_charp /*message*/) {}

bool open(PngReader& reader) {
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, noteError, ignoreWarning);
  if (reader.png == nullptr) return false;
  reader.info = png_create_info_struct(reader.png);
  return reader.info != nullptr;
}

// The functions that libpng jumps out of hold no object with a destructor.

bool readHeader(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_set_read_fn(reader.png, &reader, readBytes);
  png_set_user_limits(reader.png, 0x7fffffff, 0x7fffffff);  // checkSize() judges
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  png_read_info(reader.png, reader.info);
  return true;
}

/// Settles what the pixels are turned into.
bool start(PngReader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_set_expand(reader.png);
  png_set_scale_16(reader.png);
  png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  return true;
}

bool readPixels(PngReader& reader, png_bytepp rows) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) return false;
  png_read_image(reader.png, rows);
  png_read_end(reader.png, nullptr);
  return true;
}

tl::unexpected<Error> damaged(const PngReader& reader) {
  if (reader.endsEarly) {
    return makeError(ErrorCode::kCorrupt, "the PNG picture is damaged: it ends early");
  }
  if (reader.problem.empty()) {
    return makeError(ErrorCode::kCorrupt, "the PNG picture is damaged: no memory");
  }
  return makeError(ErrorCode::kCorrupt, "the PNG picture is damaged: %1", reader.problem);
}

}  // namespace

Result<ImageInfo> pngInfo(std::string_view bytes) {
  constexpr std::size_t kSizeOffset = 16;  // of the first chunk's data, which must be the header
  if (bytes.size() < kSizeOffset + 8 || bytes.substr(12, 4) != "IHDR") {
    return makeError(ErrorCode::kCorrupt, "the PNG picture has no header");
  }
  const auto* at = reinterpret_cast<png_const_bytep>(bytes.data() + kSizeOffset);
  const std::uint32_t width = png_get_uint_32(at);
  const std::uint32_t height = png_get_uint_32(at + 4);
  if (width == 0 || height == 0 || width > PNG_UINT_31_MAX || height > PNG_UINT_31_MAX) {
    return makeError(ErrorCode::kCorrupt, "the PNG picture's size is none");
  }
  return ImageInfo{ImageFormat::kPng, static_cast<int>(width), static_cast<int>(height)};
}

Result<Image> decodePng(std::string_view bytes) {
  constexpr std::uint64_t kMaxDeflate = 1032;  // bytes out of one
  PngReader reader(bytes);
  if (!open(reader) || !readHeader(reader)) return damaged(reader);
  const std::uint64_t height = png_get_image_height(reader.png, reader.info);
  const std::uint64_t width = png_get_image_width(reader.png, reader.info);
  const std::uint64_t bits =
      static_cast<std::uint64_t>(png_get_bit_depth(reader.png, reader.info)) *
      png_get_channels(reader.png, reader.info);
  const auto size = checkSize(width, height, bytes.size(), kMaxDeflate * 8 / bits);
  if (!size) return tl::unexpected<Error>(size.error());
  if (!start(reader)) return damaged(reader);
  Image image;
  image.width = static_cast<int>(width);
  image.height = static_cast<int>(height);
  image.channels = png_get_channels(reader.png, reader.info);
  const std::size_t rowBytes = png_get_rowbytes(reader.png, reader.info);
  image.pixels.resize(rowBytes * static_cast<std::size_t>(height));
  std::vector<png_bytep> rows(static_cast<std::size_t>(height));
  for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = image.pixels.data() + y * rowBytes;
  if (!readPixels(reader, rows.data())) return damaged(reader);
  return image;
}

}  // namespace eventio
