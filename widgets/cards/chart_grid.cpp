// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/cards/chart_grid.h"

#include <QEvent>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QSet>
#include <QToolButton>
#include <algorithm>
#include <utility>

#include "widgets/style/display_name.h"
#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

int gap() {
  return scaled(12);
}
int headerHeight() {
  return scaled(28);
}

}  // namespace

ChartGrid::ChartGrid(Factory factory, QWidget* parent)
    : QScrollArea(parent),
      m_factory(std::move(factory)),
      m_content(new QWidget),
      m_emptyAction(new QPushButton(viewport())),
      m_leastCardWidth(scaled(340)),
      m_cardHeight(scaled(236)) {
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setWidget(m_content);
  verticalScrollBar()->setSingleStep(scaled(40));
  connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &ChartGrid::updateCards);
  m_emptyAction->setObjectName(QStringLiteral("emptyAction"));
  m_emptyAction->hide();
  connect(m_emptyAction, &QPushButton::clicked, this, &ChartGrid::emptyActionRequested);
}

void ChartGrid::setCardSize(int leastWidth, int height) {
  m_leastCardWidth = leastWidth;
  m_cardHeight = height;
  layOut();
}

void ChartGrid::setCardHeight(const QString& key, int height) {
  if (m_heights.value(key, m_cardHeight) == height) return;
  const auto topOf = [this](const QString& card) {
    const auto it = std::find_if(m_places.begin(), m_places.end(),
                                 [&card](const Place& place) { return place.key == card; });
    return it == m_places.end() ? 0 : it->rect.top();
  };
  // The first card that begins in view keeps its place.
  const int top = verticalScrollBar()->value();
  const auto first = std::find_if(m_places.begin(), m_places.end(),
                                  [top](const Place& place) { return place.rect.top() >= top; });
  const QString anchor = first == m_places.end() ? QString() : first->key;
  const int before = topOf(anchor);
  m_heights[key] = height;
  layOut();
  if (!anchor.isEmpty() && top > 0) verticalScrollBar()->setValue(top + topOf(anchor) - before);
}

void ChartGrid::setGroups(std::vector<Group> groups) {
  if (groups == m_groups) return;
  m_groups = std::move(groups);
  layOut();
}

void ChartGrid::setEmptyText(const QString& text, const QString& action) {
  m_emptyText = text;
  m_emptyAction->setText(action);
  placeEmptyAction();
  viewport()->update();
}

void ChartGrid::placeEmptyAction() {
  m_emptyAction->setVisible(m_groups.empty() && !m_emptyAction->text().isEmpty());
  m_emptyAction->raise();
  const QSize size = m_emptyAction->sizeHint();
  const QPoint middle = viewport()->rect().center();
  m_emptyAction->setGeometry(
      QRect(QPoint(middle.x() - size.width() / 2, middle.y() + scaled(20)), size));
}

void ChartGrid::setCollapsed(const QString& title, bool collapsed) {
  if (m_collapsed.value(title) == collapsed) return;
  m_collapsed[title] = collapsed;
  layOut();
  emit collapsedChanged();
}

void ChartGrid::setOpenForFilter(bool isFiltered) {
  if (isFiltered) {
    if (!m_collapsedUnfiltered) m_collapsedUnfiltered = m_collapsed;
    m_collapsed.clear();
  } else if (m_collapsedUnfiltered) {
    m_collapsed = *std::exchange(m_collapsedUnfiltered, std::nullopt);
  }
  layOut();
}

QStringList ChartGrid::collapsedTitles() const {
  const QHash<QString, bool>& collapsed = m_collapsedUnfiltered.value_or(m_collapsed);
  QStringList titles;
  for (auto it = collapsed.begin(); it != collapsed.end(); ++it) {
    if (it.value()) titles.append(it.key());
  }
  titles.sort();
  return titles;
}

void ChartGrid::setCollapsedTitles(const QStringList& titles) {
  QHash<QString, bool>& collapsed = m_collapsedUnfiltered ? *m_collapsedUnfiltered : m_collapsed;
  collapsed.clear();
  for (const QString& title : titles) collapsed[title] = true;
  layOut();
}

QToolButton* ChartGrid::header(const Group& group) {
  QToolButton*& button = m_headers[group.title];
  if (!button) {
    button = new QToolButton(m_content);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setFont(themeFont(13, QFont::DemiBold));
    connect(button, &QToolButton::clicked, this,
            [this, title = group.title] { setCollapsed(title, !m_collapsed.value(title)); });
  }
  const bool collapsed = m_collapsed.value(group.title);
  button->setArrowType(collapsed ? Qt::RightArrow : Qt::DownArrow);
  const QString name = displayName(group.title);
  const int room = viewport()->width() - 2 * gap() - scaled(80);
  const QString shown = button->fontMetrics().elidedText(name, Qt::ElideMiddle, room);
  const QString help = tr("Open or close this group");
  button->setToolTip(shown == name ? help : help + '\n' + name);
  button->setText(QStringLiteral("%1  %2")
                      .arg(shown)
                      .arg(countText(static_cast<qint64>(group.keys.size())))
                      .replace('&', QStringLiteral("&&")));
  return button;
}

