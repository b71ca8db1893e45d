// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <vector>

#include "widgets/cards/chart_grid.h"

class QRegularExpression;

namespace widgets {

/// Which tags share a card, and which cards are pinned.
struct CardArrangement {
  /// Sets of tags that lie on one card; the first names the card.
  std::vector<QStringList> superimposed;
  QStringList pinned;  ///< first tags of the pinned cards, in the order in which they were pinned
};

/// The key of a card in a ChartGrid, and back to its tags.
[[nodiscard]] QString cardKey(const QStringList& tags);
[[nodiscard]] QStringList cardTags(const QString& key);

/// Puts the tags in which `filter` is found on cards and those in groups, by what stands before the
/// first '/' of a card's first tag; tags without one come first, under `loose`. Natural order; the
/// pinned cards stand above, under `pinned`. A card with one tag found shows all of its tags.
[[nodiscard]] std::vector<ChartGrid::Group> groupTags(const QStringList& tags,
                                                      const QRegularExpression& filter,
                                                      const CardArrangement& arrangement,
                                                      const QString& pinned, const QString& loose);

/// Opens the group of the card that shows a tag, alone or with others, and scrolls to it.
void revealTag(ChartGrid& grid, const QString& tag);

/// Puts `dropped`'s tags on `target`'s card.
void superimpose(CardArrangement& arrangement, const QStringList& target,
                 const QStringList& dropped);
/// Gives each tag of the card one of its own again.
void split(CardArrangement& arrangement, const QStringList& card);

}  // namespace widgets
