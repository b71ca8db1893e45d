// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scalars/scalars_page.h"

#include <QInputDialog>
#include <QScrollBar>
#include <QSet>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/chart_state.h"
#include "widgets/runs/chart_order.h"
#include "widgets/scalars/scalar_card.h"
#include "widgets/scalars/scalars_page_bar.h"
#include "widgets/style/display_name.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"

namespace widgets {

ScalarsPage::ScalarsPage(RunSelection* selection, QWidget* parent)
    : Page(parent),
      m_selection(selection),
      m_link(new ChartLink(this)),
      m_bar(new ScalarsPageBar),
      m_grid(new ChartGrid([this](const QString& key) { return makeCard(key); })) {
  setProperty("surface", "window");
  setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(m_bar);
  column->addWidget(m_grid, 1);
  const auto changed = [this] { m_selectionChanged = true; };
  connect(m_selection, &RunSelection::changed, this, changed);
  connect(m_selection, &RunSelection::currentChanged, this, changed);
  connect(m_bar, &ScalarsPageBar::filterChanged, this, [this] {
    m_grid->setOpenForFilter(m_bar->filter().isFiltering());
    regroup();
    m_grid->scrollToFirst();
  });
  connect(m_bar, &ScalarsPageBar::optionsChanged, this, &ScalarsPage::applyOptions);
  connect(m_grid, &ChartGrid::emptyActionRequested, this, [this] { setFilter({}); });
  connect(m_grid->verticalScrollBar(), &QScrollBar::valueChanged, this, [this] {
    for (const ScalarCard* card : cards()) card->chart()->endHover();  // they move below the mouse
  });
  connect(m_grid, &ChartGrid::cardGoes, this, [this](const QString& key, QWidget* card) {
    keepCard(key, *static_cast<ScalarCard*>(card)->chart());
  });
  regroup();
}

QString ScalarsPage::id() const {
  return QStringLiteral("scalars");
}

QString ScalarsPage::title() const {
  return tr("Scalars");
}

bool ScalarsPage::shows(const eventio::TagInfo& tag) const {
  return tag.kind == eventio::TagKind::kScalar;
}

void ScalarsPage::reveal(const QString& tag) {
  setFilter({});
  refresh();
  revealTag(*m_grid, tag);
}

QWidget* ScalarsPage::makeCard(const QString& key) {
  auto* card = new ScalarCard(cardTags(key));
  ScalarChart* chart = card->chart();
  const auto kept = m_kept.constFind(key);
  chart->setOptions(kept == m_kept.constEnd() ? m_bar->options() : kept->options);
  if (kept != m_kept.constEnd()) chart->setView(kept->view);
  chart->setLink(m_link);
  card->setPinned(m_arrangement.pinned.contains(card->tags().constFirst()));
  card->setRuns(m_selection->visible(), m_selection->current().get());
  // The arrangement decides which cards exist: it changes after the card is done with its event.
  const auto later = [this](auto change) {
    QTimer::singleShot(0, this, [this, change] {
      change();
      regroup();
    });
  };
  const QStringList tags = card->tags();
  connect(card, &ScalarCard::pinRequested, this, [this, later, tags](bool pinned) {
    later([this, tags, pinned] {
      m_arrangement.pinned.removeAll(tags.constFirst());
      if (pinned) m_arrangement.pinned.append(tags.constFirst());
    });
  });
  connect(card, &ScalarCard::splitRequested, this,
          [this, later, tags] { later([this, tags] { split(m_arrangement, tags); }); });
  connect(card, &ScalarCard::dropped, this, [this, later, tags](const QStringList& other) {
    later([this, tags, other] { superimpose(m_arrangement, tags, other); });
  });
  connect(card, &ScalarCard::superimposeRequested, this, [this, tags] { chooseTarget(tags); });
  connect(card, &ScalarCard::dragActive, m_grid, &ChartGrid::setKeepingCards);
  return card;
}

/// What the user chose for a card stays while the card itself is out of sight.
void ScalarsPage::keepCard(const QString& key, const ScalarChart& chart) {
  Kept kept{chart.options(), chart.view()};
  if (m_link->isRangeLinked()) kept.view.x.reset();  // that is the link's to say
  m_kept.insert(key, kept);
}

std::vector<ScalarCard*> ScalarsPage::cards() const {
  std::vector<ScalarCard*> result;
  for (QWidget* widget : m_grid->cards()) result.push_back(static_cast<ScalarCard*>(widget));
  std::sort(result.begin(), result.end(), [](const ScalarCard* a, const ScalarCard* b) {
    return std::pair(a->y(), a->x()) < std::pair(b->y(), b->x());
  });
  return result;
}

void ScalarsPage::refresh() {
  if (!isVisible()) return;
  const bool otherTags = tagsChanged();
  if (std::exchange(m_selectionChanged, false) || otherTags) {
    collectTags();
    regroup();
    const auto runs = m_selection->visible();
    for (ScalarCard* card : cards()) card->setRuns(runs, m_selection->current().get());
  }
  std::vector<ScalarChart*> charts;
  for (ScalarCard* card : cards()) charts.push_back(card->chart());
  m_refresher.refresh(charts);
}

bool ScalarsPage::tagsChanged() {
  std::map<const eventio::Run*, std::uint64_t> versions;
  for (const auto& entry : m_selection->entries()) {
    if (entry.visible) versions[entry.run.get()] = entry.run->tagsVersion();
  }
  if (versions == m_tagsVersions) return false;
  m_tagsVersions = std::move(versions);
  return true;
}

void ScalarsPage::collectTags() {
  QSet<QString> tags;
  for (const auto& entry : m_selection->visible()) {
    for (const auto& info : entry.run->tags()) {
      if (info.kind == eventio::TagKind::kScalar) tags.insert(QString::fromStdString(info.tag));
    }
  }
  m_tags = QStringList(tags.begin(), tags.end());
  std::sort(m_tags.begin(), m_tags.end(), naturalLess);
}

void ScalarsPage::regroup() {
  auto groups =
      groupTags(m_tags, m_bar->filter().filter(), m_arrangement, tr("Pinned"), tr("General"));
  const bool isFiltered = groups.empty() && !m_tags.isEmpty();
  m_grid->setEmptyText(
      isFiltered                       ? tr("No tag matches the filter.")
      : m_selection->entries().empty() ? tr("No run yet. Start training, or open a log directory.")
      : m_selection->visible().empty() ? tr("No run is shown. Tick one in the list at the left.")
                                       : tr("The runs that are shown have no scalars."),
      isFiltered ? tr("Clear the filter") : QString());
  m_grid->setGroups(std::move(groups));
  for (ScalarCard* card : cards()) {
    card->setPinned(m_arrangement.pinned.contains(card->tags().constFirst()));
  }
}

void ScalarsPage::applyOptions() {
  m_link->setRangeLinked(m_bar->isRangeLinked());
  const auto changed = [this](const ScalarChartOptions& before) {
    ScalarChartOptions options = m_bar->options();
    options.xScale = before.xScale;
    return options;
  };
  for (ScalarCard* card : cards()) card->chart()->setOptions(changed(card->chart()->options()));
  for (Kept& kept : m_kept) {
    const ScalarChartOptions options = changed(kept.options);
    // As ScalarChart::setOptions() fits what gets another axis.
    const bool otherX = options.xAxis != kept.options.xAxis;
    if (otherX) kept.view.x.reset();
    if (otherX || options.yScale != kept.options.yScale) kept.view.y.reset();
    kept.options = options;
  }
}

void ScalarsPage::chooseTarget(const QStringList& tags) {
  QStringList names;
  QStringList keys;
  for (const auto& group : m_grid->groups()) {
    for (const QString& key : group.keys) {
      const QStringList known = cardTags(key);
      const bool holdsAll = std::all_of(
          tags.begin(), tags.end(), [&known](const QString& tag) { return known.contains(tag); });
      if (holdsAll) continue;
      keys.append(key);
      names.append(displayName(known.join(QStringLiteral(" + "))));
    }
  }
  if (names.isEmpty()) return;
  bool accepted = false;
  const QString name = QInputDialog::getItem(
      this, tr("Superimpose"),
      tr("Put %1 on the card of").arg(displayName(tags.join(QStringLiteral(" + ")))), names, 0,
      false, &accepted);
  const auto index = names.indexOf(name);
  if (!accepted || index < 0) return;
  superimpose(m_arrangement, cardTags(keys.at(index)), tags);
  regroup();
}

void ScalarsPage::setFilter(const QString& expression) {
  m_bar->filter().setText(expression);
}

void ScalarsPage::forgetView() {
  ScalarChartOptions options;
  options.smoothing = m_bar->options().smoothing;
  setFilter({});
  m_bar->setOptions(options);
  m_kept.clear();
  for (ScalarCard* card : cards()) {
    card->chart()->setOptions(options);
    card->chart()->fit();
  }
}

void ScalarsPage::setArrangement(const CardArrangement& arrangement) {
  m_arrangement = arrangement;
  regroup();
}

QVariantMap ScalarsPage::saveState() const {
  QVariantList superimposed;
  for (const QStringList& card : m_arrangement.superimposed) superimposed.append(QVariant(card));
  return {{QStringLiteral("options"), toVariant(m_bar->options())},
          {QStringLiteral("linked"), m_bar->isRangeLinked()},
          {QStringLiteral("filter"), m_bar->filter().filter().pattern()},
          {QStringLiteral("pinned"), m_arrangement.pinned},
          {QStringLiteral("superimposed"), superimposed},
          {QStringLiteral("collapsed"), m_grid->collapsedTitles()}};
}

void ScalarsPage::restoreState(const QVariantMap& state) {
  m_bar->setOptions(optionsFrom(state.value(QStringLiteral("options")).toMap()));
  m_bar->setRangeLinked(state.value(QStringLiteral("linked")).toBool());
  m_bar->filter().setText(state.value(QStringLiteral("filter")).toString());
  m_grid->setCollapsedTitles(state.value(QStringLiteral("collapsed")).toStringList());
  CardArrangement arrangement;
  arrangement.pinned = state.value(QStringLiteral("pinned")).toStringList();
  for (const QVariant& card : state.value(QStringLiteral("superimposed")).toList()) {
    const QStringList tags = card.toStringList();
    if (tags.size() > 1) arrangement.superimposed.push_back(tags);
  }
  setArrangement(arrangement);
}

}  // namespace widgets
