// SPDX-License-Identifier: GPL-3.0-or-later
#include <gif_lib.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <map>

#include "eventio/data/pixel_array.h"
#include "eventio/media/image_encoder.h"

namespace {

using eventio::ErrorCode;
using eventio::Image;
using eventio::PixelArray;
using testing::ElementsAre;
using testing::HasSubstr;

std::uint32_t bigEndian(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i)
    number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return number;
}

Image checkered(int width, int height, int channels) {
  Image image{width, height, channels, {}};
  for (int i = 0; i < width * height * channels; ++i) {
    image.pixels.push_back(static_cast<std::uint8_t>(i * 37));
  }
  return image;
}

/// The rows of a PNG of 8 bits a channel, by the specification: chunks with their CRCs, one zlib
/// stream, a filter byte before each row.
std::vector<std::uint8_t> rowsOf(const std::string& png, std::size_t rowBytes, std::size_t rows,
                                 std::size_t pixelBytes) {
  std::string stream;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t length = bigEndian(png, at);
    const std::string type = png.substr(at + 4, 4);
    const auto* crcBytes = reinterpret_cast<const Bytef*>(png.data() + at + 4);
    EXPECT_EQ(bigEndian(png, at + 8 + length), ::crc32(0, crcBytes, static_cast<uInt>(length + 4)));
    if (type == "IDAT") stream += png.substr(at + 8, length);
    at += length + 12;
  }
  std::vector<std::uint8_t> filtered(rows * (rowBytes + 1));
  uLongf size = filtered.size();
  EXPECT_EQ(::uncompress(filtered.data(), &size, reinterpret_cast<const Bytef*>(stream.data()),
                         stream.size()),
            Z_OK);
  EXPECT_EQ(size, filtered.size());
  std::vector<std::uint8_t> pixels(rows * rowBytes);
  for (std::size_t y = 0; y < rows; ++y) {
    const std::uint8_t filter = filtered[y * (rowBytes + 1)];
    for (std::size_t x = 0; x < rowBytes; ++x) {
      const int left = x >= pixelBytes ? pixels[y * rowBytes + x - pixelBytes] : 0;
      const int up = y > 0 ? pixels[(y - 1) * rowBytes + x] : 0;
      const int corner = x >= pixelBytes && y > 0 ? pixels[(y - 1) * rowBytes + x - pixelBytes] : 0;
      const int guess = left + up - corner;
      const int toLeft = std::abs(guess - left);
      const int toUp = std::abs(guess - up);
      const int toCorner = std::abs(guess - corner);
      const int paeth =
          toLeft <= toUp && toLeft <= toCorner ? left : (toUp <= toCorner ? up : corner);
      const int predicted[] = {0, left, up, (left + up) / 2, paeth};
      EXPECT_LT(filter, 5);
      pixels[y * rowBytes + x] =
          static_cast<std::uint8_t>(filtered[y * (rowBytes + 1) + 1 + x] + predicted[filter % 5]);
    }
  }
  return pixels;
}

