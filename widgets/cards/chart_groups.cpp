// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cards/chart_groups.h"

#include <QRegularExpression>
#include <QSet>
#include <algorithm>
#include <map>

#include "widgets/runs/chart_order.h"

namespace widgets {
namespace {

constexpr QChar kSeparator('\n');
constexpr QChar kEscape('\\');

/// Every tag on exactly one card, in natural order of the cards' first tags.
std::vector<QStringList> cardsOf(const QStringList& tags, const CardArrangement& arrangement) {
  const QSet<QString> present(tags.begin(), tags.end());
  QSet<QString> placed;
  std::vector<QStringList> cards;
  for (const QStringList& set : arrangement.superimposed) {
    QStringList card;
    for (const QString& tag : set) {
      if (present.contains(tag) && !placed.contains(tag)) card.append(tag);
    }
    for (const QString& tag : card) placed.insert(tag);
    if (!card.isEmpty()) cards.push_back(card);
  }
  for (const QString& tag : tags) {
    if (placed.contains(tag)) continue;
    placed.insert(tag);
    cards.push_back({tag});
  }
  std::sort(cards.begin(), cards.end(), [](const QStringList& a, const QStringList& b) {
    return naturalLess(a.constFirst(), b.constFirst());
  });
  return cards;
}

}  // namespace

QString cardKey(const QStringList& tags) {
  QStringList escaped;
  for (QString tag : tags) {
    tag.replace(kEscape, QStringLiteral("\\\\")).replace(kSeparator, QStringLiteral("\\n"));
    escaped.append(tag);
  }
  return escaped.join(kSeparator);
}

QStringList cardTags(const QString& key) {
  QStringList tags{QString()};
  for (qsizetype i = 0; i < key.size(); ++i) {
    if (key[i] == kSeparator) {
      tags.append(QString());
    } else if (key[i] == kEscape && i + 1 < key.size()) {
      tags.last() += key[++i] == 'n' ? kSeparator : key[i];
    } else {
      tags.last() += key[i];
    }
  }
  return tags;
}

std::vector<ChartGrid::Group> groupTags(const QStringList& tags, const QRegularExpression& filter,
                                        const CardArrangement& arrangement, const QString& pinned,
                                        const QString& loose) {
  ChartGrid::Group pins{pinned, {}};
  ChartGrid::Group withoutGroup{loose, {}};
  std::map<QString, ChartGrid::Group, NaturalOrder> groups;
  std::map<QString, QString> pinnedKeys;
  for (const QStringList& card : cardsOf(tags, arrangement)) {
    const bool found = std::any_of(card.begin(), card.end(), [&filter](const QString& tag) {
      return filter.match(tag).hasMatch();
    });
    if (!found) continue;
    const QString& name = card.constFirst();
    const qsizetype slash = name.indexOf('/');
    if (arrangement.pinned.contains(name)) {
      pinnedKeys[name] = cardKey(card);
    } else if (slash < 0) {
      withoutGroup.keys.push_back(cardKey(card));
    } else {
      auto& group = groups[name.left(slash)];
      group.title = name.left(slash);
      group.keys.push_back(cardKey(card));
    }
  }
  for (const QString& name : arrangement.pinned) {
    const auto it = pinnedKeys.find(name);
    if (it != pinnedKeys.end()) pins.keys.push_back(it->second);
  }
  std::vector<ChartGrid::Group> result;
  if (!pins.keys.empty()) result.push_back(std::move(pins));
  if (!withoutGroup.keys.empty()) result.push_back(std::move(withoutGroup));
  for (auto& [title, group] : groups) result.push_back(std::move(group));
  return result;
}

void revealTag(ChartGrid& grid, const QString& tag) {
  for (const auto& group : grid.groups()) {
    for (const QString& key : group.keys) {
      if (!cardTags(key).contains(tag)) continue;
      grid.setCollapsed(group.title, false);
      grid.reveal(key);
      return;
    }
  }
}

void superimpose(CardArrangement& arrangement, const QStringList& target,
                 const QStringList& dropped) {
  QStringList card = target;
  for (const QString& tag : dropped) {
    if (!card.contains(tag)) card.append(tag);
  }
  split(arrangement, target);
  split(arrangement, dropped);
  arrangement.superimposed.push_back(card);
  for (const QString& tag : dropped) {
    if (!target.contains(tag)) arrangement.pinned.removeAll(tag);
  }
}

void split(CardArrangement& arrangement, const QStringList& card) {
  std::erase_if(arrangement.superimposed, [&card](const QStringList& set) {
    return std::any_of(set.begin(), set.end(),
                       [&card](const QString& tag) { return card.contains(tag); });
  });
}

}  // namespace widgets
