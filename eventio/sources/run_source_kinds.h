// SPDX-License-Identifier: GPL-3.0-or-later
// Public: other libraries may include it.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "eventio/base/result.h"
#include "eventio/data/run_store.h"
#include "eventio/reader/run_source.h"

namespace eventio {

/// One kind of logs that can be opened.
struct RunSourceKind {
  const char* name;  ///< for the user, in the plural: "TensorBoard event files"
  /// Whether a file that the user named, whatever its name is, is of this kind.
  bool (*matches)(const std::filesystem::path& file);
  /// Opens a folder, or a single file; the error says why it cannot be read.
  Result<std::unique_ptr<RunSource>> (*open)(const std::filesystem::path& path,
                                             std::shared_ptr<RunStore> store,
                                             RunSourceOptions options);
};

/// Every kind there is, TensorBoard's first.
[[nodiscard]] std::span<const RunSourceKind> runSourceKinds();

/// Opens a folder with every kind, so that it shows the runs of all tools that wrote there; a file
/// with the kind that matches it. Returns at once; loading goes on in the background.
[[nodiscard]] Result<std::unique_ptr<RunSource>> openRunSource(const std::filesystem::path& path,
                                                               std::shared_ptr<RunStore> store,
                                                               RunSourceOptions options = {});

}  // namespace eventio
