// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "eventio/base/input_file.h"
#include "eventio/base/message.h"

namespace eventio {

/// A whole record of an event file. `data` lives until the next call of the reader.
struct Record {
  std::uint64_t offset = 0;  ///< of its first byte in the file
  std::string_view data;
};

/// The reason reported for bytes that follow damage at what was the end of the file before.
inline constexpr MessageText<0> kNoRecord = "no record begins in these bytes";

/// Takes an event file apart into its records, past damage, and goes on where it stopped when the
/// file has grown.
///
/// Damage is reported as it is passed over: what is read in one go and what is reported cover the
/// bytes before offset() without gap or overlap. (Where a file grows behind damage, a record may
/// turn out to begin in the last 11 bytes that were reported.) Memory stays below 5 MB, or the
/// longest record whose checksums hold.
class RecordReader {
 public:
  using DamageHandler =
      std::function<void(std::uint64_t offset, std::uint64_t bytes, Message what)>;

  enum class Status {
    kRecord,  ///< a record was read
    kEnd,     ///< no further whole record stands in the file at present
    kFailed,  ///< the system refused to read: systemError()
  };

  explicit RecordReader(DamageHandler damage);

  /// Reads `file` from now on, up to `size`, until detach(): the same file as before, at this
  /// place.
  void attach(InputFile* file, std::uint64_t size);
  /// Lets go of the file and of the memory for its bytes; the place in it is kept.
  void detach();

  [[nodiscard]] Status next(Record& record);

  /// Goes on at `offset`, wherever a record begins at or after it. Not while attached.
  void skipTo(std::uint64_t offset) noexcept;

  /// Every byte before this one has been dealt with.
  [[nodiscard]] std::uint64_t offset() const noexcept { return m_offset; }
  /// Bytes at the end of the file that do not make a whole record yet.
  [[nodiscard]] std::uint64_t tailBytes() const noexcept { return m_size - m_offset; }
  [[nodiscard]] int systemError() const noexcept { return m_systemError; }

 private:
  enum class Fetch { kDone, kShort, kFailed };
  /// What stands behind a damaged place.
  struct Found {
    std::optional<std::uint64_t> record;      // first whole record
    std::optional<std::uint64_t> incomplete;  // first header whose record goes past the end
  };

  [[nodiscard]] Fetch fetch(std::uint64_t offset, std::uint64_t bytes);
  [[nodiscard]] const char* at(std::uint64_t offset) const noexcept {
    return m_buffer.get() + (offset - m_bufferStart);
  }
  [[nodiscard]] Status end(Fetch fetched) noexcept;
  [[nodiscard]] Fetch check(std::uint64_t offset, std::uint64_t length, bool& holds);
  [[nodiscard]] Fetch find(std::uint64_t from, std::optional<std::uint64_t> likely, Found& found);
  [[nodiscard]] Fetch findInWindow(std::uint64_t& at, std::optional<std::uint64_t> likely,
                                   Found& found);
  [[nodiscard]] Fetch skipDamage(Message what, std::optional<std::uint64_t> next);
  [[nodiscard]] std::uint64_t searchedTo() const noexcept;
  [[nodiscard]] Fetch goOnSearching();
  [[nodiscard]] Fetch checkTail(bool& goesOn);
  void reportDamage(std::uint64_t from, std::uint64_t to, Message what);

  DamageHandler m_damage;
  InputFile* m_file = nullptr;
  std::uint64_t m_size = 0;
  std::uint64_t m_offset = 0;
  bool m_searching = false;          // the file ended in damage
  std::uint64_t m_searchFrom = 0;    // where the next record may begin then
  std::uint64_t m_tailChecked = 0;   // size at which the present tail was searched for records
  std::uint64_t m_tailSearched = 0;  // no header between the unfinished record and this place
  int m_systemError = 0;

  std::unique_ptr<char[]> m_buffer;
  std::size_t m_capacity = 0;
  std::uint64_t m_bufferStart = 0;
  std::size_t m_bufferBytes = 0;
};

}  // namespace eventio
