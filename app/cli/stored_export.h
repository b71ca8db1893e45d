// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "app/cli/media_folder.h"
#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/embedding_reader.h"
#include "eventio/text/export_format.h"

namespace app {

/// Rows of values that stay in their files, and of embeddings; reads one of them at a time.
///
/// A value that cannot be read gets a row that says why, and the reason of each tag's first one
/// goes to `report`. An Error is a failure to write.
class StoredExport {
 public:
  StoredExport(const eventio::ExportFormat& format, const std::string& mediaFolder,
               std::function<void(const eventio::Message&)> report)
      : m_format(format), m_media(mediaFolder), m_report(std::move(report)) {}

  /// The rows that come next are of this tag.
  void begin(const std::string& run, const std::string& tag);
  /// One row, appended to `out`; `tag` is of none of the kinds scalar, histogram, text, hparam.
  [[nodiscard]] eventio::Result<void> write(std::string& out, const eventio::Run& run,
                                            const eventio::TagInfo& tag,
                                            const eventio::StoredPoint& point);
  [[nodiscard]] eventio::Result<void> write(std::string& out,
                                            const eventio::EmbeddingFiles& embedding);

  /// The row of a value that could not be read.
  void fail(std::string& out, const eventio::Stamp& stamp, const eventio::Message& why);

  /// True when a value could not be read.
  [[nodiscard]] bool failed() const noexcept { return m_failed; }

 private:
  [[nodiscard]] eventio::Result<void> writeImages(std::string& out, const eventio::Run& run,
                                                  const std::string& tag,
                                                  const eventio::StoredPoint& point);
  [[nodiscard]] eventio::Result<void> writeAudio(std::string& out, const eventio::Run& run,
                                                 const std::string& tag,
                                                 const eventio::StoredPoint& point);
  [[nodiscard]] eventio::Result<void> writeGraph(std::string& out, const eventio::Run& run,
                                                 const eventio::TagInfo& tag,
                                                 const eventio::StoredPoint& point);
  void writeMesh(std::string& out, const eventio::Run& run, const std::string& tag,
                 const eventio::StoredPoint& point);

  const eventio::ExportFormat& m_format;
  MediaFolder m_media;
  std::function<void(const eventio::Message&)> m_report;
  bool m_reported = false;  // a failure of the present tag
  bool m_failed = false;
};

}  // namespace app
