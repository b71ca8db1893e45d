// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/safetensors_header.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "training/base/quoted_name.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;
using nlohmann::json;

constexpr std::size_t kMaxDimensions = 16;
constexpr int kMaxSkippedDepth = 16;
constexpr const char* kMetadataName = "__metadata__";

/// Fills a header while the JSON is read, so that no tree of values is built. A handler that
/// returns false ends the reading; m_error then says why.
class HeaderHandler : public nlohmann::json_sax<json> {
 public:
  HeaderHandler(SafetensorsHeader& header, const SafetensorsLimits& limits)
      : m_header(header), m_limits(limits) {}

  [[nodiscard]] const eventio::Message& error() const { return m_error; }

  bool start_object(std::size_t /*elements*/) override {
    switch (m_place) {
      case Place::kStart:
        return enter(Place::kFile);
      case Place::kFile:
        return enter(m_inMetadata ? Place::kMetadata : Place::kEntry);
      default:
        return beginSkipped();
    }
  }

  bool end_object() override {
    switch (m_place) {
      case Place::kFile:
        return enter(Place::kEnd);
      case Place::kMetadata:
        return enter(Place::kFile);
      case Place::kEntry:
        return endEntry();
      default:
        return endSkipped();
    }
  }

  bool start_array(std::size_t /*elements*/) override {
    if (m_place != Place::kEntry || m_numbers == nullptr) return beginSkipped();
    return enter(Place::kNumbers);
  }

  bool end_array() override {
    if (m_place != Place::kNumbers) return endSkipped();
    return enter(Place::kEntry);
  }

  bool key(std::string& name) override {
    switch (m_place) {
      case Place::kFile:
        return beginTopLevel(name);
      case Place::kMetadata:
        m_key = name;
        return m_header.metadata.count(name) == 0 || refuse("the metadata name a key twice");
      case Place::kEntry:
        return beginField(name);
      default:
        return true;
    }
  }

  bool string(std::string& text) override {
    if (m_place == Place::kMetadata) {
      m_header.metadata.emplace(m_key, std::move(text));
      return true;
    }
    if (m_place == Place::kEntry && m_key == "dtype") {
      m_header.entries.back().type = std::move(text);
      return true;
    }
    return plainValue();
  }

  bool number_unsigned(json::number_unsigned_t number) override {
    if (m_place != Place::kNumbers) return plainValue();
    if (m_numbers->size() == kMaxDimensions) return refuse("a tensor has too many dimensions");
    m_numbers->push_back(number);
    return true;
  }

  bool null() override { return plainValue(); }
  bool boolean(bool /*value*/) override { return plainValue(); }
  bool number_integer(json::number_integer_t /*number*/) override { return plainValue(); }
  bool number_float(json::number_float_t /*number*/, const std::string& /*text*/) override {
    return plainValue();
  }
  bool binary(json::binary_t& /*value*/) override { return plainValue(); }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return refuse("the header is not JSON at byte %1", position);
  }

 private:
  enum class Place { kStart, kFile, kMetadata, kEntry, kNumbers, kSkipped, kEnd };

  template <class... Arguments>
  bool refuse(eventio::MessageText<sizeof...(Arguments)> text, Arguments&&... arguments) {
    if (m_error.empty()) m_error = {text, std::forward<Arguments>(arguments)...};
    return false;
  }

  bool enter(Place place) {
    m_place = place;
    return true;
  }

  bool beginTopLevel(const std::string& name) {
    m_inMetadata = name == kMetadataName;
    if (!m_names.insert(name).second) return refuse("%1 is there twice", quotedName(name));
    if (m_inMetadata) return true;
    if (m_header.entries.size() == m_limits.tensors) return refuse("it has too many tensors");
    m_header.entries.push_back({name, {}, {}, {}});
    m_fields.clear();
    return true;
  }

  bool beginField(const std::string& name) {
    m_key = name;
    SafetensorsEntry& entry = m_header.entries.back();
    m_numbers = name == "shape" ? &entry.shape : name == "data_offsets" ? &entry.offsets : nullptr;
    const bool known = m_numbers != nullptr || name == "dtype";
    return !known || m_fields.insert(name).second || refuse("%1 is there twice", quotedName(name));
  }

  bool endEntry() {
    const SafetensorsEntry& entry = m_header.entries.back();
    if (m_fields.size() != 3)
      return refuse("%1 lacks type, shape or offsets", quotedName(entry.name));
    return enter(Place::kFile);
  }

  /// A value that is allowed only where nothing is read: in a field that the format does not name.
  bool plainValue() {
    if (m_place == Place::kSkipped) return true;
    if (m_place == Place::kEntry && m_numbers == nullptr && m_key != "dtype") return true;
    return refuse("it has a value of another kind than the format wants");
  }

  bool beginSkipped() {
    if (m_place != Place::kSkipped && !plainValue()) return false;
    if (++m_skippedDepth > kMaxSkippedDepth) return refuse("the header is nested too deeply");
    return enter(Place::kSkipped);
  }

  bool endSkipped() {
    if (--m_skippedDepth == 0) m_place = Place::kEntry;
    return true;
  }

  SafetensorsHeader& m_header;
  const SafetensorsLimits& m_limits;
  Place m_place = Place::kStart;
  bool m_inMetadata = false;
  std::string m_key;
  std::set<std::string> m_names;                    ///< of the file's top level
  std::set<std::string> m_fields;                   ///< those of the entry that the format names
  std::vector<std::uint64_t>* m_numbers = nullptr;  ///< of the field, where it is a list
  int m_skippedDepth = 0;
  eventio::Message m_error;
};

}  // namespace

Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view text,
                                                 const SafetensorsLimits& limits) {
  SafetensorsHeader header;
  HeaderHandler handler(header, limits);
  if (!json::sax_parse(text.begin(), text.end(), &handler)) {
    return makeError(ErrorCode::kCorrupt, handler.error());
  }
  return header;
}

}  // namespace training
