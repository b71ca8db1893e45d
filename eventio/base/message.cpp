// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/base/message.h"

namespace eventio {

MessageArgument MessageArgument::continuing(Message sentence) {
  MessageArgument argument(std::move(sentence));
  argument.m_continues = true;
  return argument;
}

std::string MessageArgument::english() const {
  if (m_message == nullptr) return m_text;
  std::string text = m_message->english();
  if (m_continues && !text.empty() && text.front() >= 'A' && text.front() <= 'Z') {
    text.front() = static_cast<char>(text.front() - 'A' + 'a');
  }
  return text;
}

std::string Message::english() const {
  std::vector<std::string> values;
  values.reserve(m_arguments.size());
  for (const MessageArgument& argument : m_arguments) values.push_back(argument.english());
  return fillPlaces(m_text, values);
}

Message Message::relativeTo(const std::filesystem::path& folder) const {
  const std::string prefix = folder.string() + "/";
  Message result = *this;
  for (MessageArgument& argument : result.m_arguments) {
    if (argument.message() != nullptr) {
      argument.m_message = std::make_shared<const Message>(argument.message()->relativeTo(folder));
    } else if (argument.text().starts_with(prefix)) {
      argument = argument.text().substr(prefix.size());
    }
  }
  return result;
}

std::string fillPlaces(std::string_view text, std::span<const std::string> values) {
  std::string filled;
  filled.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool isPlace =
        text[at] == '%' && at + 1 < text.size() && text[at + 1] >= '1' && text[at + 1] <= '9';
    const auto number = isPlace ? static_cast<std::size_t>(text[at + 1] - '1') : values.size();
    if (number < values.size()) {
      filled += values[number];
      ++at;
    } else {
      filled += text[at];
    }
  }
  return filled;
}

}  // namespace eventio
