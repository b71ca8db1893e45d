// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/input_file.h"
#include "eventio/base/result.h"

/// Which files are event files: by their names, and by how they begin.
namespace eventio {

/// True for a name under which copy tools, browsers and editors keep a file that is not finished,
/// or that a synchroniser gives to a conflicting copy (FORMAT.md lists them).
[[nodiscard]] bool isTemporaryFileName(std::string_view name);

/// True for a file name that a reader of event files takes: it holds "tfevents" and is no
/// isTemporaryFileName().
[[nodiscard]] bool isEventFileName(std::string_view name);

/// Removes from the names of one folder's event files those that AWS's tools give to a file while
/// they download it: another one's name with '.' and eight hexadecimal digits.
void dropDownloads(std::vector<std::string>& names);

/// True for a folder in which copy tools keep what is not finished or out of date.
[[nodiscard]] bool isCopyToolFolder(std::string_view name);

/// How a file begins.
enum class FileBeginning {
  kEmpty,
  kRecord,  ///< the header of a record
  kText,    ///< no zero byte, which the length of every record holds
  kOther,   ///< too short to tell, or damaged
};

[[nodiscard]] tl::expected<FileBeginning, SystemError> beginningOf(InputFile& file);
/// Whether a file that somebody named, whatever its name is, can be read as an event file; the
/// error says what it is instead (kInvalidArgument).
[[nodiscard]] Result<void> takeAsEventFile(const std::filesystem::path& file);
/// The sentence about a file in a log directory that is text under an event file's name.
[[nodiscard]] Message textInsteadOfEvents(const std::string& path);

}  // namespace eventio
