// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "eventio/base/message.h"

/// The sentences as the command line prints them.
inline std::vector<std::string> english(const std::vector<eventio::Message>& messages) {
  std::vector<std::string> sentences;
  sentences.reserve(messages.size());
  for (const eventio::Message& message : messages) sentences.push_back(message.english());
  return sentences;
}
