// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <map>

#include "widgets/cards/chart_groups.h"
#include "widgets/charts/scalar/chart_refresher.h"
#include "widgets/charts/scalar/scalar_chart.h"
#include "widgets/pages/page.h"
#include "widgets/runs/run_selection.h"

namespace widgets {

class ChartLink;
class ScalarCard;
class ScalarsPageBar;

/// A card for every scalar tag of the visible runs, in groups, with one set of chart options for
/// all.
class ScalarsPage : public Page {
  Q_OBJECT

 public:
  /// `selection` outlives the page.
  explicit ScalarsPage(RunSelection* selection, QWidget* parent = nullptr);

  [[nodiscard]] QString id() const override;
  [[nodiscard]] QString title() const override;
  [[nodiscard]] bool shows(const eventio::TagInfo& tag) const override;
  void reveal(const QString& tag) override;
  void refresh() override;
  /// Smoothing, pinned and superimposed cards stay.
  void forgetView() override;
  [[nodiscard]] QVariantMap saveState() const override;
  void restoreState(const QVariantMap& state) override;

  /// Shows only tags in which the expression is found; what does not compile is shown as wrong and
  /// leaves the last filter in force.
  void setFilter(const QString& expression);
  [[nodiscard]] ChartGrid* grid() const { return m_grid; }
  [[nodiscard]] ScalarsPageBar* bar() const { return m_bar; }
  /// Asks on which card the tags are to lie, and puts them there.
  void chooseTarget(const QStringList& tags);
  void setArrangement(const CardArrangement& arrangement);
  [[nodiscard]] const CardArrangement& arrangement() const { return m_arrangement; }

 private:
  [[nodiscard]] QWidget* makeCard(const QString& key);
  [[nodiscard]] std::vector<ScalarCard*> cards() const;
  void keepCard(const QString& key, const ScalarChart& chart);
  [[nodiscard]] bool tagsChanged();
  void collectTags();
  void regroup();
  void applyOptions();

  struct Kept {
    ScalarChartOptions options;
    ScalarChart::View view;
  };

  RunSelection* m_selection;
  ChartLink* m_link;
  ScalarsPageBar* m_bar;
  ChartGrid* m_grid;
  ChartRefresher m_refresher;
  CardArrangement m_arrangement;
  QHash<QString, Kept> m_kept;  // of cards that were out of sight
  QStringList m_tags;
  std::map<const eventio::Run*, std::uint64_t> m_tagsVersions;
  bool m_selectionChanged = true;
};

}  // namespace widgets
