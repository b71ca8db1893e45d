// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "widgets/cards/chart_card.h"
#include "widgets/runs/run_selection.h"
#include "widgets/text/text_document.h"
#include "widgets/text/text_series.h"

class QSlider;

namespace widgets {

class TextView;

/// A card with what the shown runs wrote under one tag, one section a run, and a slider over the
/// steps where there are several: the newest at first, and followed there.
class TextCard : public ChartCard {
  Q_OBJECT

 public:
  /// Runs with the tag beyond so many are counted, not shown.
  static constexpr std::size_t kMaxRuns = 24;
  /// Texts of one step of one run beyond so many are counted, not shown.
  static constexpr std::size_t kMaxTexts = 20;

  TextCard(std::string tag, const QString& title, QWidget* parent = nullptr);

  /// Those of the runs that have the tag are shown, in this order.
  void setRuns(const std::vector<RunSelection::Entry>& runs);
  void setMarkdown(bool markdown);
  /// Takes over what is new in the runs; a card that is not seen does nothing.
  void refresh();

  /// Each run is shown at its last step that is not above this one; none: the newest. Drawn by the
  /// next refresh().
  void showStep(std::optional<std::int64_t> step);
  [[nodiscard]] std::optional<std::int64_t> step() const { return m_step; }
  [[nodiscard]] TextView* view() const { return m_view; }
  [[nodiscard]] QSlider* slider() const { return m_slider; }

 signals:
  /// The height at which all of the text is seen, up to a limit.
  void wantedHeightChanged(int height);

 protected:
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  struct Shown {
    RunSelection::Entry entry;
    TextSeries series;
  };

  void collectSteps();
  void render();
  [[nodiscard]] TextSection sectionOf(const Shown& shown) const;
  void showSubtitle();
  void announceHeight();

  std::string m_tag;
  std::vector<Shown> m_shown;
  std::size_t m_leftOut = 0;          // runs
  std::vector<std::int64_t> m_steps;  // of all shown runs, sorted
  std::optional<std::int64_t> m_step;
  TextDocumentOptions m_options;
  TextView* m_view;
  QSlider* m_slider;
  bool m_isDirty = true;
};

}  // namespace widgets
