// SPDX-License-Identifier: GPL-3.0-or-later
// The input is a script: what happens to the files of one run between the looks of a follower. A
// model knows which points must be in the run after every look.
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event_bytes.h"
#include "eventio/reader/run_loader.h"
#include "slow_records.h"
#include "tests/support/check.h"

namespace {

using eventio::FileState;
using eventio::FoundFile;
using eventio::SystemError;

/// Numbers from the input; zeros behind its end.
class Script {
 public:
  Script(const std::uint8_t* data, std::size_t size) : m_at(data), m_end(data + size) {}
  [[nodiscard]] bool atEnd() const { return m_at == m_end; }
  std::size_t byte() { return m_at == m_end ? 0 : *m_at++; }
  std::size_t word() {
    const std::size_t high = byte();
    return high << 8 | byte();
  }
  std::string bytes(std::size_t count) {
    std::string taken;
    for (; count > 0 && m_at != m_end; --count) taken += static_cast<char>(*m_at++);
    return taken;
  }

 private:
  const std::uint8_t* m_at;
  const std::uint8_t* m_end;
};

struct File {
  std::string path;
  std::string tag;
  bool present = false;
  std::string content;
  FileState state;
  std::string unfinished;  // the rest of a record whose beginning stands at the end

  std::vector<float> kept;      // points of what stood here before
  std::size_t start = 0;        // where the content that is read now begins
  std::vector<float> expected;  // at the last look
  std::int64_t checked = -1;    // when `expected` was found
  bool predictable = true;      // false: bytes changed under the reader's hands
};

/// How the next look at the files goes wrong.
struct Trouble {
  int error = 0;
  std::size_t shrinkAfter = 0;  // reads
  std::size_t shrinkBy = 0;
  bool shrunk = false;
};

class OpenFile : public eventio::InputFile {
 public:
  OpenFile(File& file, Trouble& trouble) : m_file(file), m_trouble(trouble) {}
  tl::expected<std::size_t, SystemError> readAt(std::uint64_t offset, char* out,
                                                std::size_t size) override {
    if (m_trouble.error != 0) return tl::unexpected<SystemError>(SystemError{m_trouble.error});
    check(size <= m_file.content.size() + 1024, "no read asks for more than the file held");
    if (m_trouble.shrinkBy > 0 && m_trouble.shrinkAfter-- == 0) shrink();
    const std::string& content = m_file.content;
    if (offset >= content.size()) return 0;
    return content.copy(out, size, offset);
  }
  tl::expected<FileState, SystemError> state() override {
    FileState state = m_file.state;
    state.size = m_file.content.size();
    return state;
  }

 private:
  void shrink() {
    const std::size_t by = std::min(m_trouble.shrinkBy, m_file.content.size());
    m_file.content.resize(m_file.content.size() - by);
    m_file.checked = -1;
    m_file.predictable = m_file.predictable && by == 0;
    m_trouble.shrinkBy = 0;
    m_trouble.shrunk = true;
  }
  File& m_file;
  Trouble& m_trouble;
};

class World {
 public:
  World() {
    for (std::size_t i = 0; i < m_files.size(); ++i) {
      m_files[i].tag = std::string(1, static_cast<char>('a' + i));
      m_files[i].path = "/logs/tfevents." + std::to_string(i);
    }
  }

  void step(Script& script) {
    const std::size_t what = script.byte();
    File& file = m_files[what / 16 % m_files.size()];
    switch (what % 16) {
      case 0:
      case 1:
        return append(file, records(file, 1 + script.byte() % 4));
      case 2:
        return appendPart(file, script.byte());
      case 3:
        return append(file, file.unfinished);
      case 4:
        return append(file, script.bytes(script.byte() % 64));
      case 5:
        return flip(file, script.word());
      case 6:
        return truncate(file, script.word());
      case 7:
        return replace(file, records(file, script.byte() % 4), true);
      case 8:
        return copyAndGrow(file, script.byte() % 3);
      case 9:
        return remove(file);
      case 10:
        return replace(file, records(file, script.byte() % 4), false);
      case 11:
        return look(1 + script.word());
      case 12:
        m_trouble.error = script.byte() % 2 == 0 ? EIO : EMFILE;
        return look(~std::size_t{0});
      case 13:
        m_trouble.shrinkAfter = script.byte() % 8;
        m_trouble.shrinkBy = 1 + script.word() % 200;
        return look(~std::size_t{0});
      case 14:
        m_foreign = true;
        return append(
            file,
            slow::record(event_bytes::sessionStart(static_cast<std::int64_t>(script.byte()))));
      default:
        return look(~std::size_t{0});
    }
  }

  /// Two looks at what stands there in the end.
  void end() {
    look(~std::size_t{0});
    look(~std::size_t{0});
    for (const auto& damage : m_run->damage()) {
      check(!damage.what.empty() && damage.file.starts_with("/logs/tfevents."),
            "damage has a reason and a file");
      check(damage.offset + damage.bytes <= kMaxBytes, "damage lies within a file");
    }
  }

  /// Shows the loader what stands there and checks what it makes of it.
  void look(std::size_t budget) {
    std::vector<FoundFile> found;
    for (File& file : m_files) {
      file.state.size = file.content.size();
      if (file.present) found.push_back({file.path, file.state});
    }
    const bool trouble = m_trouble.error != 0;
    m_loader.setFiles(found);
    const std::atomic<bool> stop{false};
    for (int round = 0;; ++round) {
      const auto outcome = m_loader.read(budget, stop);
      check(trouble || !outcome.failed, "what can be read is read");
      if (!outcome.more) break;
      check(round < 100000, "reading comes to an end");
    }
    // What was cut away may have been read before, and a restart among it.
    m_foreign = m_foreign || m_trouble.shrunk;
    m_trouble = {};
    if (!trouble) compare();
  }

