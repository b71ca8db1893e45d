// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histograms_page.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include "widgets/cards/chart_grid.h"
#include "widgets/cards/chart_groups.h"
#include "widgets/histograms/histogram_slider.h"
#include "widgets/runs/chart_order.h"
#include "widgets/style/elided_label.h"
#include "widgets/style/filter_field.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kBarMargin = 12;
constexpr double kLeastFilterWidth = 120;
constexpr double kLeastLabelWidth = 48;

/// In the order of HistogramView, for the settings.
const QStringList& viewWords() {
  static const QStringList kWords{QStringLiteral("ridges"), QStringLiteral("overlay"),
                                  QStringLiteral("heatmap"), QStringLiteral("distribution")};
  return kWords;
}

}  // namespace

HistogramsPage::HistogramsPage(RunSelection* selection, QWidget* parent)
    : Page(parent),
      m_selection(selection),
      m_grid(new ChartGrid([this](const QString& key) { return makeCard(key); })),
      m_row(new QHBoxLayout),
      m_secondRow(new QHBoxLayout) {
  setProperty("surface", "window");
  setAttribute(Qt::WA_StyledBackground);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeBar());
  column->addWidget(m_grid, 1);
  connect(m_grid, &ChartGrid::emptyActionRequested, this, &HistogramsPage::forgetView);
  regroup();
}

HistogramsPage::~HistogramsPage() = default;

QString HistogramsPage::id() const {
  return QStringLiteral("histograms");
}

QString HistogramsPage::title() const {
  return tr("Histograms");
}

bool HistogramsPage::shows(const eventio::TagInfo& tag) const {
  return tag.kind == eventio::TagKind::kHistogram;
}

void HistogramsPage::reveal(const QString& tag) {
  m_filter->clear();
  refresh();
  revealTag(*m_grid, tag);
}

QWidget* HistogramsPage::makeBar() {
  auto* bar = new QWidget;
  m_filter = new FilterField(tr("Filter tags, e.g. conv.*weight"), tr("Filter tags"));
  m_filter->setMinimumWidth(scaled(kLeastFilterWidth));
  m_viewChoice = new QComboBox;
  m_viewChoice->addItems({tr("Ridges"), tr("Overlay"), tr("Heat map"), tr("Distribution")});
  m_viewChoice->setAccessibleName(tr("View"));
  m_linkChoice = new QCheckBox(tr("Same step on all"));
  m_linkChoice->setToolTip(tr("Moving one card's step slider moves those of all cards"));
  m_linkChoice->setChecked(true);
  m_runLabel = new ElidedLabel;
  m_runLabel->setObjectName(QStringLiteral("runLabel"));
  m_runLabel->setMaximumWidth(scaled(260));
  m_runLabel->setProperty("tone", "muted");
  m_runLabel->setTextFormat(Qt::PlainText);
  auto* rows = new QVBoxLayout(bar);
  rows->setContentsMargins(scaled(kBarMargin), scaled(8), scaled(kBarMargin), scaled(8));
  rows->setSpacing(scaled(6));
  for (QHBoxLayout* row : {m_row, m_secondRow}) {
    row->setSpacing(scaled(8));
    rows->addLayout(row);
  }
  m_row->addWidget(m_filter, 1);
  m_row->addWidget(m_viewChoice);
  m_row->addWidget(m_linkChoice);
  m_row->addWidget(m_runLabel);
  connect(m_linkChoice, &QCheckBox::toggled, this, [this] { showStep(m_step); });
  connect(m_filter, &FilterField::filterChanged, this, [this] {
    m_grid->setOpenForFilter(m_filter->isFiltering());
    regroup();
    m_grid->scrollToFirst();
  });
  connect(m_viewChoice, &QComboBox::currentIndexChanged, this, [this] {
    for (QWidget* card : m_grid->cards()) static_cast<HistogramCard*>(card)->setView(view());
  });
  return bar;
}

void HistogramsPage::resizeEvent(QResizeEvent* event) {
  Page::resizeEvent(event);
  makeRoom();
}

