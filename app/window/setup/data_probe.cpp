// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup/data_probe.h"

#include <QMetaObject>
#include <utility>

namespace app {

DataProbe::~DataProbe() {
  m_pool.clear();
  m_pool.waitForDone();
}

void DataProbe::look(const Query& query) {
  if (m_query == query) return;
  m_query = query;
  m_isLooking = true;
  m_pool.clear();
  m_pool.start([this, query] {
    Found found = training::probeDataSet(query.path, query.format, query.targets);
    QMetaObject::invokeMethod(
        this, [this, query, found = std::move(found)]() mutable { take(query, std::move(found)); },
        Qt::QueuedConnection);
  });
}

void DataProbe::clear() {
  m_query.reset();
  m_result.reset();
  m_isLooking = false;
}

void DataProbe::take(const Query& query, Found found) {
  if (!m_isLooking || m_query != query) return;
  m_isLooking = false;
  m_result = std::move(found);
  emit this->found();
}

}  // namespace app
