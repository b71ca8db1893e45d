// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

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

using TakeBytes = std::function<bool(int field, std::string_view bytes)>;
using TakeVarint = std::function<bool(int field, std::uint64_t number)>;

/// Calls `takeBytes` for each string or message in a message and `takeVarint` for each number
/// written as a varint, in order and without copying. False when the message is malformed or a call
/// returned false.
[[nodiscard]] bool eachField(std::string_view message, const TakeBytes& takeBytes,
                             const TakeVarint& takeVarint);

[[nodiscard]] bool eachBytesField(std::string_view message, const TakeBytes& takeBytes);

}  // namespace eventio
