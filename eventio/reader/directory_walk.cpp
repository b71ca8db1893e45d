// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/directory_walk.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <set>
#include <system_error>
#include <utility>

#include "eventio/base/natural_order.h"
#include "eventio/reader/event_file.h"

namespace eventio {

namespace {

namespace fs = std::filesystem;

using FileId = std::pair<std::uint64_t, std::uint64_t>;

/// File systems store times as coarse as this: what changes later within it may show the same time.
constexpr std::int64_t kCoarsestTime = 2500000000;  // nanoseconds

FileId idOf(const FileState& state) {
  return {state.device, state.inode};
}

std::string join(const std::string& folder, const std::string& name) {
  return folder.ends_with('/') ? folder + name : folder + '/' + name;
}

std::int64_t now() {
  using std::chrono::nanoseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<nanoseconds>(since).count();
}

}  // namespace

class DirectoryTree::Walk {
 public:
  Walk(DirectoryTree& tree, const WalkHandlers& handlers) : m_tree(tree), m_handlers(handlers) {}

  void run() {
    for (auto& [path, content] : m_tree.m_contents) content.seen = false;
    m_folders.push_back(m_tree.m_root.string());
    while (!m_folders.empty() || !m_links.empty()) {
      if (m_handlers.stop && m_handlers.stop()) return;
      std::deque<std::string>& next = m_folders.empty() ? m_links : m_folders;
      const std::string folder = std::move(next.front());
      next.pop_front();
      enter(folder);
    }
    for (auto& [run, links] : m_withLinks) {
      for (FoundFile& link : links) {
        if (m_seen.insert(idOf(link.state)).second) run.files.push_back(std::move(link));
      }
      hand(std::move(run));
    }
    std::erase_if(m_tree.m_contents, [](const auto& entry) { return !entry.second.seen; });
  }

 private:
  void enter(const std::string& folder) {
    const auto state = fileState(folder);
    if (!state) {
      problem(folder, state.error().number);
      return;
    }
    if (!m_seen.insert(idOf(*state)).second) return;
    if (m_handlers.folder) m_handlers.folder(folder, *state);
    Content& content = m_tree.m_contents[folder];
    content.seen = true;
    const bool asBefore =
        content.settled && content.modified == state->modified && content.inode == state->inode;
    if (!asBefore) read(folder, *state, content);
    for (auto name = content.folders.rbegin(); name != content.folders.rend(); ++name) {
      m_folders.push_front(join(folder, *name));
    }
    for (const std::string& name : content.linkedFolders) m_links.push_back(join(folder, name));
    FoundRun run{content.run, files(folder, content.files)};
    for (const FoundFile& file : run.files) m_seen.insert(idOf(file.state));
    if (content.linkedFiles.empty()) {
      hand(std::move(run));
      return;
    }
    if (m_handlers.links) m_handlers.links(folder);
    m_withLinks.emplace_back(std::move(run), files(folder, content.linkedFiles));
  }

  /// Names in order, so that what is reached on two ways always has the same name.
  void read(const std::string& folder, const FileState& state, Content& content) {
    content = {};
    content.run = m_tree.nameOf(folder);
    content.seen = true;
    content.modified = state.modified;
    content.inode = state.inode;
    content.settled = now() - state.modified > kCoarsestTime;
    std::error_code error;
    fs::directory_iterator entry(folder, fs::directory_options::none, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      look(*entry, content);
    }
    if (error) {
      content.settled = false;
      problem(folder, error.value());
    }
    dropDownloads(content.files);
    for (auto* names : {&content.files, &content.linkedFiles}) {
      std::sort(names->begin(), names->end());
    }
    for (auto* names : {&content.folders, &content.linkedFolders}) {
      std::sort(names->begin(), names->end(), naturalLess);
    }
  }

  void look(const fs::directory_entry& entry, Content& content) {
    std::error_code error;
    const bool isLink = entry.is_symlink(error);
    std::string name = entry.path().filename().string();
    if (entry.is_directory(error)) {
      if (isCopyToolFolder(name)) return;
      (isLink ? content.linkedFolders : content.folders).push_back(std::move(name));
      return;
    }
    // Where a link leads may change without a trace in this folder.
    if (isLink) content.settled = false;
    if (!m_tree.m_isWanted(name) || !entry.is_regular_file(error)) return;
    (isLink ? content.linkedFiles : content.files).push_back(std::move(name));
  }

  std::vector<FoundFile> files(const std::string& folder, const std::vector<std::string>& names) {
    std::vector<FoundFile> found;
    found.reserve(names.size());
    for (const std::string& name : names) {
      std::string path = join(folder, name);
      const auto state = fileState(path);
      if (state) found.push_back({std::move(path), *state});  // else it is gone again
    }
    return found;
  }

  void hand(FoundRun run) {
    if (run.files.empty()) return;
    std::sort(run.files.begin(), run.files.end(),
              [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; });
    m_handlers.run(std::move(run));
  }

  void problem(const std::string& where, int error) {
    m_handlers.problem({"cannot read '%1': %2", where, std::generic_category().message(error)});
  }

  DirectoryTree& m_tree;
  const WalkHandlers& m_handlers;
  std::deque<std::string> m_folders;
  std::deque<std::string> m_links;  // entered when no folder is left
  // Handed on last: their links may lead to files found elsewhere.
  std::vector<std::pair<FoundRun, std::vector<FoundFile>>> m_withLinks;
  std::set<FileId> m_seen;
};

DirectoryTree::DirectoryTree(fs::path root, NameFilter isWanted)
    : m_root(std::move(root)), m_isWanted(std::move(isWanted)) {}

DirectoryTree::~DirectoryTree() = default;

void DirectoryTree::walk(const WalkHandlers& handlers) {
  Walk(*this, handlers).run();
}

std::string DirectoryTree::nameOf(const fs::path& folder) const {
  const std::string name = folder.lexically_relative(m_root).string();
  return name.empty() ? "." : name;
}

}  // namespace eventio
