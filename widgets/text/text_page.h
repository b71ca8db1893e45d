// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "widgets/pages/page.h"
#include "widgets/runs/run_selection.h"

class QCheckBox;

namespace widgets {

class ChartGrid;
class FilterField;
class TextCard;

/// A card for every text tag of the shown runs, in groups. The recorder's own texts
/// (`traindeck/...`), which are marks and events elsewhere, are left out; an empty page says so.
class TextPage : public Page {
  Q_OBJECT

 public:
  /// `selection` outlives the page.
  explicit TextPage(RunSelection* selection, QWidget* parent = nullptr);
  ~TextPage() override;

  [[nodiscard]] QString id() const override;
  [[nodiscard]] QString title() const override;
  [[nodiscard]] bool shows(const eventio::TagInfo& tag) const override;
  void reveal(const QString& tag) override;
  void refresh() override;
  void forgetView() override;
  [[nodiscard]] QVariantMap saveState() const override;
  void restoreState(const QVariantMap& state) override;

  /// Shows only tags in which the expression is found; what does not compile is shown as wrong and
  /// leaves the last filter in force.
  void setFilter(const QString& expression);
  [[nodiscard]] ChartGrid* grid() const { return m_grid; }
  /// The card of a tag, where it is near enough to what is seen to exist.
  [[nodiscard]] TextCard* card(const QString& tag) const;

 private:
  [[nodiscard]] QWidget* makeBar();
  [[nodiscard]] QWidget* makeCard(const QString& key);
  [[nodiscard]] std::vector<TextCard*> cards() const;
  [[nodiscard]] bool tagsChanged();
  void collectTags();
  void regroup();
  [[nodiscard]] QString emptyText() const;

  RunSelection* m_selection;
  FilterField* m_filter = nullptr;
  QCheckBox* m_markdown = nullptr;
  ChartGrid* m_grid;
  QHash<QString, std::optional<std::int64_t>> m_keptSteps;  // of cards that were out of sight
  QHash<QString, QString> m_tagOfName;  // names without what tensorboardX appends
  std::map<const eventio::Run*, std::uint64_t> m_tagsVersions;
  bool m_hasOwnTexts = false;  // a shown run has texts that are left out
  bool m_selectionChanged = true;
};

}  // namespace widgets
