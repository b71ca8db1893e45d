// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/runs/tag_list.h"

#include <QApplication>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QTimer>
#include <QTreeView>

#include "tests/widgets/run_fixture.h"
#include "widgets/runs/scalar_tag_drag.h"
#include "widgets/style/theme.h"

class TagListTest : public QObject, RunFixture {
  Q_OBJECT

 private slots:
  void initTestCase() { widgets::applyTheme(*qApp, widgets::ThemeMode::kLight); }
  void init() { reset(); }
  void cleanup() { clear(); }

  void oddNamesStandOnOneLine() {
    const auto run = m_store->openRun("/a", "two\nlines");
    run->appendScalar("a\nb", 1, 1, 1);
    run->appendScalar("", 1, 1, 1);
    m_selection->poll();
    QCOMPARE(labels(), QStringList{"two\\nlines"});
    widgets::TagList list(m_selection.get());
    list.refresh();
    const auto* model = list.findChild<QTreeView*>()->model();
    QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("(no name)"));
    QCOMPARE(model->index(1, 0).data().toString(), QStringLiteral("a\\nb"));
    QSignalSpy activated(&list, &widgets::TagList::tagActivated);
    emit list.findChild<QTreeView*>()->clicked(model->index(1, 0));
    QCOMPARE(activated.first().first().toString(), QStringLiteral("a\nb"));
  }

  void aScalarCanBeDraggedAndSuperimposedFromTheMenu() {
    const auto run = m_store->openRun("/a", "run");
    for (const char* tag : {"loss", "train/a", "train/b"}) run->appendScalar(tag, 1, 1, 1);
    run->appendHistogram("weights",
                         {1, 1, std::make_shared<eventio::Histogram>(eventio::Histogram())});
    m_selection->poll();
    widgets::TagList list(m_selection.get());
    list.refresh();
    list.show();
    QVERIFY(QTest::qWaitForWindowExposed(&list));
    auto* view = list.findChild<QTreeView*>();
    auto* model = view->model();
    QVERIFY(view->dragEnabled());
    const auto isDragged = [model](const QModelIndex& index) {
      return model->flags(index).testFlag(Qt::ItemIsDragEnabled);
    };
    const QModelIndex group = model->index(2, 0);
    QCOMPARE(model->rowCount(group), 2);
    QVERIFY(isDragged(model->index(0, 0)));
    QVERIFY(isDragged(model->index(1, 0, group)));
    QVERIFY(!isDragged(model->index(1, 0)));  // a histogram
    QVERIFY(!isDragged(group));
    const std::unique_ptr<QMimeData> mime(model->mimeData({model->index(1, 0, group)}));
    QCOMPARE(widgets::scalarTagsIn(mime.get()), QStringList{"train/b"});

    QSignalSpy wanted(&list, &widgets::TagList::superimposeRequested);
    QTimer::singleShot(50, &list, [] {
      auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
      if (!menu) return;
      for (QAction* action : menu->actions()) {
        if (action->text().contains("Superimpose")) action->trigger();
      }
      menu->close();
    });
    emit view->customContextMenuRequested(view->visualRect(model->index(0, 0)).center());
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted.first().first().toString(), QString("loss"));
  }

  void tagsThatHoldNothingAreLeftOut() {
    const auto run = m_store->openRun("/a", "run");
    const auto other = m_store->openRun("/a", "other");
    for (const char* tag : {"loss", "train/a", "train/b"}) run->appendScalar(tag, 5, 1, 1);
    other->appendScalar("train/b", 5, 1, 1);
    m_selection->poll();
    widgets::TagList list(m_selection.get());
    list.refresh();
    const auto* model = list.findChild<QTreeView*>()->model();
    const auto listed = [model] {
      QStringList tags;
      for (int row = 0; row < model->rowCount(); ++row) {
        tags << model->index(row, 0).data().toString();
      }
      return tags;
    };
    QCOMPARE(listed(), (QStringList{"loss", "train"}));
    run->purgeFrom(0);
    list.refresh();
    QCOMPARE(listed(), QStringList{"train/b"});
    run->appendScalar("loss", 1, 2, 1);
    list.refresh();
    QCOMPARE(listed(), (QStringList{"loss", "train/b"}));
    widgets::TagList anew(m_selection.get());
    anew.refresh();
    QCOMPARE(anew.findChild<QTreeView*>()->model()->rowCount(), 2);
  }

  void tagsStandInGroupsInNaturalOrder() {
    const auto run = m_store->openRun("/a", "run");
    for (const char* tag : {"layer10/weight", "layer2/weight", "layer2/bias", "Training Loss"}) {
      run->appendScalar(tag, 1, 1, 1);
    }
    run->appendText("notes/text_summary", {1, 1, {"on no page"}});
    m_selection->poll();
    widgets::TagList list(m_selection.get());
    list.refresh();
    QCOMPARE(list.findChild<QTreeView*>()->model()->rowCount(), 4);
    list.setTagFilter(
        [](const eventio::TagInfo& tag) { return tag.kind == eventio::TagKind::kScalar; });
    list.show();
    const auto* model = list.findChild<QTreeView*>()->model();
    QStringList groups;
    for (int row = 0; row < model->rowCount(); ++row) {
      groups << model->index(row, 0).data().toString();
    }
    QCOMPARE(groups, (QStringList{"Training Loss", "layer2", "layer10/weight"}));
    QCOMPARE(model->rowCount(model->index(1, 0)), 2);
    QSignalSpy activated(&list, &widgets::TagList::tagActivated);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Home);
    QTest::keyClick(list.findChild<QTreeView*>(), Qt::Key_Return);
    QCOMPARE(activated.count(), 1);
    QCOMPARE(activated.first().first().toString(), QStringLiteral("Training Loss"));
    run->appendScalar("layer1/weight", 1, 1, 1);
    list.refresh();
    QCOMPARE(model->rowCount(), 4);
  }
};

QTEST_MAIN(TagListTest)
#include "tag_list_test.moc"
