// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "eventio/record_format.h"
#include "eventio/result.h"

/// Reading protobuf messages, for the .cpp files that decode. A parsed message can take many times
/// the memory of its bytes, so whoever parses says how long a message may be.
namespace eventio {

[[nodiscard]] inline tl::unexpected<Error> corrupt(std::string what) {
  return makeError(ErrorCode::kCorrupt, std::move(what));
}

/// False when `bytes` are no such message, or more than `most`.
template <class Message>
[[nodiscard]] bool parseMessage(std::string_view bytes, Message& message,
                                std::size_t most = kMaxRecordBytes) {
  return bytes.size() <= most &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// Calls `takeBytes(field number, bytes)` for each string or message in a message and
/// `takeVarint(field number, number)` for each number written as a varint, in order and without
/// copying. False when the message is malformed or a call returned false.
template <class TakeBytes, class TakeVarint>
[[nodiscard]] bool eachField(std::string_view message, TakeBytes takeBytes, TakeVarint takeVarint) {
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

template <class TakeBytes>
[[nodiscard]] bool eachBytesField(std::string_view message, TakeBytes takeBytes) {
  return eachField(message, takeBytes, [](int, std::uint64_t) { return true; });
}

}  // namespace eventio
