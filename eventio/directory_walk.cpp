// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/directory_walk.h"

#include <algorithm>
#include <deque>
#include <set>
#include <system_error>
#include <utility>

namespace eventio {

namespace {

namespace fs = std::filesystem;

using FileId = std::pair<std::uint64_t, std::uint64_t>;

FileId idOf(const FileState& state) {
  return {state.device, state.inode};
}

class Walk {
 public:
  Walk(const fs::path& root, const WalkHandlers& handlers) : m_root(root), m_handlers(handlers) {}

  void run() {
    m_folders.push_back(m_root);
    while (!m_folders.empty() || !m_links.empty()) {
      if (m_handlers.stop && m_handlers.stop()) return;
      std::deque<fs::path>& next = m_folders.empty() ? m_links : m_folders;
      const fs::path folder = std::move(next.front());
      next.pop_front();
      enter(folder);
    }
    for (Content& content : m_withLinks) {
      for (FoundFile& link : content.linkedFiles) {
        if (m_seen.insert(idOf(link.state)).second) content.run.files.push_back(std::move(link));
      }
      hand(std::move(content.run));
    }
  }

 private:
  /// What one folder directly holds.
  struct Content {
    FoundRun run;
    std::vector<FoundFile> linkedFiles;
    std::vector<fs::path> folders;
    std::vector<fs::path> linkedFolders;
  };

  void enter(const fs::path& folder) {
    const auto state = fileState(folder.string());
    if (!state) {
      problem(folder, state.error().number);
      return;
    }
    if (!m_seen.insert(idOf(*state)).second) return;
    std::error_code error;
    fs::directory_iterator entry(folder, fs::directory_options::none, error);
    Content content;
    content.run.name = nameOf(folder);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      look(*entry, content);
    }
    if (error) problem(folder, error.value());
    // In order of name, so that what is reached on two ways always has the same name.
    std::sort(content.folders.begin(), content.folders.end());
    std::sort(content.linkedFolders.begin(), content.linkedFolders.end());
    m_folders.insert(m_folders.begin(), content.folders.begin(), content.folders.end());
    m_links.insert(m_links.end(), content.linkedFolders.begin(), content.linkedFolders.end());
    if (content.linkedFiles.empty()) {
      hand(std::move(content.run));
    } else {
      m_withLinks.push_back(std::move(content));
    }
  }

  void look(const fs::directory_entry& entry, Content& content) {
    std::error_code error;
    const bool isLink = entry.is_symlink(error);
    if (entry.is_directory(error)) {
      (isLink ? content.linkedFolders : content.folders).push_back(entry.path());
      return;
    }
    if (!isEventFileName(entry.path().filename().string()) || !entry.is_regular_file(error)) return;
    const auto state = fileState(entry.path().string());
    if (!state) return;  // gone again
    if (isLink) {
      content.linkedFiles.push_back({entry.path().string(), *state});
    } else {
      m_seen.insert(idOf(*state));
      content.run.files.push_back({entry.path().string(), *state});
    }
  }

  void hand(FoundRun run) {
    if (run.files.empty()) return;
    std::sort(run.files.begin(), run.files.end(),
              [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
    m_handlers.run(std::move(run));
  }

  [[nodiscard]] std::string nameOf(const fs::path& folder) const {
    const std::string name = folder.lexically_relative(m_root).string();
    return name.empty() ? "." : name;
  }

  void problem(const fs::path& where, int error) {
    m_handlers.problem("cannot read '" + where.string() +
                       "': " + std::generic_category().message(error));
  }

  const fs::path& m_root;
  const WalkHandlers& m_handlers;
  std::deque<fs::path> m_folders;
  std::deque<fs::path> m_links;  // entered when no folder is left
  std::vector<Content>
      m_withLinks;  // handed on last: their links may lead to files found elsewhere
  std::set<FileId> m_seen;
};

}  // namespace

bool isEventFileName(const std::string& name) {
  return name.find("tfevents") != std::string::npos;
}

void walkRuns(const fs::path& root, const WalkHandlers& handlers) {
  Walk(root, handlers).run();
}

}  // namespace eventio
