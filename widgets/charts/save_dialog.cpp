// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/save_dialog.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <algorithm>

namespace widgets {
namespace {

constexpr qsizetype kMaxNameBytes = 120;

QString& lastFolder() {
  static QString folder;
  return folder;
}

int kindOfSuffix(const QList<SaveKind>& kinds, const QString& path) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&path](const SaveKind& kind) {
    return path.endsWith('.' + kind.suffix, Qt::CaseInsensitive);
  });
  return found == kinds.end() ? -1 : static_cast<int>(found - kinds.begin());
}

QString offered(const SaveKind& kind) {
  return safeFileName(kind.name) + '.' + kind.suffix;
}

/// The name in the dialog, with the suffix of another kind; what was offered becomes the other
/// kind's offer.
QString renamed(const QString& path, const QList<SaveKind>& kinds, int to) {
  const int from = kindOfSuffix(kinds, path);
  if (from < 0) return path;
  const QFileInfo file(path);
  const QString name = file.fileName() == offered(kinds[from])
                           ? offered(kinds[to])
                           : file.fileName().chopped(kinds[from].suffix.size()) + kinds[to].suffix;
  return file.dir().filePath(name);
}

bool mayReplace(QWidget* parent, const QString& path) {
  if (!QFileInfo::exists(path)) return true;
  const QString question =
      QCoreApplication::translate("widgets::Save", "%1 is there already. Replace it?")
          .arg(QFileInfo(path).fileName());
  return QMessageBox::question(parent, QCoreApplication::translate("widgets::Save", "Save"),
                               question) == QMessageBox::Yes;
}

}  // namespace

QString safeFileName(const QString& text) {
  QString name;
  for (const QChar c : text) {
    const bool fits = c.isLetterOrNumber() || c == '-' || c == '.' || c.isSurrogate();
    if (fits) {
      name += c;
    } else if (!name.endsWith('_')) {
      name += '_';
    }
  }
  while (name.startsWith('.') || name.startsWith('_')) name.remove(0, 1);
  while (name.toUtf8().size() > kMaxNameBytes) name.chop(name.back().isLowSurrogate() ? 2 : 1);
  while (name.endsWith('.') || name.endsWith('_')) name.chop(1);
  return name.isEmpty() ? QStringLiteral("chart") : name;
}

SaveChoice askSavePath(QWidget* parent, const QString& title, const QList<SaveKind>& kinds) {
  QFileDialog dialog(parent, title, lastFolder());
  dialog.setAcceptMode(QFileDialog::AcceptSave);
  dialog.setFileMode(QFileDialog::AnyFile);
  dialog.setOption(QFileDialog::DontConfirmOverwrite);  // the suffix may still be missing
  QStringList filters;
  for (const SaveKind& kind : kinds) filters.append(kind.filter);
  dialog.setNameFilters(filters);
  dialog.selectFile(offered(kinds.first()));
  int kind = 0;
  QObject::connect(&dialog, &QFileDialog::filterSelected, &dialog, [&](const QString& filter) {
    kind = std::max(0, static_cast<int>(filters.indexOf(filter)));
    const QString path = dialog.selectedFiles().value(0);
    dialog.selectFile(QFileInfo(renamed(path, kinds, kind)).fileName());
  });
  while (dialog.exec() == QDialog::Accepted) {
    QString path = dialog.selectedFiles().value(0);
    if (path.isEmpty()) break;
    if (const int typed = kindOfSuffix(kinds, path); typed >= 0) {
      kind = typed;
    } else {
      path += '.' + kinds[kind].suffix;
    }
    if (!mayReplace(parent, path)) continue;
    lastFolder() = QFileInfo(path).absolutePath();
    return {path, kind};
  }
  return {};
}

}  // namespace widgets