 private:
  std::string records(const File& file, std::size_t count) {
    std::string bytes;
    for (; count > 0; --count) {
      const auto number = static_cast<float>(++m_points);
      const std::string data = event_bytes::scalarEvent(file.tag, number, m_points);
      m_written.emplace(data, Written{file.tag, number});
      bytes += slow::record(data);
    }
    return bytes;
  }

  void touch(File& file) { file.state.modified = ++m_clock; }

  void append(File& file, const std::string bytes) {
    file.unfinished.clear();
    if (!file.present) makeNew(file, true, bytes);
    file.content += bytes;
    touch(file);
  }

  void appendPart(File& file, std::size_t cut) {
    const std::string bytes = records(file, 1);
    cut = 1 + cut % (bytes.size() - 1);
    append(file, bytes.substr(0, cut));
    file.unfinished = bytes.substr(cut);
  }

  /// The next content has nothing to do with the one before.
  void makeNew(File& file, bool newInode, const std::string& content) {
    // All that the reader knows of a file that was cut down to a few bytes may stand in the next
    // one too.
    if (file.start > 0 && content.starts_with(file.content.substr(0, file.start))) {
      file.predictable = false;
    }
    // ... and where no record was read, all of that may be a few bytes of damage.
    if (!newInode && !slow::isRecordAt(file.content, 0)) file.predictable = false;
    file.kept = file.expected;
    file.start = 0;
    file.present = true;
    file.content.clear();
    file.unfinished.clear();
    if (newInode) file.state.inode = ++m_inode;
    touch(file);
  }

  void replace(File& file, const std::string& content, bool newInode) {
    makeNew(file, newInode, content);
    file.content = content;
    look(~std::size_t{0});
  }

  void copyAndGrow(File& file, std::size_t more) {
    if (!file.present) return;
    file.state.inode = ++m_inode;
    append(file, records(file, more));
  }

  void flip(File& file, std::size_t at) {
    if (file.content.empty()) return;
    char& letter = file.content[at % file.content.size()];
    letter = static_cast<char>(letter ^ (1 << at % 8));
    file.predictable = false;
    touch(file);
  }

  void truncate(File& file, std::size_t size) {
    if (!file.present) return;
    look(~std::size_t{0});
    const std::size_t before = file.content.size();
    size %= before + 1;
    file.content.resize(size);
    file.unfinished.clear();
    touch(file);
    if (size == before) return;
    if (size == 0) {
      file.kept = file.expected;
      file.start = 0;
    } else {
      // Where nothing but an unfinished tail was cut off, the reader's place stands before it.
      file.kept = file.expected;
      file.start = size;
    }
    look(~std::size_t{0});
  }

  void remove(File& file) {
    look(~std::size_t{0});
    file.present = false;
    file.kept = file.expected;
    look(~std::size_t{0});
  }

  /// The points that the content must have given since `start`.
  void predict(File& file) {
    const std::string_view bytes = std::string_view(file.content);
    const auto headers = slow::headers(bytes);
    if (!slow::isUnambiguous(bytes, headers)) file.predictable = false;
    file.expected = file.kept;
    for (const std::uint64_t at : headers) {
      if (at < file.start || !slow::isRecordAt(bytes, at)) continue;
      const auto length = slow::load<std::uint64_t>(bytes, at);
      const std::string data = file.content.substr(at + slow::kHeader, length);
      const auto written = m_written.find(data);
      if (written == m_written.end() || written->second.tag != file.tag) {
        m_foreign = true;  // may be a restart, which takes points away, or another file's record
      } else {
        file.expected.push_back(written->second.number);
      }
    }
  }

  void compare() {
    for (File& file : m_files) {
      if (file.present && std::exchange(file.checked, file.state.modified) != file.state.modified) {
        predict(file);
      }
    }
    for (const File& file : m_files) {
      const auto view = m_run->scalars(file.tag);
      check(view.size() <= 8 * m_points * m_files.size(), "points stay bounded");
      if (m_foreign || !file.predictable) continue;
      check(view.size() == file.expected.size(), "every point that stands there, once");
      for (std::size_t i = 0; i < view.size(); ++i) {
        check(view.value(i) == static_cast<double>(file.expected[i]), "in the order of the file");
      }
    }
  }

  static constexpr std::uint64_t kMaxBytes = 1U << 22;

  std::array<File, 3> m_files;
  Trouble m_trouble;
  struct Written {
    std::string tag;
    float number = 0;
  };
  std::map<std::string, Written> m_written;  // by the record's data
  std::int64_t m_points = 0;
  std::uint64_t m_inode = 0;
  std::int64_t m_clock = 0;
  bool m_foreign = false;
  std::shared_ptr<eventio::Run> m_run = std::make_shared<eventio::Run>("/logs", ".");
  eventio::RunLoader m_loader{
      m_run,
      [](const eventio::Message& problem) { check(!problem.empty(), "a problem has words"); },
      [this](const std::string& path)
          -> tl::expected<std::unique_ptr<eventio::InputFile>, SystemError> {
        for (File& file : m_files) {
          if (file.path == path && file.present) {
            return std::make_unique<OpenFile>(file, m_trouble);
          }
        }
        return tl::unexpected<SystemError>(SystemError{ENOENT});
      }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  World world;
  for (int steps = 0; !script.atEnd() && steps < 200; ++steps) world.step(script);
  world.end();
  return 0;
}
