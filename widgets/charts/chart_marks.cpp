// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/chart_marks.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <algorithm>
#include <cmath>

#include "widgets/charts/axis_scale.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr int kMaxRows = 3;
constexpr std::size_t kMaxLabels = 40;

struct MarkText {
  Q_DECLARE_TR_FUNCTIONS(widgets::ChartMarks)
};

/// Neighbouring marks with one label: that of the gravest, the last of these.
struct Group {
  PlacedMark shown;
  double first = 0;
  double last = 0;
  int count = 1;
};

int gravity(ChartMark::Kind kind) {
  switch (kind) {
    case ChartMark::Kind::kAlert:
      return 3;
    case ChartMark::Kind::kChange:
      return 2;
    case ChartMark::Kind::kPhase:
      return 1;
    case ChartMark::Kind::kCheckpoint:
      break;
  }
  return 0;
}

void mergeNext(std::vector<Group>& groups, std::size_t index) {
  Group& group = groups[index];
  const Group& next = groups[index + 1];
  if (gravity(next.shown.mark->kind) >= gravity(group.shown.mark->kind)) group.shown = next.shown;
  group.last = next.last;
  group.count += next.count;
  groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(index) + 1);
}

std::vector<Group> groupsOf(const std::vector<PlacedMark>& marks, double least) {
  std::vector<Group> groups;
  for (const PlacedMark& mark : marks) {
    if (mark.mark->label.isEmpty()) continue;
    groups.push_back({mark, mark.x, mark.x, 1});
    const std::size_t count = groups.size();
    if (count > 1 && mark.x - groups[count - 2].first < least) mergeNext(groups, count - 2);
  }
  return groups;
}

QString textOf(const Group& group, const QFontMetricsF& metrics, double most) {
  const QString more =
      group.count > 1
          ? QStringLiteral("  ") +
                MarkText::tr("+%1 more", nullptr, group.count - 1).arg(countText(group.count - 1))
          : QString();
  const double room = most - metrics.horizontalAdvance(more);
  const QString ellipsis(QChar(0x2026));
  // Where not even the beginning of the label finds room, the number of marks does.
  if (room < 3 * metrics.horizontalAdvance(ellipsis)) {
    const QString few = group.count > 1 ? QStringLiteral("+%1").arg(group.count - 1) : ellipsis;
    return metrics.horizontalAdvance(few) > most ? ellipsis : few;
  }
  return metrics.elidedText(group.shown.mark->label, Qt::ElideMiddle, room) + more;
}

/// Which group finds no room; their number when all do.
std::size_t place(const QRectF& area, const std::vector<Group>& groups,
                  std::vector<MarkLabel>& labels) {
  const QFontMetricsF metrics(markLabelFont());
  const double padding = scaled(6);
  const double height = scaled(20);
  const double gap = scaled(2);
  const double top = area.top() + scaled(4);
  const int rows = std::clamp(static_cast<int>((area.height() / 2 - scaled(4)) / (height + gap)),
                              area.height() >= height + scaled(8) ? 1 : 0, kMaxRows);
  labels.clear();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const Group& group = groups[i];
    const QString text = textOf(group, metrics, area.width() - 2 * padding - 2);
    const double width = std::ceil(metrics.horizontalAdvance(text)) + 2 * padding;
    double left = group.shown.x + scaled(4);
    if (left + width > area.right()) left = group.shown.x - scaled(4) - width;
    left = std::max(left, area.left() + 1);
    QRectF frame(left, top, width, height);
    const auto isFree = [&] {
      return std::none_of(labels.begin(), labels.end(), [&](const MarkLabel& label) {
        return label.frame.adjusted(-gap, 0, gap, 0).intersects(frame);
      });
    };
    int row = 0;
    for (; row < rows && !isFree(); ++row) frame.translate(0, height + gap);
    if (row >= rows) return i;
    labels.push_back({frame, text, group.shown.mark->kind, group.count});
  }
  return groups.size();
}

}  // namespace

std::vector<double> spacedPlaces(std::vector<double> places, double least) {
  std::sort(places.begin(), places.end());
  std::vector<double> spaced;
  for (const double place : places) {
    if (spaced.empty() || place - spaced.back() >= least) spaced.push_back(place);
  }
  return spaced;
}

QFont markLabelFont() {
  return themeFont(kChartLabelPixels);
}

std::vector<MarkLabel> placeMarkLabels(const QRectF& area, const std::vector<PlacedMark>& marks) {
  const double least = marks.size() > kMaxLabels ? area.width() / kMaxLabels : 0;
  std::vector<Group> groups = groupsOf(marks, least);
  std::vector<MarkLabel> labels;
  for (;;) {
    const std::size_t stuck = place(area, groups, labels);
    if (stuck == groups.size()) return labels;
    if (groups.size() == 1) return {};
    const bool isFirst = stuck == 0;
    const bool isLast = stuck + 1 == groups.size();
    const bool nextIsNearer =
        isFirst || (!isLast && groups[stuck + 1].first - groups[stuck].last <
                                   groups[stuck].first - groups[stuck - 1].last);
    mergeNext(groups, nextIsNearer ? stuck : stuck - 1);
  }
}

}  // namespace widgets