void ChartGrid::layOut() {
  const int width = viewport()->width() - 2 * gap();
  const int columns = std::max(1, (width + gap()) / (m_leastCardWidth + gap()));
  const int cardWidth = (width - (columns - 1) * gap()) / columns;
  m_places.clear();
  QSet<QString> titles;
  int y = gap();
  for (const Group& group : m_groups) {
    titles.insert(group.title);
    QToolButton* button = header(group);
    const int buttonWidth = std::min(button->sizeHint().width(), width);
    button->setGeometry(gap(), y, buttonWidth, headerHeight());
    button->show();
    y += headerHeight() + scaled(4);
    if (m_collapsed.value(group.title)) continue;
    int rowHeight = 0;
    for (std::size_t i = 0; i < group.keys.size(); ++i) {
      const int column = static_cast<int>(i) % columns;
      const int height = m_heights.value(group.keys[i], m_cardHeight);
      rowHeight = std::max(rowHeight, height);
      m_places.push_back(
          {group.keys[i], QRect(gap() + column * (cardWidth + gap()), y, cardWidth, height)});
      if (column == columns - 1 || i + 1 == group.keys.size()) {
        y += std::exchange(rowHeight, 0) + gap();
      }
    }
  }
  for (auto it = m_headers.begin(); it != m_headers.end();) {
    if (titles.contains(it.key())) {
      ++it;
    } else {
      it.value()->deleteLater();
      it = m_headers.erase(it);
    }
  }
  m_content->resize(viewport()->width(), m_groups.empty() ? 0 : std::max(y, 1));
  placeEmptyAction();
  updateCards();
  updateTabOrder();  // of the headings, where no card came
}

void ChartGrid::updateCards() {
  const int top = verticalScrollBar()->value();
  const int height = viewport()->height();
  const QRect wanted(0, top - height / 4, m_content->width(), height + height / 2);
  const QRect kept = wanted.adjusted(0, -height, 0, height);
  QSet<QString> stays;
  bool isNew = false;
  for (const Place& place : m_places) {
    QWidget* card = m_cards.value(place.key);
    if (card ? !kept.intersects(place.rect) : !wanted.intersects(place.rect)) continue;
    stays.insert(place.key);
    if (!card) {
      card = m_factory(place.key);
      card->setParent(m_content);
      m_cards.insert(place.key, card);
      isNew = true;
    }
    card->setGeometry(place.rect);
    card->show();
  }
  for (auto it = m_cards.begin(); it != m_cards.end();) {
    if (stays.contains(it.key())) {
      ++it;
      continue;
    }
    // Qt would give the focus to another card, and scroll back to that.
    if (it.value()->isAncestorOf(focusWidget())) setFocus();
    it.value()->hide();
    if (m_keepCards) {
      ++it;
      continue;
    }
    emit cardGoes(it.key(), it.value());
    it.value()->deleteLater();
    it = m_cards.erase(it);
  }
  if (isNew) updateTabOrder();
}

/// Cards come into being as the page scrolls: Tab goes through them as they stand.
void ChartGrid::updateTabOrder() {
  QWidget* last = this;
  const auto append = [&last](QWidget* widget) {
    if ((widget->focusPolicy() & Qt::TabFocus) == 0) return;
    setTabOrder(last, widget);
    last = widget;
  };
  auto place = m_places.begin();
  for (const Group& group : m_groups) {
    append(m_headers.value(group.title));
    if (m_collapsed.value(group.title)) continue;
    for (std::size_t i = 0; i < group.keys.size(); ++i, ++place) {
      QWidget* card = m_cards.value(place->key);
      if (!card) continue;
      for (QWidget* child : card->findChildren<QWidget*>()) append(child);
    }
  }
}

void ChartGrid::reveal(const QString& key) {
  const auto it = std::find_if(m_places.begin(), m_places.end(),
                               [&key](const Place& place) { return place.key == key; });
  if (it == m_places.end()) return;
  verticalScrollBar()->setValue(it->rect.top() - gap());
}

void ChartGrid::scrollToFirst() {
  verticalScrollBar()->setValue(0);
}

void ChartGrid::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  layOut();
}

bool ChartGrid::viewportEvent(QEvent* event) {
  const bool handled = QScrollArea::viewportEvent(event);
  if (event->type() == QEvent::Paint && m_groups.empty() && !m_emptyText.isEmpty()) {
    QPainter painter(viewport());
    painter.setFont(themeFont(13));
    painter.setPen(theme().muted);
    painter.drawText(viewport()->rect().adjusted(gap(), gap(), -gap(), -gap()),
                     Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
  }
  return handled;
}

}  // namespace widgets
