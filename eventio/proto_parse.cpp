// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/proto_parse.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace eventio {

bool eachField(std::string_view message, const TakeBytes& takeBytes, const TakeVarint& takeVarint) {
  using google::protobuf::internal::WireFormatLite;
  if (message.size() > kMaxRecordBytes) return false;
  google::protobuf::io::CodedInputStream input(
      reinterpret_cast<const std::uint8_t*>(message.data()), static_cast<int>(message.size()));
  while (const std::uint32_t key = input.ReadTag()) {
    const int field = WireFormatLite::GetTagFieldNumber(key);
    switch (WireFormatLite::GetTagWireType(key)) {
      case WireFormatLite::WIRETYPE_VARINT: {
        std::uint64_t number = 0;
        if (!input.ReadVarint64(&number) || !takeVarint(field, number)) return false;
        break;
      }
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        int size = 0;
        if (!input.ReadVarintSizeAsInt(&size)) return false;
        const auto start = static_cast<std::size_t>(input.CurrentPosition());
        if (!input.Skip(size)) return false;
        if (!takeBytes(field, message.substr(start, static_cast<std::size_t>(size)))) return false;
        break;
      }
      default:
        if (!WireFormatLite::SkipField(&input, key)) return false;
    }
  }
  return input.ConsumedEntireMessage();
}

bool eachBytesField(std::string_view message, const TakeBytes& takeBytes) {
  return eachField(message, takeBytes, [](int, std::uint64_t) { return true; });
}

}  // namespace eventio
