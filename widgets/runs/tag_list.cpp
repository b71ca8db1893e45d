// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/tag_list.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QSet>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include "widgets/runs/scalar_tag_drag.h"
#include "widgets/style/display_name.h"
#include "widgets/style/number_text.h"
#include "widgets/style/style_field.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr int kTagRole = Qt::UserRole;
constexpr int kKindRole = Qt::UserRole + 1;
constexpr int kCountRole = Qt::UserRole + 2;
constexpr double kTagRowHeight = 27;
constexpr qint64 kBudgetMilliseconds = 5;

class TagDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem& /*option*/,
                 const QModelIndex& /*index*/) const override {
    return {scaled(80), scaled(kTagRowHeight)};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const bool child = index.parent().isValid();
    const bool isTag = !index.model()->hasChildren(index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool focused = option.state & QStyle::State_HasFocus;
    if (focused || (option.state & QStyle::State_MouseOver)) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(focused ? theme().selection : theme().band);
      painter->drawRoundedRect(option.rect, scaled(6), scaled(6));
    }
    QRectF text(option.rect.adjusted(scaled(child ? 4 : 16), 0, -scaled(8), 0));
    const QString count = index.data(kCountRole).toString();
    painter->setFont(themeFont(isTag ? 11 : 12));
    painter->setPen(isTag ? theme().faint : theme().muted);
    drawFigures(*painter, text, Qt::AlignRight, count);
    text.setRight(text.right() - figuresWidth(painter->font(), count) - scaled(8));
    painter->setFont(themeFont(child ? 12 : 13));
    painter->setPen(theme().text);
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                      QFontMetricsF(painter->font())
                          .elidedText(index.data().toString(), Qt::ElideMiddle, text.width()));
    painter->restore();
  }
};

bool isScalar(const QModelIndex& index) {
  return !index.model()->hasChildren(index) &&
         index.data(kKindRole).toInt() == static_cast<int>(eventio::TagKind::kScalar);
}

/// Scalars can be dragged out of it.
class TagModel : public QStandardItemModel {
 public:
  using QStandardItemModel::QStandardItemModel;

  [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override {
    const Qt::ItemFlags all = QStandardItemModel::flags(index) & ~Qt::ItemIsDropEnabled;
    return index.isValid() && isScalar(index) ? all : all & ~Qt::ItemIsDragEnabled;
  }
  [[nodiscard]] QStringList mimeTypes() const override { return {scalarTagsMimeType()}; }
  [[nodiscard]] QMimeData* mimeData(const QModelIndexList& indexes) const override {
    QStringList tags;
    for (const QModelIndex& index : indexes) tags << index.data(kTagRole).toString();
    return scalarTagsMime(tags);
  }
};

QString kindWord(eventio::TagKind kind) {
  switch (kind) {
    case eventio::TagKind::kScalar:
      return TagList::tr("scalar");
    case eventio::TagKind::kHistogram:
      return TagList::tr("histogram");
    case eventio::TagKind::kText:
      return TagList::tr("text");
    case eventio::TagKind::kHparams:
      return TagList::tr("hyper-parameters");
    case eventio::TagKind::kImage:
      return TagList::tr("image");
    case eventio::TagKind::kAudio:
      return TagList::tr("audio");
    case eventio::TagKind::kPrCurve:
      return TagList::tr("PR curve");
    case eventio::TagKind::kMesh:
      return TagList::tr("mesh");
    case eventio::TagKind::kLayout:
      return TagList::tr("layout");
    case eventio::TagKind::kGraph:
      return TagList::tr("graph");
    case eventio::TagKind::kOther:
      break;
  }
  return TagList::tr("other");
}

QStandardItem* makeItem(const QString& text, const QString& tag, eventio::TagKind kind,
                        const QString& count) {
  auto* item = new QStandardItem(displayName(text));
  item->setEditable(false);
  item->setData(tag, kTagRole);
  item->setData(static_cast<int>(kind), kKindRole);
  item->setData(count, kCountRole);
  item->setToolTip(QStringLiteral("%1 (%2)").arg(displayName(tag), kindWord(kind)));
  return item;
}

}  // namespace

TagList::TagList(RunSelection* selection, QWidget* parent)
    : QWidget(parent),
      m_selection(selection),
      m_model(new TagModel(this)),
      m_view(new QTreeView(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, scaled(12), 0, scaled(8));
  column->setSpacing(scaled(6));
  auto* title = new QLabel(tr("Tags"), this);
  title->setFont(themeFont(13, QFont::DemiBold));
  title->setContentsMargins(scaled(12), 0, 0, 0);
  column->addWidget(title);

  auto* empty = new QLabel(tr("Tags of the runs appear here"), this);
  empty->setFont(themeFont(12));
  empty->setContentsMargins(scaled(12), 0, scaled(12), 0);
  empty->setWordWrap(true);
  empty->setAlignment(Qt::AlignTop);
  setTone(empty, "muted");
  m_empty = empty;
  column->addWidget(m_empty, 1);

  m_view->setObjectName(QStringLiteral("tagView"));
  m_view->setAccessibleName(tr("Tags"));
  m_view->setModel(m_model);
  m_view->setItemDelegate(new TagDelegate(m_view));
  m_view->setHeaderHidden(true);
  m_view->setIndentation(scaled(16));
  m_view->setUniformRowHeights(true);
  m_view->setRootIsDecorated(false);
  m_view->setExpandsOnDoubleClick(true);
  m_view->setMouseTracking(true);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->setToolTip(
      tr("Enter or click jumps to the chart; right and left arrow open a group; a scalar dragged "
         "onto another chart is drawn there as well"));
  m_view->setDragDropMode(QAbstractItemView::DragOnly);
  m_view->setDefaultDropAction(Qt::CopyAction);
  m_view->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(m_view, &QWidget::customContextMenuRequested, this, &TagList::openMenu);
  column->addWidget(m_view, 1);
  connect(m_view, &QTreeView::clicked, this, &TagList::activate);
  connect(m_view, &QTreeView::activated, this, &TagList::activate);
  rebuild();
}

