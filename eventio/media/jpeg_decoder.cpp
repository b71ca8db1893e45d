// SPDX-License-Identifier: GPL-3.0-or-later
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it

#include <jerror.h>
#include <jpeglib.h>

#include <cstdint>
#include <string>

#include "eventio/media/image_codecs.h"

namespace eventio {

namespace {

/// A block of 8 x 8 takes one bit at least.
constexpr std::uint64_t kMaxJpegPixelsPerByte = 1024;
/// Each of a progressive picture's scans is decoded in full.
constexpr int kMaxScans = 200;

struct ErrorHandler {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  char message[JMSG_LENGTH_MAX];
  bool tooManyScans;  // then there is no message
};

/// libjpeg's state. It stands outside the functions that libjpeg's errors jump out of.
struct JpegReader {
  JpegReader() = default;
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;
  ~JpegReader() { jpeg_destroy_decompress(&jpeg); }

  jpeg_decompress_struct jpeg{};
  ErrorHandler errors{};
  jpeg_progress_mgr progress{};
};

[[noreturn]] void leave(j_common_ptr jpeg) {
  auto* errors = reinterpret_cast<ErrorHandler*>(jpeg->err);
  (*jpeg->err->format_message)(jpeg, errors->message);
  std::longjmp(errors->back, 1);
}

/// A warning (level -1) reports damage that libjpeg would cover with grey, but for a few that do
/// no harm.
void judgeMessage(j_common_ptr jpeg, int level) {
  if (level >= 0) return;
  switch (jpeg->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
      return;
    default:
      leave(jpeg);
  }
}

void limitScans(j_common_ptr jpeg) {
  if (jpeg->is_decompressor == FALSE) return;
  if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxScans) return;
  auto* errors = reinterpret_cast<ErrorHandler*>(jpeg->err);
  errors->tooManyScans = true;
  std::longjmp(errors->back, 1);
}

// The functions that libjpeg jumps out of hold no object with a destructor.

bool readHeader(JpegReader& reader, std::string_view bytes) {
  jpeg_decompress_struct& jpeg = reader.jpeg;
  jpeg.err = jpeg_std_error(&reader.errors.manager);
  reader.errors.manager.error_exit = leave;
  reader.errors.manager.emit_message = judgeMessage;
  if (setjmp(reader.errors.back) != 0) return false;
  jpeg_create_decompress(&jpeg);
  reader.progress.progress_monitor = limitScans;
  jpeg.progress = &reader.progress;
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_read_header(&jpeg, TRUE);
  return true;
}

bool start(JpegReader& reader) {
  jpeg_decompress_struct& jpeg = reader.jpeg;
  if (setjmp(reader.errors.back) != 0) return false;
  const bool fourInks = jpeg.jpeg_color_space == JCS_CMYK || jpeg.jpeg_color_space == JCS_YCCK;
  const bool grey = jpeg.jpeg_color_space == JCS_GRAYSCALE;
  jpeg.out_color_space = fourInks ? JCS_CMYK : grey ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&jpeg);
  return true;
}

bool readRow(JpegReader& reader, JSAMPROW row) {
  if (setjmp(reader.errors.back) != 0) return false;
  return jpeg_read_scanlines(&reader.jpeg, &row, 1) == 1;
}

bool finish(JpegReader& reader) {
  if (setjmp(reader.errors.back) != 0) return false;
  jpeg_finish_decompress(&reader.jpeg);
  return true;
}

tl::unexpected<Error> damaged(const JpegReader& reader) {
  if (reader.errors.tooManyScans) {
    return makeError(ErrorCode::kCorrupt, "the JPEG picture is damaged: it has more than %1 scans",
                     kMaxScans);
  }
  return makeError(ErrorCode::kCorrupt, "the JPEG picture is damaged: %1", reader.errors.message);
}

/// Ink over ink lets through the product of what each lets through. Adobe's programs write the
/// inks inverted.
void toRgb(const std::vector<std::uint8_t>& inks, bool inverted, std::uint8_t* rgb) {
  for (std::size_t i = 0; i < inks.size(); i += 4) {
    const auto light = [&](std::size_t ink) {
      return inverted ? inks[i + ink] : 255 - inks[i + ink];
    };
    for (std::size_t color = 0; color < 3; ++color) {
      *rgb++ = static_cast<std::uint8_t>((light(color) * light(3) + 127) / 255);
    }
  }
}

}  // namespace

Result<ImageInfo> jpegInfo(std::string_view bytes) {
  JpegReader reader;
  if (!readHeader(reader, bytes)) return damaged(reader);
  return ImageInfo{ImageFormat::kJpeg, static_cast<int>(reader.jpeg.image_width),
                   static_cast<int>(reader.jpeg.image_height)};
}

Result<Image> decodeJpeg(std::string_view bytes) {
  JpegReader reader;
  if (!readHeader(reader, bytes)) return damaged(reader);
  const jpeg_decompress_struct& jpeg = reader.jpeg;
  const auto size =
      checkSize(jpeg.image_width, jpeg.image_height, bytes.size(), kMaxJpegPixelsPerByte);
  if (!size) return tl::unexpected<Error>(size.error());
  if (!start(reader)) return damaged(reader);
  const bool fourInks = jpeg.out_color_space == JCS_CMYK;
  Image image;
  image.width = static_cast<int>(jpeg.output_width);
  image.height = static_cast<int>(jpeg.output_height);
  image.channels = fourInks ? 3 : jpeg.output_components;
  const auto rowBytes =
      static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.channels);
  image.pixels.resize(rowBytes * static_cast<std::size_t>(image.height));
  std::vector<std::uint8_t> inks(fourInks ? static_cast<std::size_t>(image.width) * 4 : 0);
  std::uint8_t* row = image.pixels.data();
  for (int y = 0; y < image.height; ++y, row += rowBytes) {
    if (!readRow(reader, fourInks ? inks.data() : row)) return damaged(reader);
    if (fourInks) toRgb(inks, jpeg.saw_Adobe_marker != FALSE, row);
  }
  if (!finish(reader)) return damaged(reader);
  return image;
}

}  // namespace eventio
