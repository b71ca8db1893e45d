// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "eventio/base/result.h"
#include "eventio/records/record_format.h"
#include "eventio/records/wire_reader.h"

/// Reading protobuf messages, for the .cpp files that decode. A parsed message can take many times
/// the memory of its bytes, so whoever parses says how long a message may be.
namespace eventio {

template <class... Arguments>
[[nodiscard]] tl::unexpected<Error> corrupt(MessageText<sizeof...(Arguments)> what,
                                            Arguments&&... arguments) {
  return makeError(ErrorCode::kCorrupt, what, std::forward<Arguments>(arguments)...);
}

/// False when `bytes` are no such message, or more than `most`.
template <class ProtoMessage>
[[nodiscard]] bool parseMessage(std::string_view bytes, ProtoMessage& message,
                                std::size_t most = kMaxRecordBytes) {
  return bytes.size() <= most &&
         message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// Calls `takeBytes(field number, bytes)` for each string or message in a message and
/// `takeVarint(field number, number)` for each number written as a varint, in order and without
/// copying. False when the message is malformed or a call returned false.
template <class TakeBytes, class TakeVarint>
[[nodiscard]] bool eachField(std::string_view message, TakeBytes takeBytes, TakeVarint takeVarint) {
  wire::WireReader reader(message);
  std::uint32_t key = 0;
  std::uint64_t number = 0;
  std::string_view bytes;
  while (!reader.atEnd()) {
    if (!reader.readKey(key)) return false;
    const auto field = static_cast<int>(key >> 3);
    switch (key & 7U) {
      case wire::kVarint:
        if (!reader.readVarint(number) || !takeVarint(field, number)) return false;
        break;
      case wire::kBytes:
        if (!reader.readBytes(bytes) || !takeBytes(field, bytes)) return false;
        break;
      default:
        if (!reader.skip(key)) return false;
    }
  }
  return true;
}

template <class TakeBytes>
[[nodiscard]] bool eachBytesField(std::string_view message, TakeBytes takeBytes) {
  return eachField(message, takeBytes, [](int, std::uint64_t) { return true; });
}

}  // namespace eventio
