// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/media/image_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/eventio/picture_files.h"

namespace {

using eventio::decodeGifFrames;
using eventio::decodeImage;
using eventio::Image;
using eventio::ImageFormat;
using eventio::imageInfo;
using testing::HasSubstr;

// --- PNG files put together from the format's description, with zlib alone
// -------------------------

std::string bigEndian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
  return bytes;
}

std::string chunk(const std::string& name, const std::string& data) {
  const std::string body = name + data;
  const auto crc =
      ::crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return bigEndian(static_cast<std::uint32_t>(data.size())) + body +
         bigEndian(static_cast<std::uint32_t>(crc));
}

std::string deflated(const std::string& bytes) {
  uLongf size = ::compressBound(bytes.size());
  std::string out(size, '\0');
  ::compress(reinterpret_cast<Bytef*>(out.data()), &size,
             reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

enum ColorType { kGrey = 0, kRgb = 2, kRgba = 6 };

/// `rows`: each begins with its filter's number.
std::string png(std::uint32_t width, std::uint32_t height, int bits, ColorType type,
                const std::string& rows, bool interlaced = false) {
  std::string header = bigEndian(width) + bigEndian(height);
  header += static_cast<char>(bits);
  header += static_cast<char>(type);
  header += std::string(2, '\0');
  header += static_cast<char>(interlaced ? 1 : 0);
  return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", deflated(rows)) +
         chunk("IEND", "");
}

std::string bytesOf(std::initializer_list<int> bytes) {
  std::string text;
  for (const int byte : bytes) text += static_cast<char>(byte);
  return text;
}

void expectPixels(const Image& image, int width, int height, int channels,
                  const std::vector<std::uint8_t>& pixels) {
  EXPECT_EQ(image.width, width);
  EXPECT_EQ(image.height, height);
  EXPECT_EQ(image.channels, channels);
  EXPECT_EQ(image.pixels, pixels);
}

TEST(ImageDecoder, PngOfEightBits) {
  const auto grey = decodeImage(png(2, 2, 8, kGrey, bytesOf({0, 10, 20, 0, 30, 255})));
  ASSERT_TRUE(grey) << grey.error().message.english();
  expectPixels(*grey, 2, 2, 1, {10, 20, 30, 255});
  const auto rgba = decodeImage(png(1, 2, 8, kRgba, bytesOf({0, 1, 2, 3, 4, 0, 5, 6, 7, 8})));
  ASSERT_TRUE(rgba);
  expectPixels(*rgba, 1, 2, 4, {1, 2, 3, 4, 5, 6, 7, 8});
}

TEST(ImageDecoder, PngOfSixteenBitsIsRounded) {
  // value * 255 / 65535, rounded: 0x00ff is 0.99, 0x0080 is 0.498, 0x8081 is 128.5
  const auto image =
      decodeImage(png(3, 1, 16, kGrey, bytesOf({0, 0x00, 0xff, 0x00, 0x80, 0x12, 0x12})));
  ASSERT_TRUE(image) << image.error().message.english();
  expectPixels(*image, 3, 1, 1, {1, 0, 0x12});
}

TEST(ImageDecoder, InterlacedPngIsPutInOrder) {
  // Adam7 of 3 x 3: pass 1 holds (0,0), pass 5 rows 2: (0,2), (2,2); pass 4: (2,0); 6: (1,0),
  // (1,2); 7: row 1.
  const std::string rows = bytesOf({0, 1}) +       // pass 1
                           bytesOf({0, 3}) +       // pass 4: columns 2, rows 0
                           bytesOf({0, 7, 9}) +    // pass 5: columns 0 and 2, row 2
                           bytesOf({0, 2}) +       // pass 6: column 1, row 0
                           bytesOf({0, 8}) +       // pass 6: column 1, row 2
                           bytesOf({0, 4, 5, 6});  // pass 7: row 1
  const auto image = decodeImage(png(3, 3, 8, kGrey, rows, true));
  ASSERT_TRUE(image) << image.error().message.english();
  expectPixels(*image, 3, 3, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST(ImageDecoder, PngFormsOfPillow) {
  const auto palette = decodeImage(picture_files::kPngPalette);
  ASSERT_TRUE(palette) << palette.error().message.english();
  expectPixels(*palette, 6, 5, 4, picture_files::kPngPalettePixels);
  const auto oneBit = decodeImage(picture_files::kPngOneBit);
  ASSERT_TRUE(oneBit);
  expectPixels(*oneBit, 9, 5, 1, picture_files::kPngOneBitPixels);
  const auto greyAlpha = decodeImage(picture_files::kPngGreyAlpha);
  ASSERT_TRUE(greyAlpha);
  expectPixels(*greyAlpha, 4, 3, 2, picture_files::kPngGreyAlphaPixels);
}

TEST(ImageDecoder, DamagedPngIsAnError) {
  const std::string whole = png(2, 2, 8, kGrey, bytesOf({0, 10, 20, 0, 30, 255}));
  for (std::size_t size = 8; size < whole.size() - 12; ++size) {
    EXPECT_FALSE(decodeImage(whole.substr(0, size))) << size;
  }
  std::string flipped = whole;
  flipped[45] ^= 1;  // in the pixels
  const auto image = decodeImage(flipped);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, eventio::ErrorCode::kCorrupt);
  EXPECT_THAT(image.error().message.english(), HasSubstr("PNG"));
  EXPECT_FALSE(decodeImage(png(2, 2, 8, kGrey, bytesOf({0, 10, 20}))));  // a row is missing
}

TEST(ImageDecoder, HeadersThatLieCostNothing) {
  const auto huge = decodeImage(png(0x7fffffff, 0x7fffffff, 8, kRgba, "x"));
  ASSERT_FALSE(huge);
  EXPECT_THAT(huge.error().message.english(), HasSubstr("2147483647 x 2147483647"));
  const auto lie = decodeImage(png(10000, 10000, 8, kRgb, "x"));
  ASSERT_FALSE(lie);
  EXPECT_THAT(lie.error().message.english(), HasSubstr("cannot hold"));
  std::string gif = picture_files::kGifFrames;
  gif.replace(6, 4, "\xff\xff\xff\xff");
  EXPECT_FALSE(decodeImage(gif));
  std::string jpeg = picture_files::kJpegProgressive;
  const std::size_t frame = jpeg.find("\xff\xc2");
  ASSERT_NE(frame, std::string::npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  EXPECT_FALSE(decodeImage(jpeg));
}

// --- JPEG
// ------------------------------------------------------------------------------------------

/// Decoders may differ by rounding.
void expectNear(const Image& image, int channels, const std::vector<std::uint8_t>& pixels,
                int tolerance) {
  EXPECT_EQ(image.width, 11);
  EXPECT_EQ(image.height, 9);
  EXPECT_EQ(image.channels, channels);
  ASSERT_EQ(image.pixels.size(), pixels.size());
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    EXPECT_LE(std::abs(int{image.pixels[i]} - int{pixels[i]}), tolerance) << i;
  }
}

TEST(ImageDecoder, JpegOfEachKind) {
  const auto rgb = decodeImage(picture_files::kJpegRgb);
  ASSERT_TRUE(rgb) << rgb.error().message.english();
  expectNear(*rgb, 3, picture_files::kJpegRgbPixels, 2);
  const auto progressive = decodeImage(picture_files::kJpegProgressive);
  ASSERT_TRUE(progressive) << progressive.error().message.english();
  expectNear(*progressive, 3, picture_files::kJpegRgbPixels, 2);
  const auto grey = decodeImage(picture_files::kJpegGrey);
  ASSERT_TRUE(grey);
  expectNear(*grey, 1, picture_files::kJpegGreyPixels, 2);
  const auto inks = decodeImage(picture_files::kJpegCmyk);
  ASSERT_TRUE(inks) << inks.error().message.english();
  expectNear(*inks, 3, picture_files::kJpegCmykPixels, 3);
}

TEST(ImageDecoder, JpegThatEndsEarlyIsAnError) {
  const std::string& whole = picture_files::kJpegRgb;
  for (std::size_t size = 3; size < whole.size() - 2; ++size) {
    EXPECT_FALSE(decodeImage(whole.substr(0, size))) << size;
  }
}

// --- GIF
// -------------------------------------------------------------------------------------------

void expectFrames(const std::string& file, const std::vector<std::uint8_t>& expected,
                  const std::vector<int>& delays) {
  const auto animation = decodeGifFrames(file);
  ASSERT_TRUE(animation) << animation.error().message.english();
  EXPECT_EQ(animation->problem.english(), "");
  ASSERT_EQ(animation->frames.size(), delays.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < delays.size(); ++i) {
    EXPECT_EQ(animation->frames[i].delayMs, delays[i]);
    const auto& pixels = animation->frames[i].image.pixels;
    for (std::size_t pixel = 0; pixel < pixels.size(); pixel += 4, at += 4) {
      EXPECT_EQ(pixels[pixel + 3], expected[at + 3]) << i << ' ' << pixel;
      if (expected[at + 3] == 0) continue;  // what lies under transparency is nobody's
      for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(pixels[pixel + c], expected[at + c]);
    }
  }
  EXPECT_EQ(at, expected.size());
}

TEST(ImageDecoder, GifFramesLookAsPillowDrawsThem) {
  expectFrames(picture_files::kGifFrames, picture_files::kGifFramesPixels, {100, 250, 40});
  expectFrames(picture_files::kGifDisposed, picture_files::kGifDisposedPixels, {70, 70});
}

TEST(ImageDecoder, GifAsOnePictureIsItsFirstFrame) {
  const auto image = decodeImage(picture_files::kGifFrames);
  ASSERT_TRUE(image);
  EXPECT_EQ(image->channels, 4);
  const auto& all = picture_files::kGifFramesPixels;
  EXPECT_EQ(image->pixels, std::vector(all.begin(), all.begin() + 4 * 5 * 4));
}

TEST(ImageDecoder, DamagedGifKeepsTheFramesBefore) {
  const std::string& whole = picture_files::kGifFrames;
  std::size_t most = 0;
  for (std::size_t size = 10; size < whole.size(); ++size) {
    const auto animation = decodeGifFrames(whole.substr(0, size));
    if (!animation) continue;
    EXPECT_NE(animation->problem.english(), "") << size;
    most = std::max(most, animation->frames.size());
  }
  EXPECT_EQ(most, 3U);  // only the trailer is missing
  EXPECT_FALSE(decodeGifFrames(whole.substr(0, 20)));
}

// --- all
// -------------------------------------------------------------------------------------------

TEST(ImageDecoder, InfoReadsHeadersAlone) {
  const auto pngInfo = imageInfo(std::string_view(picture_files::kPngPalette).substr(0, 33));
  ASSERT_TRUE(pngInfo);
  EXPECT_EQ(pngInfo->format, ImageFormat::kPng);
  EXPECT_EQ(pngInfo->width, 6);
  EXPECT_EQ(pngInfo->height, 5);
  const auto jpeg = imageInfo(picture_files::kJpegCmyk);
  ASSERT_TRUE(jpeg);
  EXPECT_EQ(jpeg->width, 11);
  EXPECT_EQ(jpeg->height, 9);
  const auto gif = imageInfo(std::string_view(picture_files::kGifFrames).substr(0, 13));
  ASSERT_TRUE(gif);
  EXPECT_EQ(gif->width, 5);
  EXPECT_EQ(gif->height, 4);
  EXPECT_FALSE(imageInfo(""));
  EXPECT_FALSE(imageInfo("BM......"));
}

}  // namespace
