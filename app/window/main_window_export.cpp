// SPDX-License-Identifier: GPL-3.0-or-later
// Export from the main window: a picture of the page in front, or the points of runs.
#include <QApplication>
#include <QPointer>
#include <QTabWidget>
#include <QThreadPool>

#include "app/cli/commands.h"
#include "app/window/main_window.h"
#include "app/window/workspace/workspace.h"
#include "widgets/charts/curves/scalar_export.h"
#include "widgets/charts/save_dialog.h"
#include "widgets/style/translated.h"

namespace app {

void MainWindow::exportPage() {
  const auto& selection = m_workspace.selection();
  const QString page = m_tabs->tabText(m_tabs->currentIndex());
  const auto* entry = selection.find(selection.current().get());
  const QString runName = entry ? entry->label : QString();
  QList<widgets::SaveKind> kinds{
      {tr("Picture of this page (*.png)"), QStringLiteral("png"), runName + ' ' + page}};
  std::vector<widgets::RunSelection::Entry> drawn = selection.visible();
  if (drawn.empty() && entry) drawn.push_back(*entry);
  if (entry) {
    kinds.append({drawn.size() == 1 ? tr("Scalars of the run that is shown (*.csv)")
                                    : tr("Scalars of the runs that are shown (*.csv)"),
                  QStringLiteral("csv"),
                  (drawn.size() == 1 ? drawn.front().label + ' ' : QString()) + tr("scalars")});
    kinds.append(
        {tr("All points of the selected run (*.jsonl)"), QStringLiteral("jsonl"), runName});
  }
  const auto [path, kind] = widgets::askSavePath(this, tr("Export"), kinds);
  if (path.isEmpty()) return;
  if (kind == 0) {
    const QPixmap picture = m_tabs->currentWidget()->grab();
    noteExport(path, widgets::saveFile(path, [&picture](QIODevice& device) {
                 return picture.save(&device, "PNG");
               }));
    return;
  }
  ExportOptions options;
  options.outputFile = path.toStdString();
  options.format = kind == 1 ? ExportOptions::Format::kCsv : ExportOptions::Format::kJsonLines;
  if (kind == 1) options.kind = eventio::toString(eventio::TagKind::kScalar);
  if (kind != 1) drawn = {*entry};
  std::vector<NamedRun> runs;
  runs.reserve(static_cast<std::size_t>(drawn.size()));
  for (const auto& each : drawn) runs.push_back({each.run, each.name.toStdString()});
  // The window may be gone when the file is written.
  QPointer<MainWindow> window(this);
  QThreadPool::globalInstance()->start([window, runs, options, path = path]() mutable {
    std::vector<eventio::Message> failures;
    options.report = [&failures](const eventio::Message& failure) { failures.push_back(failure); };
    static_cast<void>(exportRuns(runs, options));  // each failure is reported
    QMetaObject::invokeMethod(
        qApp,
        [window, path, failures] {
          QStringList texts;
          for (const eventio::Message& failure : failures) texts << widgets::translated(failure);
          if (window) window->noteExport(path, texts.join(QStringLiteral("; ")));
        },
        Qt::QueuedConnection);
  });
}

void MainWindow::noteExport(const QString& path, const QString& failure) {
  if (failure.isEmpty()) {
    m_events->add(widgets::Severity::kGood, tr("Exported to %1").arg(path));
  } else {
    m_events->add(widgets::Severity::kError, tr("Export to %1: %2").arg(path, failure));
  }
}

}  // namespace app
