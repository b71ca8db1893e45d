// SPDX-License-Identifier: GPL-3.0-or-later
// Export from the main window: a picture of the page in front, or the points of a run.
#include <QFileDialog>
#include <QTabWidget>
#include <QThreadPool>

#include "app/commands.h"
#include "app/main_window.h"
#include "widgets/run_selection.h"

namespace app {

void MainWindow::exportPage() {
  const QString picture = tr("Picture of this page (*.png)");
  const QString csv = tr("Scalars of the selected run (*.csv)");
  const QString json = tr("All points of the selected run (*.jsonl)");
  const auto run = m_selection->current();
  QString chosen = picture;
  QString path = QFileDialog::getSaveFileName(
      this, tr("Export"), {}, run ? QStringList{picture, csv, json}.join(";;") : picture, &chosen);
  if (path.isEmpty()) return;
  const QString suffix = chosen == csv ? ".csv" : chosen == json ? ".jsonl" : ".png";
  if (!path.endsWith(suffix, Qt::CaseInsensitive)) path += suffix;

  const auto tell = [this, path](bool done) {
    m_events->add(
        done ? widgets::Severity::kGood : widgets::Severity::kError,
        done ? tr("Exported to %1").arg(path)
             : tr("Cannot write %1: is the folder there, writable and not full?").arg(path));
  };
  if (chosen == picture) {
    tell(m_tabs->currentWidget()->grab().save(path, "PNG"));
    return;
  }
  ExportOptions options;
  options.path = run->path();
  options.outputFile = path.toStdString();
  options.format = chosen == csv ? ExportOptions::Format::kCsv : ExportOptions::Format::kJsonLines;
  if (chosen == csv) options.kind = eventio::toString(eventio::TagKind::kScalar);
  QThreadPool::globalInstance()->start([this, options, tell] {
    const bool done = runExport(options) == 0;
    QMetaObject::invokeMethod(
        this, [tell, done] { tell(done); }, Qt::QueuedConnection);
  });
}

}  // namespace app
