// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "eventio/base/input_file.h"
#include "eventio/base/message.h"

namespace eventio {

struct FoundFile {
  std::string path;
  FileState state;
};

/// A folder that directly holds files of the kind that is looked for.
struct FoundRun {
  std::string name;              ///< path below the root, "." for the root itself
  std::vector<FoundFile> files;  ///< in order of name
};

struct WalkHandlers {
  std::function<void(FoundRun)> run;
  /// Called with each folder and its state before it is read.
  std::function<void(const std::string&, const FileState&)> folder;
  /// Called with each folder that holds links to such files, which stand elsewhere.
  std::function<void(const std::string&)> links;
  std::function<void(Message)> problem;  ///< a sentence about a place that cannot be read
  std::function<bool()> stop;            ///< asked between folders: true ends the walk
};

/// The folders below a root. One thread at a time.
class DirectoryTree {
 public:
  using NameFilter = std::function<bool(std::string_view name)>;

  /// `root` is absolute; `isWanted` says by its name which file is looked for.
  DirectoryTree(std::filesystem::path root, NameFilter isWanted);
  ~DirectoryTree();

  /// Finds every run below the root. Links are followed, but no folder is entered and no file taken
  /// twice; what is reached without a link comes first.
  ///
  /// Keeps what stood in a folder, so that the next walk need not read it again while its time
  /// of change is the same; the states of its files are always new.
  void walk(const WalkHandlers& handlers);
  /// The name of the run in this folder, which a walk found.
  [[nodiscard]] std::string nameOf(const std::filesystem::path& folder) const;

 private:
  class Walk;
  /// What one folder directly holds, as names.
  struct Content {
    std::string run;            // name of the run that the folder would be
    std::int64_t modified = 0;  // the folder's time of change when it was read
    std::uint64_t inode = 0;
    bool settled = false;  // a change since then would have another time
    bool seen = false;     // by the present walk
    std::vector<std::string> files;
    std::vector<std::string> linkedFiles;
    std::vector<std::string> folders;
    std::vector<std::string> linkedFolders;
  };

  const std::filesystem::path m_root;
  const NameFilter m_isWanted;
  std::unordered_map<std::string, Content> m_contents;
};

}  // namespace eventio
