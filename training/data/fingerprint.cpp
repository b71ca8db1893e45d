// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <bit>
#include <cstdio>

#include "eventio/base/crc32c.h"
#include "training/data/data_sources.h"

namespace training {
namespace {

class Checksum {
 public:
  void addBytes(std::span<const std::uint8_t> bytes) {
    m_crc = eventio::crc32c({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, m_crc);
  }

  /// Little-endian on every machine.
  template <class Number>
  void addNumber(Number number) {
    std::array<std::uint8_t, sizeof(Number)> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(number) >> (8 * i));
    }
    addBytes(bytes);
  }

  void add(const std::vector<std::uint8_t>& values) { addBytes(values); }
  void add(const std::vector<float>& values) {
    for (const float value : values) addNumber(std::bit_cast<std::uint32_t>(value));
  }
  void add(const std::vector<std::int64_t>& labels) {
    const bool small =
        std::all_of(labels.begin(), labels.end(), [](std::int64_t label) { return label < 256; });
    if (!small) {
      for (const std::int64_t label : labels) addNumber(label);
      return;
    }
    add(std::vector<std::uint8_t>(labels.begin(), labels.end()));
  }

  void add(const SampleSet& set) {
    addNumber(set.count);
    const bool grey = set.shape.isImage() && set.shape.sizes[0] == 1;
    for (std::size_t i = grey ? 1 : 0; i < set.shape.sizes.size(); ++i) {
      addNumber(set.shape.sizes[i]);
    }
    std::visit([this](const auto& values) { add(values); }, set.values);
    std::visit([this](const auto& targets) { add(targets); }, set.targets);
  }

  [[nodiscard]] std::string text() const {
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "crc32c:%08x", m_crc);
    return text.data();
  }

 private:
  std::uint32_t m_crc = 0;
};

}  // namespace

std::string dataFingerprint(const LoadedData& data) {
  Checksum checksum;
  checksum.add(data.train);
  checksum.add(data.test);
  if (data.validation.count > 0) checksum.add(data.validation);
  return checksum.text();
}

}  // namespace training