/// A narrow page goes without the run's name, which the list of runs says as well; a very narrow
/// one puts the choices in a row of their own.
void HistogramsPage::makeRoom() {
  const auto widthOf = [this](const QWidget* widget) {
    return widget->sizeHint().width() + m_row->spacing();
  };
  const int room = width() - 2 * scaled(kBarMargin) - m_filter->minimumWidth() -
                   widthOf(m_viewChoice) - widthOf(m_linkChoice);
  m_runLabel->setVisible(room >= scaled(kLeastLabelWidth) + m_row->spacing());
  const bool ownRow = room < 0;
  if (ownRow == (m_secondRow->count() > 0)) return;
  if (ownRow) {
    m_secondRow->addWidget(m_viewChoice);
    m_secondRow->addWidget(m_linkChoice);
    m_secondRow->addStretch(1);
  } else {
    m_row->insertWidget(1, m_viewChoice);
    m_row->insertWidget(2, m_linkChoice);
    delete m_secondRow->takeAt(0);  // the stretch
  }
}

HistogramView HistogramsPage::view() const {
  return static_cast<HistogramView>(std::max(0, m_viewChoice->currentIndex()));
}

void HistogramsPage::setView(HistogramView view) {
  m_viewChoice->setCurrentIndex(static_cast<int>(view));
}

int HistogramsPage::colorIndex() const {
  const RunSelection::Entry* entry = m_selection->find(m_run.get());
  return entry ? entry->colorIndex : 0;
}

QWidget* HistogramsPage::makeCard(const QString& key) {
  auto* card = new HistogramCard(m_run, key.toStdString(), colorIndex(), view());
  if (isLinked()) card->slider()->showStep(m_step);
  connect(card->slider(), &HistogramSlider::stepChosen, this, &HistogramsPage::showStep);
  return card;
}

void HistogramsPage::showStep(std::optional<std::int64_t> step) {
  m_step = step;
  if (!isLinked()) return;
  for (QWidget* widget : m_grid->cards()) {
    auto* slider = static_cast<HistogramCard*>(widget)->slider();
    if (slider != sender()) slider->showStep(step);
  }
}

void HistogramsPage::setLinked(bool linked) {
  m_linkChoice->setChecked(linked);
}

bool HistogramsPage::isLinked() const {
  return m_linkChoice->isChecked();
}

void HistogramsPage::refresh() {
  if (!isVisible()) return;
  const auto current = m_selection->current();
  if (current != m_run) {
    m_grid->setGroups({});  // the cards of the other run go
    m_run = current;
    m_step.reset();
    m_tagsVersion = 0;
    m_tags.clear();
    regroup();
  }
  if (m_run && m_run->tagsVersion() != m_tagsVersion) {
    m_tagsVersion = m_run->tagsVersion();
    m_tags.clear();
    for (const std::string& tag : histogramTags(m_run->tags()))
      m_tags.append(QString::fromStdString(tag));
    regroup();
  }
  const RunSelection::Entry* entry = m_run ? m_selection->find(m_run.get()) : nullptr;
  m_runLabel->setText(entry ? tr("of %1").arg(entry->label) : QString());
  for (QWidget* card : m_grid->cards()) static_cast<HistogramCard*>(card)->refresh();
}

void HistogramsPage::regroup() {
  auto groups = groupTags(m_tags, m_filter->filter(), {}, QString(), tr("General"));
  m_grid->setEmptyText(!m_run ? tr("No run yet. Start training, or open a log directory.")
                       : m_tags.isEmpty()
                           ? tr("This run has no histograms. Choose another in the list "
                                "at the left, or train with histograms on.")
                           : tr("No tag matches the filter."),
                       m_tags.isEmpty() ? QString() : tr("Clear the filter"));
  m_grid->setGroups(std::move(groups));
}

void HistogramsPage::forgetView() {
  m_filter->clear();
}

QVariantMap HistogramsPage::saveState() const {
  return {{QStringLiteral("view"), viewWords().at(static_cast<int>(view()))},
          {QStringLiteral("filter"), m_filter->filter().pattern()},
          {QStringLiteral("linked"), isLinked()},
          {QStringLiteral("collapsed"), m_grid->collapsedTitles()}};
}

void HistogramsPage::restoreState(const QVariantMap& state) {
  const auto index = viewWords().indexOf(state.value(QStringLiteral("view")).toString());
  if (index >= 0) setView(static_cast<HistogramView>(index));
  m_filter->setText(state.value(QStringLiteral("filter")).toString());
  setLinked(state.value(QStringLiteral("linked"), true).toBool());
  m_grid->setCollapsedTitles(state.value(QStringLiteral("collapsed")).toStringList());
}

}  // namespace widgets
