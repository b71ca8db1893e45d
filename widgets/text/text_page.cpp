// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_page.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QSet>
#include <QVBoxLayout>
#include <utility>

#include "eventio/data/own_tags.h"
#include "widgets/cards/chart_grid.h"
#include "widgets/cards/chart_groups.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"
#include "widgets/text/text_card.h"

namespace widgets {
namespace {

/// tensorboardX and PyTorch append it to the tag of every text.
const QLatin1String kSuffix("/text_summary");
constexpr double kSmallestCardWidth = 520;
constexpr double kFirstCardHeight = 160;

}  // namespace

TextPage::TextPage(RunSelection* selection, QWidget* parent)
    : Page(parent),
      m_selection(selection),
      m_grid(new ChartGrid([this](const QString& key) { return makeCard(key); })) {
  setProperty("surface", "window");
  setAttribute(Qt::WA_StyledBackground);
  m_grid->setCardSize(scaled(kSmallestCardWidth), scaled(kFirstCardHeight));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeBar());
  column->addWidget(m_grid, 1);
  const auto changed = [this] { m_selectionChanged = true; };
  connect(m_selection, &RunSelection::changed, this, changed);
  connect(m_grid, &ChartGrid::cardGoes, this, [this](const QString& key, QWidget* card) {
    m_keptSteps.insert(key, static_cast<TextCard*>(card)->step());
  });
  connect(m_grid, &ChartGrid::emptyActionRequested, this, [this] { setFilter({}); });
  regroup();
}

TextPage::~TextPage() = default;

QString TextPage::id() const {
  return QStringLiteral("text");
}

QString TextPage::title() const {
  return tr("Text");
}

bool TextPage::shows(const eventio::TagInfo& tag) const {
  return tag.kind == eventio::TagKind::kText && !tag.tag.starts_with(eventio::kOwnTagsBeginning);
}

QWidget* TextPage::makeBar() {
  auto* bar = new QWidget;
  m_filter = new FilterField(tr("Filter tags, e.g. config|notes"), tr("Filter tags"));
  m_markdown = new QCheckBox(tr("Markdown"));
  m_markdown->setToolTip(tr("Off: the texts as they were written"));
  m_markdown->setChecked(true);
  auto* row = new QHBoxLayout(bar);
  row->setContentsMargins(scaled(12), scaled(8), scaled(12), scaled(8));
  row->setSpacing(scaled(8));
  row->addWidget(m_filter, 1);
  row->addWidget(m_markdown);
  connect(m_filter, &FilterField::filterChanged, this, [this] {
    m_grid->setOpenForFilter(m_filter->isFiltering());
    regroup();
    m_grid->scrollToFirst();
  });
  connect(m_markdown, &QCheckBox::toggled, this, [this](bool markdown) {
    for (TextCard* card : cards()) card->setMarkdown(markdown);
  });
  return bar;
}

QWidget* TextPage::makeCard(const QString& key) {
  const QString name = cardTags(key).constFirst();
  auto* card = new TextCard(m_tagOfName.value(name, name).toStdString(), name);
  card->setMarkdown(m_markdown->isChecked());
  card->setRuns(m_selection->visible());
  card->showStep(m_keptSteps.value(key));
  connect(card, &TextCard::wantedHeightChanged, this,
          [this, key](int height) { m_grid->setCardHeight(key, height); });
  return card;
}

std::vector<TextCard*> TextPage::cards() const {
  std::vector<TextCard*> result;
  for (QWidget* widget : m_grid->cards()) result.push_back(static_cast<TextCard*>(widget));
  return result;
}

TextCard* TextPage::card(const QString& tag) const {
  return static_cast<TextCard*>(m_grid->cards().value(cardKey({m_tagOfName.key(tag, tag)})));
}

void TextPage::refresh() {
  if (!isVisible()) return;
  const bool otherTags = tagsChanged();
  if (std::exchange(m_selectionChanged, false) || otherTags) {
    collectTags();
    regroup();
    const auto runs = m_selection->visible();
    for (TextCard* card : cards()) card->setRuns(runs);
  }
  for (TextCard* card : cards()) card->refresh();
}

bool TextPage::tagsChanged() {
  std::map<const eventio::Run*, std::uint64_t> versions;
  for (const auto& entry : m_selection->entries()) {
    if (entry.visible) versions[entry.run.get()] = entry.run->tagsVersion();
  }
  if (versions == m_tagsVersions) return false;
  m_tagsVersions = std::move(versions);
  return true;
}

void TextPage::collectTags() {
  QSet<QString> tags;
  m_hasOwnTexts = false;
  for (const auto& entry : m_selection->visible()) {
    for (const eventio::TagInfo& tag : entry.run->tags()) {
      m_hasOwnTexts |= tag.kind == eventio::TagKind::kText && !shows(tag);
      if (shows(tag)) tags.insert(QString::fromStdString(tag.tag));
    }
  }
  m_tagOfName.clear();
  for (const QString& tag : std::as_const(tags)) {
    const QString name = tag.endsWith(kSuffix) ? tag.chopped(kSuffix.size()) : tag;
    // "a" beside "a/text_summary" keeps the two apart.
    const bool isShort = !name.isEmpty() && (name == tag || !tags.contains(name));
    m_tagOfName.insert(isShort ? name : tag, tag);
  }
}

void TextPage::regroup() {
  auto groups = groupTags(m_tagOfName.keys(), m_filter->filter(), {}, QString(), tr("General"));
  const bool isFiltered = !m_tagOfName.isEmpty() && groups.empty();
  m_grid->setEmptyText(isFiltered ? tr("No tag matches the filter.") : emptyText(),
                       isFiltered ? tr("Clear the filter") : QString());
  m_grid->setGroups(std::move(groups));
}

QString TextPage::emptyText() const {
  if (m_selection->entries().empty()) {
    return tr("No run yet. Start training, or open a log directory.");
  }
  if (m_selection->visible().empty()) {
    return tr("No run is shown. Tick one in the list at the left.");
  }
  if (m_hasOwnTexts) {
    return tr(
        "The runs that are shown have no texts but what TrainDeck noted about them: changes, "
        "phases, saved models, alerts. For the run that is selected these are in the list of "
        "events at the bottom, and marks on the charts.");
  }
  return tr(
      "The runs that are shown have no texts. Write some with add_text() of a "
      "SummaryWriter, or tick other runs.");
}

void TextPage::reveal(const QString& tag) {
  setFilter({});
  refresh();
  revealTag(*m_grid, m_tagOfName.key(tag, tag));
}

void TextPage::setFilter(const QString& expression) {
  m_filter->setText(expression);
}

void TextPage::forgetView() {
  setFilter({});
  m_keptSteps.clear();
  for (TextCard* card : cards()) card->showStep(std::nullopt);
}

QVariantMap TextPage::saveState() const {
  return {{QStringLiteral("filter"), m_filter->filter().pattern()},
          {QStringLiteral("markdown"), m_markdown->isChecked()},
          {QStringLiteral("collapsed"), m_grid->collapsedTitles()}};
}

void TextPage::restoreState(const QVariantMap& state) {
  m_filter->setText(state.value(QStringLiteral("filter")).toString());
  m_markdown->setChecked(state.value(QStringLiteral("markdown"), true).toBool());
  m_grid->setCollapsedTitles(state.value(QStringLiteral("collapsed")).toStringList());
}

}  // namespace widgets
