// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/scalar_tags.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace widgets {
namespace {

/// "Training Loss", "training_loss" and "training-loss" are one name: "training/loss".
std::string normalized(std::string_view tag) {
  std::string name;
  for (const char c : tag) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!name.empty() && name.back() != '/') {
      name += '/';
    }
  }
  if (!name.empty() && name.back() == '/') name.pop_back();
  return name;
}

const std::vector<std::string_view>& prefixes(ScalarSplit split) {
  static const std::vector<std::string_view> kTrain{"train", "training", "", "batch", "epoch"};
  static const std::vector<std::string_view> kValidation{"validation", "val",  "valid",
                                                         "test",       "eval", "dev"};
  return split == ScalarSplit::kTraining ? kTrain : kValidation;
}

std::string joined(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  return std::string(a) + '/' + std::string(b);
}

/// "loss", "loss/step" and "loss/epoch" for each name.
std::vector<std::string> wordsOf(std::span<const std::string> names) {
  std::vector<std::string> words;
  for (const std::string_view ending : {"", "step", "epoch"}) {
    for (const std::string& name : names) {
      const std::string word = normalized(name);
      words.push_back(ending.empty() ? word : joined(word, ending));
    }
  }
  return words;
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

using Named = std::pair<std::string, const eventio::TagInfo*>;

std::optional<std::string> find(const std::vector<Named>& tags, const std::string& name) {
  const auto it = std::find_if(tags.begin(), tags.end(),
                               [&name](const Named& each) { return each.first == name; });
  if (it == tags.end()) return std::nullopt;
  return it->second->tag;
}

/// Of "/train/epoch/", not of "/epoch/f1/": what is measured each epoch is a result.
bool isNumberOfEpoch(std::string_view name) {
  bool hasEpoch = false;
  for (std::size_t at = 1; at < name.size();) {
    const std::size_t end = name.find('/', at);
    const std::string_view word = name.substr(at, end - at);
    const bool isEpoch = isOneOf(word, {"epoch", "epochs"});
    if (!isEpoch && !isOneOf(word, {"train", "training", "trainer", "global", "current"})) {
      return false;
    }
    hasEpoch = hasEpoch || isEpoch;
    at = end + 1;
  }
  return hasEpoch;
}

}  // namespace

bool isDrawnRaw(std::string_view tag) {
  const std::string name = '/' + normalized(tag) + '/';
  const auto has = [&name](std::string_view words) {
    return name.find('/' + std::string(words) + '/') != std::string::npos;
  };
  // A result is none of these, whatever it is per: "epoch_loss", "loss/lr_0.01".
  for (const std::string_view result : {"loss", "error", "time", "score"}) {
    if (has(result)) return false;
  }
  for (const std::string_view setting :
       {"lr", "learning/rate", "learningrate", "momentum", "weight/decay"}) {
    if (has(setting)) return true;
  }
  return name.starts_with("/lr") || isNumberOfEpoch(name);  // "lr0"
}

std::vector<std::string> tagsFor(std::span<const std::string> names, ScalarSplit split,
                                 const std::vector<eventio::TagInfo>& tags) {
  std::vector<Named> scalars;
  for (const auto& info : tags) {
    if (info.kind == eventio::TagKind::kScalar) scalars.emplace_back(normalized(info.tag), &info);
  }
  const std::vector<std::string> words = wordsOf(names);
  std::vector<std::string> result;
  for (const std::string& word : words) {
    for (const std::string_view prefix : prefixes(split)) {
      if (!result.empty()) break;
      for (const std::string& name : {joined(prefix, word), joined(word, prefix)}) {
        const auto tag = find(scalars, name);
        if (!tag) continue;
        result.push_back(*tag);
        break;
      }
    }
  }
  const bool isOwn = !result.empty() && (result.front().starts_with("train/") ||
                                         result.front().starts_with("validation/"));
  if (isOwn || split == ScalarSplit::kValidation) return result;
  for (const std::string& word : words) {
    const auto tag = find(scalars, joined("fine/tuning", word));
    if (tag) result.push_back(*tag);
  }
  return result;
}

}  // namespace widgets
