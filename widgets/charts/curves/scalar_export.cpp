// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/charts/curves/scalar_export.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <cmath>

namespace widgets {
namespace {

constexpr qsizetype kBufferBytes = 1 << 16;

QByteArray number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return QByteArray::number(value, 'g', QLocale::FloatingPointShortest);
}

QByteArray jsonNumber(double value) {
  return std::isfinite(value) ? number(value) : '"' + number(value) + '"';
}

QByteArray jsonString(const QString& text) {
  const QByteArray array = QJsonDocument(QJsonArray{text}).toJson(QJsonDocument::Compact);
  return array.mid(1, array.size() - 2);
}

/// Gathers small pieces into large writes.
class Sink {
 public:
  explicit Sink(QIODevice& device) : m_device(device) {}

  void add(const QByteArray& bytes) {
    m_buffer += bytes;
    if (m_buffer.size() >= kBufferBytes) flush();
  }
  bool flush() {
    m_ok = m_ok && m_device.write(m_buffer) == m_buffer.size();
    m_buffer.clear();
    return m_ok;
  }

 private:
  QIODevice& m_device;
  QByteArray m_buffer;
  bool m_ok = true;
};

}  // namespace

QString saveFile(const QString& path, const std::function<bool(QIODevice&)>& write) {
  QSaveFile file(path);
  const auto failed = [&] {
    return QCoreApplication::translate("widgets::Export",
                                       "%1 could not be written: %2. Choose another place or name.")
        .arg(QDir::toNativeSeparators(path), file.errorString());
  };
  if (!file.open(QIODevice::WriteOnly)) return failed();
  if (!write(file)) {
    QString message = failed();
    file.cancelWriting();
    return message;
  }
  return file.commit() ? QString() : failed();
}

QString saveScalarsCsv(const QString& path, const eventio::ScalarView& view) {
  return saveFile(path, [&view](QIODevice& device) {
    Sink sink(device);
    sink.add("Wall time,Step,Value\n");
    for (std::size_t i = 0; i < view.size(); ++i) {
      const auto point = view.point(i);
      sink.add(number(point.wallTime) + ',' + QByteArray::number(qint64{point.step}) + ',' +
               number(point.value) + '\n');
    }
    return sink.flush();
  });
}

QString saveScalarsJson(const QString& path, const std::vector<ScalarExport>& series) {
  return saveFile(path, [&series](QIODevice& device) {
    Sink sink(device);
    const char* separator = "[";
    for (const ScalarExport& each : series) {
      sink.add(QByteArray(separator) + "{\"run\":" + jsonString(each.run) +
               ",\"tag\":" + jsonString(QString::fromStdString(each.tag)) + ",\"points\":[");
      for (std::size_t i = 0; i < each.view.size(); ++i) {
        const auto point = each.view.point(i);
        sink.add((i > 0 ? ",[" : "[") + jsonNumber(point.wallTime) + ',' +
                 QByteArray::number(qint64{point.step}) + ',' + jsonNumber(point.value) + ']');
      }
      sink.add("]}");
      separator = ",\n";
    }
    sink.add(series.empty() ? "[]\n" : "]\n");
    return sink.flush();
  });
}

}  // namespace widgets
