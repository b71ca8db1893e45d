// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>
#include <optional>
#include <string>

#include "eventio/base/result.h"
#include "training/data/data_set.h"

namespace app {

/// Looks at a data set for the set-up form (probeDataSet()) on a thread, for disks can be slow. UI
/// thread.
class DataProbe : public QObject {
  Q_OBJECT

 public:
  struct Query {
    std::string path;
    std::string format;
    training::TargetKind targets = training::TargetKind::kAuto;
    friend bool operator==(const Query&, const Query&) = default;
  };
  using Found = eventio::Result<training::DataSetPlace>;

  explicit DataProbe(QObject* parent = nullptr) : QObject(parent) {}
  /// Waits for a look in hand, which is bounded (DataSource::probe()).
  ~DataProbe() override;

  /// Begins to look unless this is what was looked at last; found() follows.
  void look(const Query& query);
  /// Looks again, whatever was looked at last.
  void forget() { m_query.reset(); }
  /// Nothing to look at: found() of an earlier look is not sent any more.
  void clear();
  [[nodiscard]] bool isLooking() const { return m_isLooking; }
  /// Of the newest look that has ended; kept while the next one is on its way.
  [[nodiscard]] const std::optional<Found>& result() const { return m_result; }

 signals:
  void found();

 private:
  void take(const Query& query, Found found);

  std::optional<Query> m_query;
  std::optional<Found> m_result;
  bool m_isLooking = false;
  QThreadPool m_pool;
};

}  // namespace app