TEST(Png, HoldsThePixelsOfEveryNumberOfChannels) {
  const int colorTypes[] = {0, 4, 2, 6};
  for (int channels = 1; channels <= 4; ++channels) {
    const Image image = checkered(13, 7, channels);
    const auto png = eventio::encodePng(image);
    ASSERT_TRUE(png) << png.error().message.english();
    EXPECT_EQ(png->substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(png->substr(12, 4), "IHDR");
    EXPECT_EQ(bigEndian(*png, 16), 13U);
    EXPECT_EQ(bigEndian(*png, 20), 7U);
    EXPECT_EQ((*png)[24], 8);
    EXPECT_EQ((*png)[25], colorTypes[channels - 1]);
    const auto pixelBytes = static_cast<std::size_t>(channels);
    EXPECT_EQ(rowsOf(*png, 13 * pixelBytes, 7, pixelBytes), image.pixels);
  }
}

TEST(Png, RefusesWhatIsNoPicture) {
  for (const Image& image :
       {Image{}, Image{2, 2, 5, std::vector<std::uint8_t>(20)}, Image{2, 2, 1, {1, 2, 3}},
        Image{-1, -1, 1, {1}}, Image{1 << 30, 1 << 30, 4, {1}}}) {
    const auto png = eventio::encodePng(image);
    ASSERT_FALSE(png);
    EXPECT_EQ(png.error().code, ErrorCode::kInvalidArgument);
  }
}

struct Reader {
  const std::string& bytes;
  std::size_t position = 0;
};

struct Frame {
  std::vector<std::uint8_t> rgb;
  int delay = 0;
};

std::vector<Frame> framesOf(const std::string& bytes) {
  Reader reader{bytes};
  const auto read = [](GifFileType* gif, GifByteType* out, int count) {
    auto* source = static_cast<Reader*>(gif->UserData);
    const std::size_t size = std::min<std::size_t>(static_cast<std::size_t>(count),
                                                   source->bytes.size() - source->position);
    std::memcpy(out, source->bytes.data() + source->position, size);
    source->position += size;
    return static_cast<int>(size);
  };
  GifFileType* gif = DGifOpen(&reader, read, nullptr);
  EXPECT_NE(gif, nullptr);
  EXPECT_EQ(DGifSlurp(gif), GIF_OK);
  std::vector<Frame> frames;
  for (int i = 0; i < gif->ImageCount; ++i) {
    const SavedImage& image = gif->SavedImages[i];
    Frame frame;
    GraphicsControlBlock control;
    if (DGifSavedExtensionToGCB(gif, i, &control) == GIF_OK) frame.delay = control.DelayTime;
    const int count = image.ImageDesc.Width * image.ImageDesc.Height;
    for (int p = 0; p < count; ++p) {
      const GifColorType color = image.ImageDesc.ColorMap->Colors[image.RasterBits[p]];
      frame.rgb.insert(frame.rgb.end(), {color.Red, color.Green, color.Blue});
    }
    frames.push_back(std::move(frame));
  }
  DGifCloseFile(gif, nullptr);
  return frames;
}

TEST(Gif, KeepsFramesOfFewColorsExactly) {
  const std::vector<Image> frames = {checkered(9, 5, 3), checkered(9, 5, 1), checkered(9, 5, 3)};
  const auto gif = eventio::encodeGif(frames, 4);
  ASSERT_TRUE(gif) << gif.error().message.english();
  EXPECT_EQ(gif->substr(0, 6), "GIF89a");
  EXPECT_THAT(*gif, HasSubstr(std::string("NETSCAPE2.0\x03\x01\0\0\0", 16)));  // runs for ever
  const auto read = framesOf(*gif);
  ASSERT_EQ(read.size(), 3U);
  EXPECT_EQ(read[0].rgb, frames[0].pixels);
  EXPECT_EQ(read[2].rgb, frames[2].pixels);
  for (std::size_t i = 0; i < 45; ++i) EXPECT_EQ(read[1].rgb[3 * i + 1], frames[1].pixels[i]);
  for (const Frame& frame : read) EXPECT_EQ(frame.delay, 25);
}

TEST(Gif, ComesNearToFramesOfManyColors) {
  Image image{64, 64, 3, {}};
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) {
      image.pixels.insert(image.pixels.end(), {static_cast<std::uint8_t>(4 * x),
                                               static_cast<std::uint8_t>(4 * y), 128});
    }
  }
  const auto gif = eventio::encodeGif(std::span(&image, 1), 1000);
  ASSERT_TRUE(gif) << gif.error().message.english();
  const auto frames = framesOf(*gif);
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].delay, 2);
  double squares = 0;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    squares += std::pow(image.pixels[i] - frames[0].rgb[i], 2);
  }
  // 256 colours for 64 x 64 pixels of their own: within one of 256 equal blocks, 16 levels wide.
  EXPECT_LT(std::sqrt(squares / static_cast<double>(image.pixels.size())), 16);
}

TEST(Gif, RefusesWhatIsNoVideo) {
  const auto code = [](const std::vector<Image>& frames, double rate) {
    const auto gif = eventio::encodeGif(frames, rate);
    return gif ? std::optional<ErrorCode>() : gif.error().code;
  };
  const Image good = checkered(4, 4, 3);
  EXPECT_EQ(code({good}, 1), std::nullopt);
  EXPECT_EQ(code({}, 1), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({good, checkered(4, 5, 3)}, 1), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({checkered(4, 4, 4)}, 1), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code({checkered(70000, 1, 1)}, 1), ErrorCode::kInvalidArgument);
  for (const double rate : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(code({good}, rate), ErrorCode::kInvalidArgument);
  }
}

