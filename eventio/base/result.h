// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <cstddef>
#include <utility>

#include <tl/expected.hpp>

#include "eventio/base/message.h"

namespace eventio {

enum class ErrorCode {
  kInvalidArgument,  ///< the caller's value cannot be used
  kNotFound,         ///< a file, folder, run or tag does not exist
  kIo,               ///< the system refused a read or a write
  kCorrupt,          ///< bytes are there but do not mean what they should
  kUnsupported,      ///< well-formed, but not something this program can do
  kCancelled,        ///< stopped on request
  kClosed,           ///< the object was closed before
};

/// What failed, where (path, offset, field) and what to do about it, in one sentence for the user.
struct Error {
  ErrorCode code = ErrorCode::kIo;
  Message message;
};

/// The project's one way of returning a failure: a value or an Error. Functions that return it are
/// marked [[nodiscard]].
template <class T>
using Result = tl::expected<T, Error>;

/// `text` is a literal with a place (%1 to %9) for each argument.
template <class... Arguments>
[[nodiscard]] tl::unexpected<Error> makeError(ErrorCode code,
                                              MessageText<sizeof...(Arguments)> text,
                                              Arguments&&... arguments) {
  return tl::unexpected<Error>(Error{code, Message(text, std::forward<Arguments>(arguments)...)});
}

[[nodiscard]] inline tl::unexpected<Error> makeError(ErrorCode code, Message message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace eventio
