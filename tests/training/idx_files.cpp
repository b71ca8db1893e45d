// SPDX-License-Identifier: GPL-3.0-or-later
#include "idx_files.h"

#include <zlib.h>

#include <fstream>
#include <stdexcept>

Bytes idxBytes(const std::vector<std::uint32_t>& sizes, const Bytes& values) {
  Bytes bytes = {0, 0, 8, static_cast<std::uint8_t>(sizes.size())};
  for (const std::uint32_t size : sizes) {
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      bytes.push_back(static_cast<std::uint8_t>(size >> shift));
    }
  }
  bytes.insert(bytes.end(), values.begin(), values.end());
  return bytes;
}

void writeBytes(const std::filesystem::path& file, const Bytes& bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
}

Bytes gzipped(const Bytes& bytes) {
  z_stream stream = {};
  constexpr int kGzip = 15 + 16;
  if (deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib");
  }
  Bytes packed(deflateBound(&stream, bytes.size()) + 64);
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = packed.data();
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

namespace {

void writeImages(const std::filesystem::path& folder, const std::string& prefix,
                 std::uint32_t count) {
  Bytes pixels(std::size_t{count} * 784, 0);
  Bytes labels(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint8_t label = static_cast<std::uint8_t>(i * 7 % 10);
    labels[i] = label;
    for (std::size_t x = 4; x < 24; ++x) {
      pixels[i * 784U + (2U * label + 4U) * 28U + x] = static_cast<std::uint8_t>(150 + i % 100);
    }
  }
  writeBytes(folder / (prefix + "-images-idx3-ubyte"), idxBytes({count, 28, 28}, pixels));
  writeBytes(folder / (prefix + "-labels-idx1-ubyte"), idxBytes({count}, labels));
}

}  // namespace

void writeDataSet(const std::filesystem::path& folder, std::uint32_t trainCount,
                  std::uint32_t testCount) {
  writeImages(folder, "train", trainCount);
  writeImages(folder, "t10k", testCount);
}