TEST(PixelArray, TakesEveryOrderOfDimensions) {
  // Value 10 y + x + 100 c at (c, y, x), for 2 channels of 3 x 4.
  const auto filled = [](std::string_view layout) {
    std::vector<std::uint8_t> values;
    std::vector<std::int64_t> shape;
    for (const char letter : layout) shape.push_back(letter == 'C' ? 2 : letter == 'H' ? 3 : 4);
    for (int a = 0; a < shape[0]; ++a) {
      for (int b = 0; b < shape[1]; ++b) {
        for (int c = 0; c < shape[2]; ++c) {
          const std::map<char, int> at = {{layout[0], a}, {layout[1], b}, {layout[2], c}};
          values.push_back(
              static_cast<std::uint8_t>(10 * at.at('H') + at.at('W') + 100 * at.at('C')));
        }
      }
    }
    return eventio::makeImage({values, shape, layout});
  };
  const auto expected = filled("HWC");
  ASSERT_TRUE(expected);
  EXPECT_EQ(expected->width, 4);
  EXPECT_EQ(expected->height, 3);
  EXPECT_EQ(expected->pixels[2 * (1 * 4 + 3) + 1], 113);
  for (const char* layout : {"CHW", "CWH", "WHC", "WCH", "HCW"}) {
    EXPECT_EQ(filled(layout)->pixels, expected->pixels) << layout;
  }
}

TEST(PixelArray, ScalesCutsAndClipsNumbers) {
  const std::vector<float> floats = {-0.5F, 0, 0.1F, 0.999F, 1, 7};
  const std::vector<double> doubles(floats.begin(), floats.end());
  const auto fromFloats = eventio::makeImage({floats, {2, 3}, "hw"});
  ASSERT_TRUE(fromFloats);
  EXPECT_THAT(fromFloats->pixels, ElementsAre(0, 0, 25, 254, 255, 255));
  EXPECT_EQ(eventio::makeImage({doubles, {2, 3}, "HW"})->pixels, fromFloats->pixels);
}

TEST(PixelArray, LaysBatchesOutInRowsOfEight) {
  std::vector<std::uint8_t> values(10);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i + 1);
  const auto image = eventio::makeImage({values, {10, 1, 1, 1}, "NCHW"});
  ASSERT_TRUE(image);
  EXPECT_EQ(image->width, 8);
  EXPECT_EQ(image->height, 2);
  EXPECT_THAT(image->pixels, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0, 0, 0, 0, 0));
}

TEST(PixelArray, RunsVideosSideBySide) {
  std::vector<std::uint8_t> values(5 * 2);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<std::uint8_t>(i + 1);
  const auto frames = eventio::makeFrames({values, {5, 2, 1, 1, 1}, "NTCHW"});
  ASSERT_TRUE(frames);
  ASSERT_EQ(frames->size(), 2U);
  EXPECT_EQ((*frames)[0].width, 4);  // 5 videos: 8 places, 2 rows
  EXPECT_THAT((*frames)[0].pixels, ElementsAre(1, 3, 5, 7, 9, 0, 0, 0));
  EXPECT_THAT((*frames)[1].pixels, ElementsAre(2, 4, 6, 8, 10, 0, 0, 0));
}

TEST(PixelArray, RefusesWhatDoesNotGoTogether) {
  const std::vector<float> values(12, 0.5F);
  const auto message = [&](std::vector<std::int64_t> shape, std::string_view layout) {
    const auto image = eventio::makeImage({values, std::move(shape), layout});
    if (image) return std::string("good");
    EXPECT_EQ(image.error().code, ErrorCode::kInvalidArgument);
    return image.error().message.english();
  };
  EXPECT_EQ(message({3, 2, 2}, "CHW"), "good");
  EXPECT_THAT(message({3, 4}, "CHW"), HasSubstr("[3, 4] in layout 'CHW'"));
  EXPECT_THAT(message({3, 4}, "HH"), HasSubstr("order of"));
  EXPECT_THAT(message({3, 4}, "HX"), HasSubstr("order of"));
  EXPECT_THAT(message({3, 4}, "HC"), HasSubstr("H and W"));
  EXPECT_THAT(message({12, 1, 1}, "CHW"), HasSubstr("channels"));
  EXPECT_THAT(message({0, 4}, "HW"), HasSubstr("at least 1"));
  EXPECT_THAT(message({-3, -4}, "HW"), HasSubstr("at least 1"));
  EXPECT_THAT(message({3, 5}, "HW"), HasSubstr("12 values instead of 15"));
  EXPECT_THAT(message({1LL << 31, 1LL << 31}, "HW"), HasSubstr("too large"));
  EXPECT_THAT(message({1LL << 62, 4}, "HW"), HasSubstr("too large"));
  std::vector<float> holed = values;
  holed[7] = std::nanf("");
  const auto image = eventio::makeImage({holed, {3, 4}, "HW"});
  ASSERT_FALSE(image);
  EXPECT_THAT(image.error().message.english(), HasSubstr("NaN"));
}

}  // namespace
