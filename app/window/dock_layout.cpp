// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/dock_layout.h"

#include <QAction>
#include <QDockWidget>
#include <QEvent>
#include <QMainWindow>
#include <QTimer>
#include <algorithm>

#include "widgets/style/theme.h"

namespace app {
namespace {

using widgets::scaled;

/// What a dock may take of a window that is smaller than when its size was chosen.
constexpr double kShareOfWidth = 0.23;
constexpr double kShareOfHeight = 0.09;
/// A window at least as wide as this has room for the first sizes.
constexpr double kRoomyWidth = 1200;
constexpr double kRoomyHeight = 640;
const QString kChoice = QStringLiteral("set-up");
const QString kOpen = QStringLiteral("open");
const QString kClosed = QStringLiteral("closed");

}  // namespace

DockLayout::DockLayout(QMainWindow* window, QList<Dock> docks, QDockWidget* folding)
    : QObject(window), m_window(window), m_docks(std::move(docks)), m_folding(folding) {
  for (const Dock& each : m_docks) m_wanted[each.dock] = {each.size, 0};
  m_window->installEventFilter(this);
  connect(m_folding->toggleViewAction(), &QAction::triggered, this, [this](bool open) {
    m_choice = open ? Choice::kOpen : Choice::kClosed;
    schedule();
  });
  for (const Dock& each : m_docks) {
    connect(each.dock, &QDockWidget::dockLocationChanged, this, &DockLayout::schedule);
    connect(each.dock, &QDockWidget::topLevelChanged, this, &DockLayout::schedule);
  }
}

void DockLayout::foldUnneeded(bool unneeded) {
  if (unneeded == m_isUnneeded) return;
  m_isUnneeded = unneeded;
  applyFold();
  schedule();
}

void DockLayout::open() {
  m_choice = Choice::kOpen;
  applyFold();
  schedule();
}

void DockLayout::reset() {
  m_choice = Choice::kNone;
  for (const Dock& each : m_docks) {
    m_wanted[each.dock] = {each.size, 0};
    each.dock->setFloating(false);
    each.dock->show();
  }
  apply();
}

bool DockLayout::isOf(const QDockWidget* dock, Qt::Orientation orientation) const {
  const Qt::DockWidgetArea area = m_window->dockWidgetArea(const_cast<QDockWidget*>(dock));
  const bool isAtSide = area == Qt::LeftDockWidgetArea || area == Qt::RightDockWidgetArea;
  return isAtSide == (orientation == Qt::Horizontal);
}

int DockLayout::extentOf(const QDockWidget* dock) const {
  return isOf(dock, Qt::Horizontal) ? dock->width() : dock->height();
}

int DockLayout::windowExtent(Qt::Orientation orientation) const {
  return orientation == Qt::Horizontal ? m_window->width() : m_window->height();
}

void DockLayout::schedule() {
  if (m_isScheduled) return;
  m_isScheduled = true;
  // The window's own layout comes first.
  QTimer::singleShot(0, this, [this] {
    m_isScheduled = false;
    apply();
  });
}

void DockLayout::apply() {
  if (!m_window->isVisible()) return;
  applyFold();
  applySizes(Qt::Horizontal);
  applySizes(Qt::Vertical);
}

void DockLayout::applyFold() {
  const bool isNarrow = m_window->width() < scaled(kNarrow);
  const bool isFolded =
      m_choice == Choice::kClosed || (m_choice == Choice::kNone && (isNarrow || m_isUnneeded));
  if (m_folding->isFloating() || m_folding->isHidden() == isFolded) return;
  m_folding->setVisible(!isFolded);
}

void DockLayout::applySizes(Qt::Orientation orientation) {
  QList<QDockWidget*> docks;
  QList<int> sizes;
  const bool isWidth = orientation == Qt::Horizontal;
  const int window = windowExtent(orientation);
  for (const Dock& each : m_docks) {
    if (each.dock->isHidden() || each.dock->isFloating() || !isOf(each.dock, orientation)) continue;
    const Wanted& wanted = m_wanted[each.dock];
    const int roomy =
        wanted.window > 0 ? wanted.window : scaled(isWidth ? kRoomyWidth : kRoomyHeight);
    const auto share = static_cast<int>(window * (isWidth ? kShareOfWidth : kShareOfHeight));
    docks.append(each.dock);
    sizes.append(window >= roomy ? wanted.size : std::min(wanted.size, share));
  }
  if (!docks.isEmpty()) m_window->resizeDocks(docks, sizes, orientation);
}

/// After a drag of a separator: the sizes that the user chose.
void DockLayout::keepDragged() {
  for (auto it = m_pressed.cbegin(); it != m_pressed.cend(); ++it) {
    const int extent = extentOf(it.key());
    if (extent == it.value() || it.key()->isHidden() || it.key()->isFloating()) continue;
    const auto orientation = isOf(it.key(), Qt::Horizontal) ? Qt::Horizontal : Qt::Vertical;
    m_wanted[it.key()] = {extent, windowExtent(orientation)};
  }
  m_pressed.clear();
}

bool DockLayout::eventFilter(QObject* /*watched*/, QEvent* event) {
  switch (event->type()) {
    case QEvent::Resize:
    case QEvent::Show:
      schedule();
      break;
    case QEvent::MouseButtonPress:  // the window itself has nothing to press but separators
      for (const Dock& each : m_docks) m_pressed[each.dock] = extentOf(each.dock);
      break;
    case QEvent::MouseButtonRelease:
      QTimer::singleShot(0, this, &DockLayout::keepDragged);
      break;
    default:
      break;
  }
  return false;
}

QVariantMap DockLayout::saveState() const {
  QVariantMap state;
  if (m_choice != Choice::kNone) {
    state.insert(kChoice, m_choice == Choice::kOpen ? kOpen : kClosed);
  }
  for (const Dock& each : m_docks) {
    const Wanted wanted = m_wanted.value(each.dock);
    if (wanted.window > 0) {
      state.insert(each.dock->objectName(), QSize(wanted.size, wanted.window));
    }
  }
  return state;
}

void DockLayout::restoreState(const QVariantMap& state) {
  const QString choice = state.value(kChoice).toString();
  m_choice = choice == kOpen ? Choice::kOpen : choice == kClosed ? Choice::kClosed : Choice::kNone;
  for (const Dock& each : m_docks) {
    const QSize size = state.value(each.dock->objectName()).toSize();
    if (size.width() > 0 && size.height() > 0) m_wanted[each.dock] = {size.width(), size.height()};
  }
  schedule();
}

}  // namespace app
