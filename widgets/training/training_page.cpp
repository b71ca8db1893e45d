// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/training/training_page.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <algorithm>
#include <span>
#include <utility>

#include "widgets/cards/chart_card.h"
#include "widgets/charts/scalar/chart_link.h"
#include "widgets/charts/scalar/chart_state.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/histograms/histogram_pair.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

using Sign = ChartLegend::Entry::Sign;
using Role = ScalarChartSeries::Role;

bool hasValidation(const ScalarChart& chart) {
  return std::any_of(chart.curves().begin(), chart.curves().end(),
                     [](const auto& curve) { return curve->series().role == Role::kCircles; });
}

void nameChart(ChartCard& card, ScalarChart& chart, const QString& title, const QString& subtitle) {
  card.setTitle(title);
  card.setSubtitle(subtitle);
  chart.setTitle(title);
  chart.setAccessibleName(title);
}

}  // namespace

TrainingPage::TrainingPage(RunSelection* selection, std::vector<TrainingMetric> metrics,
                           QWidget* parent)
    : Page(parent),
      m_selection(selection),
      m_metrics(std::move(metrics)),
      m_link(new ChartLink(this)) {
  setProperty("surface", "window");
  setAttribute(Qt::WA_StyledBackground);
  m_link->setRangeLinked(true);
  m_pages = new QStackedLayout(this);
  m_empty = makeEmptyState();
  m_charts = makeCharts();
  m_pages->addWidget(m_empty);
  m_pages->addWidget(m_charts);
  const auto changed = [this] { m_selectionChanged = true; };
  connect(m_selection, &RunSelection::changed, this, changed);
  connect(m_selection, &RunSelection::currentChanged, this, changed);
}

QString TrainingPage::id() const {
  return QStringLiteral("training");
}

QString TrainingPage::title() const {
  return tr("Training");
}

QWidget* TrainingPage::makeEmptyState() {
  auto* page = new QWidget;
  auto* column = new QVBoxLayout(page);
  auto* line = new QLabel(tr("No run yet. Check the set-up at the right, then start training."));
  line->setProperty("tone", "muted");
  line->setAlignment(Qt::AlignCenter);
  line->setWordWrap(true);
  m_start = new QPushButton(tr("Start training"));
  m_start->setObjectName(QStringLiteral("startTraining"));
  m_start->setProperty("primary", true);
  m_start->setProperty("tall", true);
  auto* open = new QPushButton(tr("Open a log directory"));
  open->setProperty("link", true);
  open->setCursor(Qt::PointingHandCursor);
  connect(m_start, &QPushButton::clicked, this, &TrainingPage::startRequested);
  connect(open, &QPushButton::clicked, this, &TrainingPage::openRequested);
  column->addStretch(2);
  column->addWidget(line);
  column->addSpacing(scaled(12));
  column->addWidget(m_start, 0, Qt::AlignHCenter);
  column->addSpacing(scaled(4));
  column->addWidget(open, 0, Qt::AlignHCenter);
  column->addStretch(3);
  return page;
}

ChartCard* TrainingPage::makeCard(const QString& title, const QString& subtitle,
                                  ScalarChart* chart) {
  auto* card = new ChartCard;
  nameChart(*card, *chart, title, subtitle);
  card->setContent(chart);
  card->setMenu([chart](QWidget* parent) { return chart->createMenu(parent); },
                ScalarChart::helpText());
  chart->setLink(m_link);
  connect(chart, &ScalarChart::markActionRequested, this, &TrainingPage::markActionRequested);
  connect(chart, &ScalarChart::noticeChanged, card, &ChartCard::setNotice);
  connect(chart, &ScalarChart::busyChanged, card, &ChartCard::setLoading);
  connect(chart, &ScalarChart::optionsChanged, this, [this, chart] { shareOptions(chart); });
  return card;
}

QWidget* TrainingPage::makeCharts() {
  auto* scroll = new QScrollArea;
  scroll->setWidgetResizable(true);
  scroll->setFocusPolicy(Qt::NoFocus);
  auto* page = new QWidget(scroll);
  page->setProperty("surface", "window");
  auto* column = new QVBoxLayout(page);
  column->setContentsMargins(scaled(12), scaled(12), scaled(12), scaled(12));
  column->setSpacing(scaled(12));
  m_loss = new ScalarChart;
  m_metric = new ScalarChart;
  m_lossCard = makeCard(tr("Loss"), tr("per step"), m_loss);
  m_metricCard = makeCard(tr("Metric"), QString(), m_metric);
  m_metricCard->setObjectName(QStringLiteral("metricCard"));
  updateTexts();
  m_histograms = new HistogramPair;
  // A curve needs some height to say anything: a small window scrolls.
  m_lossCard->setMinimumHeight(scaled(180));
  m_metricCard->setMinimumHeight(scaled(140));
  // Shares of the height as drawn; the stretch counts above the minimum heights.
  column->addWidget(m_lossCard, 27);
  column->addWidget(m_metricCard, 17);
  column->addWidget(m_histograms, 22);
  scroll->setWidget(page);
  return scroll;
}

