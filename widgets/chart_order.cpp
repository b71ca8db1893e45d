// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/chart_order.h"

#include <algorithm>

namespace widgets {

bool naturalLess(const QString& a, const QString& b) {
  const auto endOfDigits = [](const QString& text, qsizetype from) {
    while (from < text.size() && text[from].isDigit()) ++from;
    return from;
  };
  qsizetype i = 0;
  qsizetype j = 0;
  while (i < a.size() && j < b.size()) {
    if (a[i].isDigit() && b[j].isDigit()) {
      const qsizetype iEnd = endOfDigits(a, i);
      const qsizetype jEnd = endOfDigits(b, j);
      while (i < iEnd - 1 && a[i] == '0') ++i;
      while (j < jEnd - 1 && b[j] == '0') ++j;
      if (iEnd - i != jEnd - j) return iEnd - i < jEnd - j;
      for (; i < iEnd; ++i, ++j) {
        if (a[i] != b[j]) return a[i] < b[j];
      }
      continue;
    }
    const QChar x = a[i++].toCaseFolded();
    const QChar y = b[j++].toCaseFolded();
    if (x != y) return x < y;
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
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
