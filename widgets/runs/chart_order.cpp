// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/chart_order.h"

#include <algorithm>

#include "eventio/base/natural_order.h"

namespace widgets {

bool naturalLess(const QString& a, const QString& b) {
  return eventio::naturalLess(a.toStdString(), b.toStdString());
}

std::vector<std::string> histogramTags(const std::vector<eventio::TagInfo>& tags) {
  std::vector<QString> names;
  for (const auto& info : tags) {
    if (info.kind == eventio::TagKind::kHistogram)
      names.push_back(QString::fromStdString(info.tag));
  }
  std::sort(names.begin(), names.end(), naturalLess);
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const QString& name : names) result.push_back(name.toStdString());
  return result;
}

std::string defaultHistogramTag(const std::vector<std::string>& tags) {
  const auto last = [&tags](const auto& matches) -> std::string {
    const auto it = std::find_if(tags.rbegin(), tags.rend(), matches);
    return it == tags.rend() ? std::string() : *it;
  };
  const auto isWeight = [](const std::string& tag) { return tag.ends_with("weight"); };
  std::string found = last([&isWeight](const std::string& tag) {
    return isWeight(tag) &&
           QString::fromStdString(tag).contains(QLatin1String("conv"), Qt::CaseInsensitive);
  });
  if (found.empty()) found = last(isWeight);
  if (found.empty() && !tags.empty()) found = tags.front();
  return found;
}

}  // namespace widgets
