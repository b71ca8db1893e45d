// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/run_figure.h"

#include <algorithm>
#include <cmath>

namespace widgets {
namespace {

/// Four significant places, short enough for the panel's edge.
QString valueText(double value) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("-∞");
  const double size = std::fabs(value);
  if (size != 0 && (size < 1e-3 || size >= 1e5)) return QString::number(value, 'e', 2);
  return QString::number(value, 'f', size < 10 ? 4 : size < 1000 ? 2 : 0);
}

int headlineRank(const eventio::TagInfo& info) {
  if (info.kind != eventio::TagKind::kScalar || info.count == 0) return 0;
  const QString tag = QString::fromStdString(info.tag).toLower();
  if (!tag.contains("loss")) return 1;
  return tag.contains("val") || tag.contains("test") ? 3 : 2;
}

}  // namespace

QString figureText(const eventio::Run& run, const std::string& tag, RunFigure::Kind kind) {
  if (tag.empty()) return {};
  const auto info = run.tag(tag);
  if (!info || info->kind != eventio::TagKind::kScalar || info->count == 0) return {};
  if (kind == RunFigure::Kind::kLast) return valueText(info->lastValue);
  const eventio::ScalarView view = run.scalars(tag);
  const eventio::ValueRange range = view.range(0, view.size());
  if (range.empty()) return valueText(info->lastValue);
  return valueText(kind == RunFigure::Kind::kLowest ? range.min : range.max);
}

std::string headlineTag(const std::vector<eventio::TagInfo>& tags) {
  const eventio::TagInfo* best = nullptr;
  int bestRank = 0;
  for (const eventio::TagInfo& info : tags) {
    const int rank = headlineRank(info);
    if (rank > bestRank) {
      best = &info;
      bestRank = rank;
    }
  }
  return best ? best->tag : std::string();
}

void HeadlineTags::note(const eventio::Run& run) {
  Seen& seen = m_seen[&run];
  const std::uint64_t version = run.tagsVersion();
  if (seen.tagsVersion == version && !seen.tag.empty()) return;
  seen.tagsVersion = version;
  std::string tag = headlineTag(run.tags());
  if (tag == seen.tag) return;
  count(seen.tag, -1);
  count(tag, 1);
  seen.tag = std::move(tag);
}

void HeadlineTags::forget(const eventio::Run* run) {
  const auto it = m_seen.find(run);
  if (it == m_seen.end()) return;
  count(it->second.tag, -1);
  m_seen.erase(it);
}

void HeadlineTags::count(const std::string& tag, int change) {
  if (tag.empty()) return;
  if ((m_counts[tag] += change) <= 0) m_counts.erase(tag);
  const auto most =
      std::max_element(m_counts.begin(), m_counts.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second < b.second : a.first > b.first;
      });
  m_common = most == m_counts.end() ? std::string() : most->first;
}

}  // namespace widgets
