// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QRegularExpression>
#include <unordered_map>
#include <vector>

#include "widgets/run_selection.h"

namespace widgets {

/// The runs of a selection that pass the filter, in the selection's order.
///
/// Values are read from a run only when a view asks for its row, so a thousand runs cost no more
/// than what is on the screen.
class RunListModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role {
    kColorRole = Qt::UserRole,  ///< QColor
    kVisibleRole,               ///< bool
    kCurrentRole,               ///< bool
    kLiveRole,
    kTroubledRole,  ///< bool
    kDamagedRole,   ///< bool
    kValueRole      ///< QString, the last loss, empty without one
  };

  /// `selection` must outlive the model.
  explicit RunListModel(RunSelection* selection, QObject* parent = nullptr);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

  /// Shows the runs whose label holds a match, whatever its case. Returns what is wrong with the
  /// pattern, empty when it is in force; a bad pattern leaves the old one in force.
  QString setFilter(const QString& pattern);

  [[nodiscard]] const RunSelection::Entry* entry(int row) const;
  [[nodiscard]] int rowOf(const eventio::Run* run) const;
  /// Announces new values of rows first to last.
  void refreshRows(int first, int last);

 private:
  struct Value {
    std::uint64_t version = 0;
    std::uint64_t tagsVersion = 0;
    std::string tag;
    QString text;
    bool damaged = false;
  };

  void rebuild();
  [[nodiscard]] const Value& valueOf(const eventio::Run& run) const;
  [[nodiscard]] QString toolTip(const RunSelection::Entry& entry) const;

  RunSelection* m_selection;
  QRegularExpression m_filter;
  std::vector<std::size_t> m_rows;  // indices into the selection's entries
  mutable std::unordered_map<const eventio::Run*, Value> m_values;
};

/// The tag that stands for how good a run is: a validation loss, else a training loss, else the
/// first scalar; empty when there is none.
[[nodiscard]] std::string headlineTag(const std::vector<eventio::TagInfo>& tags);

}  // namespace widgets