bool TrainingPage::isShowingEmptyState() const {
  return m_pages->currentWidget() == m_empty;
}

void TrainingPage::setMarkAction(
    std::function<QString(const eventio::Run&, const ChartMark&)> textOf) {
  const auto ofMarkedRun = [this, textOf = std::move(textOf)](const ChartMark& mark) {
    const auto run = m_selection->current();
    return run ? textOf(*run, mark) : QString();
  };
  m_loss->setMarkAction(ofMarkedRun);
  m_metric->setMarkAction(ofMarkedRun);
}

void TrainingPage::setStartProblem(const QString& reason) {
  m_start->setEnabled(reason.isEmpty());
  m_start->setToolTip(reason);
  m_start->setAccessibleDescription(reason);
}

void TrainingPage::setLiveActive(bool live) {
  if (live == m_live) return;
  m_live = live;
  updateTexts();
  m_selectionChanged = true;
}

void TrainingPage::updateTexts() {
  const QString title = m_shown == nullptr ? tr("Metric") : m_shown->title;
  nameChart(*m_metricCard, *m_metric, title, m_shown == nullptr ? QString() : m_shown->unit);
  const QString waiting = tr("Waiting for the first step");
  m_loss->setEmptyText(m_live ? waiting : tr("No loss in the runs that are shown"));
  m_metric->setEmptyText(m_live ? waiting : tr("No %1 in the runs that are shown").arg(title));
}

void TrainingPage::refresh() {
  if (!isVisible()) return;
  const bool isEmpty = m_selection->entries().empty() && !m_live;
  m_pages->setCurrentWidget(isEmpty ? m_empty : m_charts);
  if (isEmpty) return;

  const bool otherTags = tagsChanged();
  if (std::exchange(m_selectionChanged, false) || otherTags) updateSeries();
  updateMarks();
  m_refresher.refresh({m_loss, m_metric});
  const bool hasHistograms = m_histograms->refresh();
  m_histograms->setVisible(hasHistograms || m_live);
}

bool TrainingPage::tagsChanged() {
  std::map<const eventio::Run*, std::uint64_t> versions;
  for (const auto& entry : m_selection->entries()) {
    if (entry.visible) versions[entry.run.get()] = entry.run->tagsVersion();
  }
  if (versions == m_tagsVersions) return false;
  m_tagsVersions = std::move(versions);
  return true;
}

const TrainingMetric* TrainingPage::metricOf(const eventio::Run& run) const {
  std::vector<eventio::TagInfo> tags = run.tags();
  if (const auto hparams = run.hparams()) {
    for (const eventio::HparamMetric& metric : hparams->metrics) {
      eventio::TagInfo& announced = tags.emplace_back();
      announced.tag = metric.tag;
      announced.kind = eventio::TagKind::kScalar;
    }
  }
  const auto found = std::find_if(m_metrics.begin(), m_metrics.end(), [&tags](const auto& metric) {
    return !tagsFor(metric.names, ScalarSplit::kTraining, tags).empty() ||
           !tagsFor(metric.names, ScalarSplit::kValidation, tags).empty();
  });
  return found == m_metrics.end() ? nullptr : &*found;
}

void TrainingPage::chooseMetric() {
  std::vector<RunSelection::Entry> entries = m_selection->visible();
  std::stable_partition(entries.begin(), entries.end(), [this](const RunSelection::Entry& entry) {
    return entry.run == m_selection->current();
  });
  for (const RunSelection::Entry& entry : entries) {
    const TrainingMetric* metric = metricOf(*entry.run);
    if (metric == nullptr) continue;
    if (std::exchange(m_shown, metric) != metric) updateTexts();
    return;
  }
}

