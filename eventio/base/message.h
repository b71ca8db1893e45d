// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventio {

class Message;

/// The English text of a message: a literal with the places %1 to %9 for `kArguments` arguments.
/// Does not compile where a place has no argument or an argument no place.
template <std::size_t kArguments>
class MessageText {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): stands for the literal in calls
  consteval MessageText(const char* text) : m_text(text) {
    static_assert(kArguments <= 9);
    unsigned used = 0;
    for (const char* at = text; *at != '\0'; ++at) {
      if (at[0] == '%' && at[1] >= '1' && at[1] <= '9') used |= 1U << (at[1] - '1');
    }
    if (used != (1U << kArguments) - 1) placesAndArgumentsDiffer();
  }

  [[nodiscard]] constexpr const char* get() const noexcept { return m_text; }

 private:
  static void placesAndArgumentsDiffer() {}  // not constexpr: a call ends the compilation

  const char* m_text;
};

/// What stands in a place of a message: a text as it is (a path, what the system says), a whole
/// number, or a message of its own.
class MessageArgument {
 public:
  // NOLINTBEGIN(google-explicit-constructor): arguments are written as what they are
  MessageArgument(std::string text) : m_text(std::move(text)) {}
  MessageArgument(std::string_view text) : m_text(text) {}
  MessageArgument(const char* text) : m_text(text) {}
  MessageArgument(const std::filesystem::path& path) : m_text(path.string()) {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && !std::same_as<T, char>) MessageArgument(T number)
      : m_text(std::to_string(number)), m_isNumber(true) {}
  MessageArgument(Message message);
  // NOLINTEND(google-explicit-constructor)
  /// A sentence that goes on another one: its English text begins with a small letter there.
  [[nodiscard]] static MessageArgument continuing(Message sentence);

  /// Null where the argument is no message.
  [[nodiscard]] const Message* message() const noexcept { return m_message.get(); }
  /// Empty where it is a message; a number in digits.
  [[nodiscard]] const std::string& text() const noexcept { return m_text; }
  [[nodiscard]] bool isNumber() const noexcept { return m_isNumber; }
  [[nodiscard]] std::string english() const;

 private:
  friend class Message;

  std::string m_text;
  std::shared_ptr<const Message> m_message;
  bool m_isNumber = false;
  bool m_continues = false;
};

/// A sentence for the user: its English text, which is the key of its translations, and its
/// arguments. The command line prints english(); the window translates it
/// (widgets/style/translated.h).
class Message {
 public:
  Message() = default;  ///< no message: empty()

  template <class... Arguments>
  requires(std::constructible_from<MessageArgument, Arguments&&>&&...)
      // NOLINTNEXTLINE(google-explicit-constructor): Message{"..."} and Message("... %1", path)
      // alike
      Message(MessageText<sizeof...(Arguments)> text, Arguments&&... arguments)
      : m_text(text.get()), m_arguments{MessageArgument(std::forward<Arguments>(arguments))...} {}

  /// A text that has no translation: another library's, or one that was read from a file.
  [[nodiscard]] static Message verbatim(std::string text) {
    return text.empty() ? Message() : Message("%1", std::move(text));
  }

  /// One of a table of literals without places, chosen while the program runs.
  [[nodiscard]] static Message ofTable(const char* literal) { return stored(literal, {}); }

  /// One that was written to a file: its text() and its arguments.
  [[nodiscard]] static Message stored(std::string text, std::vector<MessageArgument> arguments) {
    Message message;
    message.m_text = std::move(text);
    message.m_arguments = std::move(arguments);
    return message;
  }

  /// With those of its arguments that begin with `folder` as paths from there.
  [[nodiscard]] Message relativeTo(const std::filesystem::path& folder) const;

  [[nodiscard]] bool empty() const noexcept { return m_text.empty(); }
  /// The English text with its places.
  [[nodiscard]] const std::string& text() const noexcept { return m_text; }
  [[nodiscard]] std::span<const MessageArgument> arguments() const noexcept { return m_arguments; }
  [[nodiscard]] std::string english() const;

 private:
  std::string m_text;
  std::vector<MessageArgument> m_arguments;
};

inline MessageArgument::MessageArgument(Message message)
    : m_message(std::make_shared<const Message>(std::move(message))) {}

/// `text` with each of its places %1 to %9 replaced by the value of that number; what the values
/// hold is left as it is. A place without a value stays.
[[nodiscard]] std::string fillPlaces(std::string_view text, std::span<const std::string> values);

}  // namespace eventio
