// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <unordered_map>
#include <vector>

#include "widgets/runs/run_figure.h"
#include "widgets/runs/run_selection.h"

namespace widgets {

/// The runs of a selection that pass its filter, in the selection's order.
///
/// Values are read from a run only when a view asks for its row, so a thousand runs cost no more
/// than what is on the screen.
class RunListModel : public QAbstractListModel {
  Q_OBJECT

 public:
  enum Role {
    kColorRole = Qt::UserRole,  ///< QColor
    kStyleRole,                 ///< int, for runColor() and runDashes()
    kVisibleRole,               ///< bool
    kCurrentRole,               ///< bool
    kLiveRole,                  ///< bool
    kTroubledRole,              ///< bool, live and gone wrong
    kDamagedRole,               ///< bool
    kValueRole                  ///< QString, the figure in force; empty where the run has none
  };

  /// `selection` must outlive the model.
  explicit RunListModel(RunSelection* selection, QObject* parent = nullptr);

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

  void setFigure(const RunFigure& figure);
  [[nodiscard]] const RunFigure& figure() const { return m_figure; }
  /// The tag whose value stands beside the runs, where there is one.
  [[nodiscard]] const std::string& figureTag() const;
  /// False when no run has scalars.
  [[nodiscard]] bool hasFigure() const { return !figureTag().empty(); }
  /// Looks for the tag that most runs have in common; does a bounded amount of work.
  void collectTags();

  [[nodiscard]] const RunSelection::Entry* entry(int row) const;
  [[nodiscard]] int rowOf(const eventio::Run* run) const;
  /// Announces new values of rows first to last.
  void refreshRows(int first, int last);

 signals:
  /// Another tag, or another kind of value, stands beside the runs.
  void figureChanged();

 private:
  [[nodiscard]] int count() const { return static_cast<int>(m_rows.size()); }
  struct Value {
    std::uint64_t version = 0;
    std::string tag;
    QString text;
    bool damaged = false;
  };

  void rebuild();
  void removeOldRows(const std::unordered_map<const eventio::Run*, std::size_t>& places);
  void insertNewRows(const std::vector<std::size_t>& rows);
  [[nodiscard]] const Value& valueOf(const eventio::Run& run) const;
  [[nodiscard]] QString toolTip(const RunSelection::Entry& entry) const;

  RunSelection* m_selection;
  RunFigure m_figure;
  HeadlineTags m_headlines;
  std::size_t m_nextRun = 0;
  std::vector<std::size_t> m_rows;             // indices into the selection's entries
  std::vector<const eventio::Run*> m_rowRuns;  // the runs there, to find them after a change
  mutable std::unordered_map<const eventio::Run*, Value> m_values;
};

}  // namespace widgets
