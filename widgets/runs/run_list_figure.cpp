// SPDX-License-Identifier: GPL-3.0-or-later
// The run list's choice of the number beside the runs.
#include <QActionGroup>
#include <QMenu>
#include <QSet>
#include <QToolButton>
#include <algorithm>
#include <map>

#include "widgets/runs/chart_order.h"
#include "widgets/runs/run_list.h"
#include "widgets/runs/run_list_model.h"
#include "widgets/style/display_name.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

/// More tags than these stand in a menu for each group.
constexpr int kMaxInOneMenu = 20;

const QStringList& kindWords() {
  static const QStringList kWords{QStringLiteral("last"), QStringLiteral("lowest"),
                                  QStringLiteral("highest")};
  return kWords;
}

QString kindText(RunFigure::Kind kind) {
  switch (kind) {
    case RunFigure::Kind::kLowest:
      return RunList::tr("lowest");
    case RunFigure::Kind::kHighest:
      return RunList::tr("highest");
    case RunFigure::Kind::kLast:
      break;
  }
  return RunList::tr("last");
}

}  // namespace

void RunList::showFigure() {
  const QString tag = displayName(m_model->figureTag());
  m_figure->setVisible(m_model->hasFigure());
  const QString kind = kindText(m_model->figure().kind);
  const QString whole = QStringLiteral("%1 · %2").arg(tag, kind);
  const QFontMetrics metrics(m_figure->font());
  const QString arrow = QStringLiteral(" ▾");
  const int room =
      width() - scaled(32) - metrics.horizontalAdvance(QStringLiteral(" · ") + kind + arrow);
  m_figure->setText(QStringLiteral("%1 · %2%3")
                        .arg(metrics.elidedText(tag, Qt::ElideMiddle, std::max(room, scaled(30)))
                                 .replace('&', "&&"),
                             kind, arrow));
  m_figure->setToolTip(tr("The number beside a run: %1. Click to choose another").arg(whole));
  m_figure->setAccessibleName(tr("Number beside a run: %1").arg(whole));
}

void RunList::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  showFigure();
}

void RunList::fillFigureMenu() {
  QMenu* menu = m_figure->menu();
  menu->clear();
  auto* kinds = new QActionGroup(menu);
  for (const auto kind :
       {RunFigure::Kind::kLast, RunFigure::Kind::kLowest, RunFigure::Kind::kHighest}) {
    QString text = kindText(kind);
    text[0] = text[0].toUpper();
    QAction* action = menu->addAction(text, this, [this, kind] {
      m_model->setFigure({m_model->figure().tag, kind});
    });
    action->setCheckable(true);
    action->setChecked(m_model->figure().kind == kind);
    kinds->addAction(action);
  }
  menu->addSeparator();
  addTagActions(menu);
}

void RunList::addTagActions(QMenu* menu) {
  std::map<QString, std::vector<QString>, NaturalOrder> groups;
  QSet<QString> known;
  for (const auto& entry : m_selection->entries()) {
    for (const auto& info : entry.run->tags()) {
      const QString tag = QString::fromStdString(info.tag);
      if (info.kind != eventio::TagKind::kScalar || known.contains(tag)) continue;
      known.insert(tag);
      groups[tag.contains('/') ? tag.section('/', 0, 0) : QString()].push_back(tag);
    }
  }
  auto* tags = new QActionGroup(menu);
  const auto add = [&](QMenu* to, const QString& text, const std::string& tag) {
    QAction* action = to->addAction(displayName(text).replace('&', "&&"), this, [this, tag] {
      m_model->setFigure({tag, m_model->figure().kind});
    });
    action->setCheckable(true);
    action->setChecked(m_model->figure().tag == tag);
    tags->addAction(action);
  };
  add(menu, tr("Automatic: what most runs have"), {});
  for (auto& [group, members] : groups) {
    std::sort(members.begin(), members.end(), naturalLess);
    const bool isOwnMenu = known.size() > kMaxInOneMenu && members.size() > 1 && !group.isEmpty();
    QMenu* to = isOwnMenu ? menu->addMenu(displayName(group).replace('&', "&&")) : menu;
    for (const QString& tag : members) {
      add(to, isOwnMenu ? tag.section('/', 1) : tag, tag.toStdString());
    }
  }
}

QVariantMap RunList::saveState() const {
  return {{QStringLiteral("tag"), QString::fromStdString(m_model->figure().tag)},
          {QStringLiteral("kind"), kindWords().at(static_cast<int>(m_model->figure().kind))}};
}

void RunList::restoreState(const QVariantMap& state) {
  const auto kind = kindWords().indexOf(state.value(QStringLiteral("kind")).toString());
  m_model->setFigure({state.value(QStringLiteral("tag")).toString().toStdString(),
                      static_cast<RunFigure::Kind>(std::max<qsizetype>(0, kind))});
}

}  // namespace widgets
