// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace eventio {

/// What the system reported of a watched folder.
struct DirectoryChange {
  enum class Kind {
    kContent,    ///< a file in it was written to
    kStructure,  ///< something in it came, went or was renamed
    kUnknown,    ///< more happened than the system could report: look everywhere
  };
  Kind kind = Kind::kUnknown;
  std::string folder;  ///< as given to add()
  std::string name;    ///< of the file or folder in it
  bool isFolder = false;
};

/// Lets the system report changes in folders (inotify on Linux; nothing elsewhere). A hint: the
/// system may have no watches left, and what another machine writes to a network file system it
/// does not report, so who follows a folder looks at it now and then all the same.
///
/// Takes two descriptors, whatever the number of folders. One thread at a time, wake() from any.
class DirectoryWatch {
 public:
  /// At most `limit` folders are watched, and at most half of what the system has for this user.
  explicit DirectoryWatch(std::size_t limit);
  ~DirectoryWatch();
  DirectoryWatch(const DirectoryWatch&) = delete;
  DirectoryWatch& operator=(const DirectoryWatch&) = delete;

  /// True when every change in the folder will be reported from now on: it is on a file system of
  /// this machine and there was a watch left. Adding it again costs nothing.
  bool add(const std::string& folder, std::uint64_t device);
  /// Gives back the watches of folders that add() has not named since the last call.
  void dropUnused();
  /// Tries for watches again where the system had none left.
  void retry() noexcept;

  /// Waits until something is reported, wake() is called or the time is over.
  void wait(std::chrono::milliseconds timeout);
  /// Waits until wake() is called or the time is over; what is reported gathers meanwhile.
  void debounce(std::chrono::milliseconds timeout);
  void wake() noexcept;
  /// What was reported since the last call.
  [[nodiscard]] std::vector<DirectoryChange> take();

 private:
  class Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace eventio
