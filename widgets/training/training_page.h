// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "widgets/charts/curves/scalar_tags.h"
#include "widgets/charts/run_marks.h"
#include "widgets/charts/scalar/chart_refresher.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_selection.h"

class QPushButton;
class QStackedLayout;

namespace widgets {

class ChartCard;
class ChartLink;
class HistogramPair;
class ScalarChart;

/// A metric that runs may be judged by.
struct TrainingMetric {
  QString title;                   ///< "RMSE"
  QString unit;                    ///< of its values
  std::vector<std::string> names;  ///< in tags, likeliest first
};

/// Loss above one metric of the visible runs on one step axis, with the current run's epochs and
/// marks, and the histograms of one of its parameters below. The metric is the current run's: the
/// first of the list that the run logs, or says in its hyper-parameters that it will log. Where no
/// run is current, the first visible one counts. Without any run the page says what to do.
class TrainingPage : public Page {
  Q_OBJECT

 public:
  /// `selection` outlives the page. `metrics`: in the order in which they are looked for.
  explicit TrainingPage(RunSelection* selection, std::vector<TrainingMetric> metrics = {},
                        QWidget* parent = nullptr);

  [[nodiscard]] QString id() const override;
  [[nodiscard]] QString title() const override;
  void refresh() override;
  void forgetView() override;
  [[nodiscard]] QVariantMap saveState() const override;
  void restoreState(const QVariantMap& state) override;

  /// A training of this process is under way: its charts stand ready before the first point.
  void setLiveActive(bool live);
  /// What can be done about a mark of a run, as a command of the charts' menus; empty: nothing.
  void setMarkAction(std::function<QString(const eventio::Run&, const ChartMark&)> textOf);
  /// Why nothing can be started, for the button of the empty page; empty when it can.
  void setStartProblem(const QString& reason);

  [[nodiscard]] ScalarChart* lossChart() const { return m_loss; }
  [[nodiscard]] ScalarChart* metricChart() const { return m_metric; }
  [[nodiscard]] HistogramPair* histograms() const { return m_histograms; }
  [[nodiscard]] bool isShowingEmptyState() const;

 signals:
  void markActionRequested(const widgets::ChartMark& mark);
  void startRequested();
  void openRequested();

 private:
  [[nodiscard]] QWidget* makeEmptyState();
  [[nodiscard]] QWidget* makeCharts();
  ChartCard* makeCard(const QString& title, const QString& subtitle, ScalarChart* chart);
  [[nodiscard]] bool tagsChanged();
  void updateSeries();
  [[nodiscard]] const TrainingMetric* metricOf(const eventio::Run& run) const;
  void chooseMetric();
  void updateTexts();
  void updateMarks();
  void updateLegend();
  void shareOptions(const ScalarChart* from);

  RunSelection* m_selection;
  std::vector<TrainingMetric> m_metrics;
  const TrainingMetric* m_shown = nullptr;  ///< of m_metrics; null: no run has had one yet
  ChartLink* m_link;
  QStackedLayout* m_pages = nullptr;
  QWidget* m_empty = nullptr;
  QPushButton* m_start = nullptr;
  QWidget* m_charts = nullptr;
  ScalarChart* m_loss = nullptr;
  ScalarChart* m_metric = nullptr;
  ChartCard* m_lossCard = nullptr;
  ChartCard* m_metricCard = nullptr;
  HistogramPair* m_histograms = nullptr;
  ChartRefresher m_refresher;
  RunMarks m_marks;
  std::map<const eventio::Run*, std::uint64_t> m_tagsVersions;
  bool m_selectionChanged = true;
  bool m_live = false;
  bool m_sharing = false;
};

}  // namespace widgets
