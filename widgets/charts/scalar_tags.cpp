// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/scalar_tags.h"

#include <algorithm>
#include <cctype>
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

const std::vector<std::string_view>& prefixes(ScalarQuantity quantity) {
  static const std::vector<std::string_view> kTrain{"train", "training", "", "batch", "epoch"};
  static const std::vector<std::string_view> kValidation{"validation", "val",  "valid",
                                                         "test",       "eval", "dev"};
  const bool isTrain =
      quantity == ScalarQuantity::kTrainLoss || quantity == ScalarQuantity::kTrainAccuracy;
  return isTrain ? kTrain : kValidation;
}

const std::vector<std::string_view>& words(ScalarQuantity quantity) {
  static const std::vector<std::string_view> kLoss{"loss", "loss/step", "loss/epoch"};
  static const std::vector<std::string_view> kAccuracy{
      "accuracy", "acc", "accuracy/step", "acc/step", "accuracy/epoch", "acc/epoch"};
  const bool isLoss =
      quantity == ScalarQuantity::kTrainLoss || quantity == ScalarQuantity::kValidationLoss;
  return isLoss ? kLoss : kAccuracy;
}

std::string joined(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  return std::string(a) + '/' + std::string(b);
}

using Named = std::pair<std::string, const eventio::TagInfo*>;

std::optional<std::string> find(const std::vector<Named>& tags, const std::string& name) {
  const auto it = std::find_if(tags.begin(), tags.end(),
                               [&name](const Named& each) { return each.first == name; });
  if (it == tags.end()) return std::nullopt;
  return it->second->tag;
}

}  // namespace

bool isDrawnRaw(std::string_view tag) {
  const std::string name = '/' + normalized(tag) + '/';
  const auto has = [&name](std::string_view words) {
    return name.find('/' + std::string(words) + '/') != std::string::npos;
  };
  // A result is none of these, whatever it is per: "epoch_loss", "loss/lr_0.01".
  for (const std::string_view result : {"loss", "acc", "accuracy", "error", "time", "score"}) {
    if (has(result)) return false;
  }
  for (const std::string_view setting :
       {"lr", "learning/rate", "learningrate", "momentum", "weight/decay", "epoch", "epochs"}) {
    if (has(setting)) return true;
  }
  return name.starts_with("/lr");  // "lr0"
}

std::vector<std::string> tagsFor(ScalarQuantity quantity,
                                 const std::vector<eventio::TagInfo>& tags) {
  std::vector<Named> scalars;
  for (const auto& info : tags) {
    if (info.kind == eventio::TagKind::kScalar) scalars.emplace_back(normalized(info.tag), &info);
  }
  std::vector<std::string> result;
  for (const std::string_view word : words(quantity)) {
    for (const std::string_view prefix : prefixes(quantity)) {
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
  if (isOwn || quantity == ScalarQuantity::kValidationLoss ||
      quantity == ScalarQuantity::kValidationAccuracy) {
    return result;
  }
  for (const std::string_view word : words(quantity)) {
    const auto tag = find(scalars, joined("fine/tuning", word));
    if (tag) result.push_back(*tag);
  }
  return result;
}

}  // namespace widgets