void TagList::setTagFilter(std::function<bool(const eventio::TagInfo&)> isShown) {
  m_isShown = std::move(isShown);
  forgetTags();
  takeTags();
  rebuild();
}

void TagList::refresh() {
  if (takeTags()) rebuild();
}

void TagList::forgetTags() {
  m_seen.clear();
  m_loose.clear();
  m_groups.clear();
}

bool TagList::takeTags() {
  const auto& entries = m_selection->entries();
  bool changed = false;
  bool isEmptied = false;
  if (entries.size() < m_seen.size()) {  // runs went away, perhaps with their tags
    forgetTags();
    changed = true;
  }
  QElapsedTimer budget;
  budget.start();
  for (const auto& entry : entries) {
    // A thousand runs that appear at once are taken up over several calls.
    if (budget.elapsed() > kBudgetMilliseconds) break;
    Seen& seen = m_seen[entry.run->path()];
    const Seen before = seen;
    seen = {entry.run->tagsVersion(), entry.run->version(), false};
    const bool hasOtherTags = seen.tagsVersion != before.tagsVersion;
    if (!hasOtherTags && (!before.hasEmpty || seen.version == before.version)) {
      seen.hasEmpty = before.hasEmpty;
      continue;
    }
    for (const eventio::TagInfo& info : entry.run->tags()) {
      if (m_isShown && !m_isShown(info)) continue;
      const QString tag = QString::fromStdString(info.tag);
      const QString name = tag.contains('/') ? tag.section('/', 0, 0) : QString();
      if (info.count == 0) {
        seen.hasEmpty = true;
        const auto group = m_groups.find(name);
        const bool isListed = name.isNull()
                                  ? m_loose.contains(tag)
                                  : group != m_groups.end() && group->second.contains(tag);
        isEmptied |= isListed && hasOtherTags && before.tagsVersion > 0;
        continue;
      }
      Group& group = name.isNull() ? m_loose : m_groups[name];
      changed |= group.try_emplace(tag, info.kind).second;
    }
  }
  if (isEmptied) {  // another run may still hold the tag
    forgetTags();
    takeTags();
    changed = true;
  }
  return changed;
}

void TagList::rebuild() {
  QSet<QString> open;
  for (int row = 0; row < m_model->rowCount(); ++row) {
    const QModelIndex index = m_model->index(row, 0);
    if (m_view->isExpanded(index)) open.insert(index.data().toString());
  }
  m_model->clear();
  for (const auto& [tag, kind] : m_loose) {
    m_model->appendRow(makeItem(tag, tag, kind, kindWord(kind)));
  }
  for (const auto& [name, tags] : m_groups)
    appendGroup(name, tags, open.contains(displayName(name)));
  const bool isEmpty = m_loose.empty() && m_groups.empty();
  m_empty->setVisible(isEmpty);
  m_view->setVisible(!isEmpty);
}

void TagList::appendGroup(const QString& name, const Group& tags, bool expanded) {
  const auto& [firstTag, firstKind] = *tags.begin();
  if (tags.size() == 1) {
    m_model->appendRow(makeItem(firstTag, firstTag, firstKind, kindWord(firstKind)));
    return;
  }
  auto* group = makeItem(name, firstTag, firstKind, countText(static_cast<qint64>(tags.size())));
  for (const auto& [tag, kind] : tags) {
    const QString shortName = tag.section('/', 1);
    group->appendRow(makeItem(shortName.isEmpty() ? tag : shortName, tag, kind, kindWord(kind)));
  }
  m_model->appendRow(group);
  if (expanded) m_view->expand(group->index());
}

void TagList::activate(const QModelIndex& index) {
  if (!index.isValid()) return;
  emit tagActivated(index.data(kTagRole).toString(),
                    static_cast<eventio::TagKind>(index.data(kKindRole).toInt()));
}

void TagList::openMenu(const QPoint& position) {
  const QModelIndex index = m_view->indexAt(position);
  if (!index.isValid()) return;
  const QString tag = index.data(kTagRole).toString();
  const bool isOne = isScalar(index);
  QMenu menu(this);
  menu.addAction(tr("Jump to the chart"), this,
                 [this, place = QPersistentModelIndex(index)] { activate(place); });
  QAction* join =
      menu.addAction(tr("Superimpose on…"), this, [this, tag] { emit superimposeRequested(tag); });
  join->setEnabled(isOne);
  menu.exec(m_view->viewport()->mapToGlobal(position));
}

void TagList::paintEvent(QPaintEvent* /*event*/) {
  QPainter(this).fillRect(rect(), theme().panel);
}

}  // namespace widgets
