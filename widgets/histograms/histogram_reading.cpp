// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/histograms/histogram_reading.h"

#include <QThreadPool>

#include "eventio/decode/stored_values.h"

namespace widgets {

std::shared_ptr<HistogramReading> HistogramReading::start(std::shared_ptr<eventio::Run> run,
                                                          std::string tag,
                                                          std::vector<Wanted> wanted,
                                                          const AxisRange& range, int bins) {
  auto reading = std::make_shared<HistogramReading>();
  reading->m_wanted = std::move(wanted);
  reading->m_range = range;
  QThreadPool::globalInstance()->start([reading, run = std::move(run), tag = std::move(tag), bins] {
    reading->read(*run, tag, bins);
    reading->m_done.store(true, std::memory_order_release);
  });
  return reading;
}

void HistogramReading::read(const eventio::Run& run, const std::string& tag, int bins) {
  m_results.resize(m_wanted.size());
  for (std::size_t i = 0; i < m_wanted.size() && !m_cancelled.load(); ++i) {
    const auto histogram = eventio::readHistogram(run, tag, m_wanted[i].point);
    if (histogram) {
      m_results[i] = rebin(**histogram, m_range, bins);
    } else if (m_failure.empty()) {
      m_failure = histogram.error().message;
    }
  }
}

}  // namespace widgets
