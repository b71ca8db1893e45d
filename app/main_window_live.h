// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "eventio/run_store.h"
#include "widgets/event_list.h"

namespace app {

/// Reads out of the live run what the recorder wrote for people: changes, checkpoints, alerts,
/// phases, and each best validation accuracy. UI thread.
class LiveRunWatch : public QObject {
  Q_OBJECT

 public:
  using QObject::QObject;

  /// Watches another run from now on. What a run that is continued holds already is not told again.
  void watch(std::shared_ptr<eventio::Run> run, bool continued);
  [[nodiscard]] const std::shared_ptr<eventio::Run>& run() const { return m_run; }
  /// Tells what is new. Cheap when nothing is.
  void poll();

 signals:
  void happened(const widgets::EventEntry& entry);

 private:
  static constexpr std::size_t kKinds = 4;

  /// What came to a tag since the last call; a run that went back has lost what came after.
  [[nodiscard]] std::vector<eventio::TextPoint> newTexts(std::size_t kind);
  void tellTexts(std::size_t kind);
  void tellBest();
  void tell(widgets::Severity severity, const QString& text, std::int64_t step);

  std::shared_ptr<eventio::Run> m_run;
  std::uint64_t m_version = 0;
  std::array<std::vector<double>, kKinds> m_told;  // wall times of the texts
  std::size_t m_epochsTold = 0;
  double m_best = 0;
};

}  // namespace app
