// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "eventio/data/run_store.h"
#include "widgets/histograms/histogram_axis.h"
#include "widgets/histograms/histogram_reading.h"

namespace widgets {

/// The histograms of one tag of a run, as pictures need them: of every step what the run keeps
/// (step, time, percentiles), of up to kMaxShown of them and the selected one the counts in 30
/// shared bins.
///
/// Of more than kMaxShown visible steps every 2nd, 4th, 8th, ... is shown and the newest, so that
/// a run that grows does not change which ones. What is not in memory is read from its file by
/// another thread; until then bins() has none, or those of the last range. UI thread; it never
/// waits.
class HistogramSeries {
 public:
  static constexpr int kBins = HistogramAxis::kBins;
  static constexpr std::size_t kMaxShown = 1024;

  HistogramSeries(std::shared_ptr<eventio::Run> run, std::string tag);
  ~HistogramSeries();
  HistogramSeries(const HistogramSeries&) = delete;
  HistogramSeries& operator=(const HistogramSeries&) = delete;

  [[nodiscard]] const std::shared_ptr<eventio::Run>& run() const { return m_run; }
  [[nodiscard]] const std::string& tag() const { return m_tag; }

  /// Takes over what is new, or was read; true when there is something.
  bool poll();

  /// All of them, without their values.
  [[nodiscard]] const std::vector<eventio::HistogramPoint>& points() const { return m_points; }
  [[nodiscard]] bool empty() const { return m_points.empty(); }
  /// Those that pictures show, by step.
  [[nodiscard]] const std::vector<std::size_t>& shown() const { return m_shown; }
  /// Counts of histogram `index`; null while they are not known.
  [[nodiscard]] const BinnedHistogram* bins(std::size_t index) const;
  /// Grows when a picture would change.
  [[nodiscard]] std::uint64_t revision() const { return m_revision; }
  /// Histograms are being read.
  [[nodiscard]] bool isReading() const { return m_reading != nullptr; }
  /// Why some could not be read, empty when all could. They are tried again every few seconds.
  [[nodiscard]] const eventio::Message& failure() const { return m_failure; }

  /// The values that are shown: chosen by zooming, else by histogramRange() of the visible steps.
  [[nodiscard]] const HistogramAxis& axis() const { return m_axis; }
  [[nodiscard]] double lower() const { return m_axis.range().lower; }
  [[nodiscard]] double upper() const { return m_axis.range().upper; }
  /// The steps that are visible, at least one apart: chosen by zooming, else all.
  [[nodiscard]] AxisRange stepRange() const;

  /// Zooms; a range that is too narrow or too wide to be drawn is passed over.
  void zoomValues(const AxisRange& range);
  void zoomSteps(const AxisRange& range);
  void fit();
  [[nodiscard]] bool isZoomed() const { return m_valueZoom || m_stepZoom; }
  /// A histogram that is shown whatever the others are.
  void setSelected(std::size_t index);

 private:
  struct Entry {
    BinnedHistogram bins;
    bool isExact = false;   // not derived from bins over another range
    bool isFailed = false;  // to be read
  };

  bool takeFresh();
  bool takeRead();
  void clear();
  [[nodiscard]] bool isVisible(const eventio::HistogramPoint& point) const;
  void arrange();
  void chooseShown();
  void chooseAxis();
  void fillBins();

  std::shared_ptr<eventio::Run> m_run;
  std::string m_tag;
  std::uint64_t m_version = 0;
  std::uint64_t m_tagsVersion = 0;
  std::vector<eventio::HistogramPoint> m_points;
  std::int64_t m_firstStep = 0, m_lastStep = 0;
  std::vector<std::size_t> m_shown;
  std::size_t m_selected = 0;
  std::unordered_map<std::size_t, Entry> m_bins;
  HistogramAxis m_axis;
  std::optional<AxisRange> m_valueZoom, m_stepZoom;
  bool m_axisIsStale = true;
  std::size_t m_axisPoints = 0;  // when the axis was chosen
  bool m_changed = false;        // by zooming or selecting, since the last poll
  std::uint64_t m_revision = 0;
  std::shared_ptr<HistogramReading> m_reading;
  eventio::Message m_failure;
  bool m_hasFailed = false;
  QElapsedTimer m_failedSince;
};

}  // namespace widgets
