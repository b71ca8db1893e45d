// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/event_file.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>

#include "eventio/records/record_format.h"

namespace eventio {

namespace {

/// rsync, syncthing, lftp, AzCopy, Nextcloud and most editors hide what is not finished; macOS
/// keeps attributes in "._" files; Emacs and Windows programs use the other two.
constexpr std::string_view kTemporaryBegins = ".~#";

constexpr auto kTemporaryEnds = std::to_array<std::string_view>({
    "~",
    ".part",              // Firefox, KDE, many downloaders
    ".filepart",          // WinSCP
    ".partial",           // rclone, Aspera
    ".crdownload",        // Chromium
    ".opdownload",        // Opera
    ".download",          // Safari
    ".incomplete",        // Hugging Face
    ".tmp",               //
    ".temp",              //
    ".aria2",             // its list of what is there
    "_.gstmp",            // gsutil, gcloud
    ".part.minio",        // MinIO
    ".cyberduckpartial",  // Cyberduck
    ".!sync",             // Resilio
    ".swp",               // Vim
});

constexpr auto kConflictingCopies = std::to_array<std::string_view>({
    ".sync-conflict-",   // syncthing
    "conflicted copy ",  // Dropbox, Nextcloud
    "_conflict-",        // ownCloud
});

constexpr auto kCopyToolFolders = std::to_array<std::string_view>({
    ".~tmp~",          // rsync --delay-updates
    ".rsync-partial",  // rsync --partial-dir, as its manual names it
    ".rsync-tmp",      //
    ".stversions",     // syncthing
    ".dropbox.cache",  //
});

}  // namespace

bool isTemporaryFileName(std::string_view name) {
  if (name.empty() || kTemporaryBegins.find(name.front()) != std::string_view::npos) return true;
  return std::any_of(kTemporaryEnds.begin(), kTemporaryEnds.end(),
                     [name](std::string_view end) { return name.ends_with(end); }) ||
         std::any_of(
             kConflictingCopies.begin(), kConflictingCopies.end(),
             [name](std::string_view word) { return name.find(word) != std::string_view::npos; });
}

bool isEventFileName(std::string_view name) {
  return name.find("tfevents") != std::string_view::npos && !isTemporaryFileName(name);
}

void dropDownloads(std::vector<std::string>& names) {
  constexpr std::size_t kEnding = 9;
  const std::set<std::string, std::less<>> all(names.begin(), names.end());
  std::erase_if(names, [&all](std::string_view name) {
    if (name.size() <= kEnding || name[name.size() - kEnding] != '.') return false;
    const std::string_view digits = name.substr(name.size() - kEnding + 1);
    return digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos &&
           all.contains(name.substr(0, name.size() - kEnding));
  });
}

bool isCopyToolFolder(std::string_view name) {
  return std::find(kCopyToolFolders.begin(), kCopyToolFolders.end(), name) !=
         kCopyToolFolders.end();
}

Result<void> takeAsEventFile(const std::filesystem::path& file) {
  const auto input = openInputFile(file.string());
  const auto beginning = input ? beginningOf(**input) : tl::unexpected<SystemError>(input.error());
  if (!beginning) {
    return makeError(ErrorCode::kIo, "cannot read '%1': %2", file,
                     std::generic_category().message(beginning.error().number));
  }
  const bool hasName = file.filename().string().find("tfevents") != std::string::npos;
  if (*beginning == FileBeginning::kRecord) return {};
  if (hasName && *beginning != FileBeginning::kText) return {};
  const Message advice(
      "give a log directory, an event file (TensorBoard's, with \"tfevents\" in its name), or a "
      "CSV file of metrics");
  constexpr ErrorCode kRefused = ErrorCode::kInvalidArgument;
  switch (*beginning) {
    case FileBeginning::kEmpty:
      return makeError(kRefused, "'%1' is empty: %2", file, advice);
    case FileBeginning::kText:
      return makeError(kRefused, "'%1' is a text file: %2", file, advice);
    default:
      return makeError(kRefused, "'%1' does not begin as an event file does: %2", file, advice);
  }
}

Message textInsteadOfEvents(const std::string& path) {
  return {"'%1' has an event file's name, but is a text file: it is passed over", path};
}

tl::expected<FileBeginning, SystemError> beginningOf(InputFile& file) {
  std::array<char, 512> bytes{};
  const auto got = file.readAt(0, bytes.data(), bytes.size());
  if (!got) return tl::unexpected<SystemError>(got.error());
  if (*got == 0) return FileBeginning::kEmpty;
  if (*got >= kRecordHeaderBytes && isRecordHeader(bytes.data())) return FileBeginning::kRecord;
  constexpr std::size_t kLengthBytes = 8;
  const std::string_view beginning(bytes.data(), *got);
  if (*got >= kLengthBytes && beginning.find('\0') == std::string_view::npos) {
    return FileBeginning::kText;
  }
  return FileBeginning::kOther;
}

}  // namespace eventio