void TrainingPage::updateSeries() {
  chooseMetric();
  std::vector<RunSelection::Entry> entries = m_selection->visible();
  // The current run is drawn last, above the others.
  std::stable_partition(entries.begin(), entries.end(), [this](const RunSelection::Entry& entry) {
    return entry.run != m_selection->current();
  });
  const eventio::Run* emphasized = entries.size() > 1 ? m_selection->current().get() : nullptr;
  const auto show = [&entries, emphasized](std::span<const std::string> names, ScalarChart* chart) {
    std::vector<ScalarChartSeries> series;
    for (const auto& entry : entries) {
      const auto tags = entry.run->tags();
      for (const std::string& tag : tagsFor(names, ScalarSplit::kTraining, tags)) {
        series.push_back({entry.run, tag, entry.label, entry.colorIndex, Role::kLine, 0,
                          entry.run.get() == emphasized, entry.name});
      }
      for (const std::string& tag : tagsFor(names, ScalarSplit::kValidation, tags)) {
        series.push_back({entry.run, tag, tr("%1 · validation").arg(entry.label), entry.colorIndex,
                          Role::kCircles, 0, entry.run.get() == emphasized, entry.name});
      }
    }
    chart->setSeries(std::move(series));
  };
  static const std::vector<std::string> kLoss{"loss"};
  show(kLoss, m_loss);
  show(m_shown == nullptr ? std::span<const std::string>() : m_shown->names, m_metric);

  const auto current = m_selection->current();
  const RunSelection::Entry* entry = current ? m_selection->find(current.get()) : nullptr;
  m_marks.setRun(entry && entry->visible ? current : nullptr);
  m_loss->setMarkedRun(current.get());
  m_metric->setMarkedRun(current.get());
  m_histograms->setRun(current, entry ? entry->colorIndex : 0);
  updateLegend();
}

void TrainingPage::updateMarks() {
  if (!m_marks.poll()) return;
  m_loss->setEpochs(m_marks.epochs());
  m_metric->setEpochs(m_marks.epochs());
  m_loss->setMarks(m_marks.marks());
  // The labels stand once, in the upper chart; the lines run through both.
  auto lines = m_marks.marks();
  for (ChartMark& mark : lines) mark.label.clear();
  m_metric->setMarks(std::move(lines));
}

void TrainingPage::updateLegend() {
  if (m_loss->curves().empty()) {
    m_lossCard->setLegend({});
    return;
  }
  // The topmost curve: the current run's, where that has a loss.
  const int color = m_loss->curves().back()->series().colorIndex;
  std::vector<ChartLegend::Entry> entries{{Sign::kLine, color, tr("training")}};
  if (hasValidation(*m_loss) || hasValidation(*m_metric)) {
    entries.push_back({Sign::kCircle, color, tr("validation")});
  }
  const double smoothing = m_loss->options().smoothing;
  if (smoothing > 0) entries.push_back({Sign::kNone, color, tr("smoothed %1").arg(smoothing)});
  m_lossCard->setLegend(std::move(entries));
}

void TrainingPage::shareOptions(const ScalarChart* from) {
  if (m_sharing) return;
  m_sharing = true;
  ScalarChart* other = from == m_loss ? m_metric : m_loss;
  ScalarChartOptions options = other->options();
  options.smoothing = from->options().smoothing;
  options.xAxis = from->options().xAxis;
  options.xScale = from->options().xScale;
  other->setOptions(options);
  m_sharing = false;
  updateLegend();
}

void TrainingPage::forgetView() {
  ScalarChartOptions options;
  options.smoothing = m_loss->options().smoothing;
  for (ScalarChart* chart : {m_loss, m_metric}) {
    chart->setOptions(options);
    chart->fit();
  }
}

QVariantMap TrainingPage::saveState() const {
  return {{QStringLiteral("loss"), toVariant(m_loss->options())},
          {QStringLiteral("metric"), toVariant(m_metric->options())},
          {QStringLiteral("histogram"), QString::fromStdString(m_histograms->wantedTag())}};
}

void TrainingPage::restoreState(const QVariantMap& state) {
  m_loss->setOptions(optionsFrom(state.value(QStringLiteral("loss")).toMap()));
  auto metric = optionsFrom(state.value(QStringLiteral("metric")).toMap());
  metric.smoothing = m_loss->options().smoothing;
  metric.xAxis = m_loss->options().xAxis;
  metric.xScale = m_loss->options().xScale;
  m_metric->setOptions(metric);
  m_histograms->setWantedTag(state.value(QStringLiteral("histogram")).toString().toStdString());
  updateLegend();
}

}  // namespace widgets
