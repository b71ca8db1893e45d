// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/job/run_settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <system_error>
#include <utility>

#include "eventio/base/crc32c.h"
#include "eventio/base/file_replacement.h"
#include "training/job/run_lock.h"
#include "training/job/setting_choices.h"
#include "training/settings/setting.h"

namespace training {
namespace {

namespace fs = std::filesystem;
using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;
using Json = nlohmann::json;

constexpr const char* kFormat = "TrainDeck run 2";
constexpr const char* kOldFormat = "TrainDeck run 1";
constexpr const char* kFormatName = "TrainDeck run ";
constexpr const char* kFingerprintKey = "data_fingerprint";
constexpr const char* kCourseKey = "course";
constexpr const char* kChecksumKey = "checksum";
constexpr off_t kMaxBytes = 1 << 20;

struct StateWord {
  RunState state;
  const char* word;
};
constexpr std::array<StateWord, 5> kStateWords{{{RunState::kRunning, "running"},
                                                {RunState::kFinished, "finished"},
                                                {RunState::kStopped, "stopped"},
                                                {RunState::kFailed, "failed"},
                                                {RunState::kDiverged, "diverged"}}};

// --- one value: what it must be, and whether it is --------------------------------------------

template <class Integer>
bool takeInteger(const Json& json, Integer& value) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())) return false;
    value = static_cast<Integer>(number);
    return true;
  }
  if (!json.is_number_integer()) return false;
  const auto number = json.get<std::int64_t>();  // below 0, or it would be unsigned
  if (std::is_unsigned_v<Integer> ||
      number < static_cast<std::int64_t>(std::numeric_limits<Integer>::min())) {
    return false;
  }
  value = static_cast<Integer>(number);
  return true;
}

bool take(const Json& json, std::int64_t& value) {
  return takeInteger(json, value);
}
bool take(const Json& json, int& value) {
  return takeInteger(json, value);
}
bool take(const Json& json, std::uint64_t& value) {
  return takeInteger(json, value);
}
bool take(const Json& json, double& value) {
  if (!json.is_number()) return false;
  value = json.get<double>();
  return true;
}
bool take(const Json& json, std::string& value) {
  if (!json.is_string()) return false;
  value = json.get<std::string>();
  return true;
}
bool take(const Json& json, bool& value) {
  if (!json.is_boolean()) return false;
  value = json.get<bool>();
  return true;
}
template <class Item>
bool take(const Json& json, std::vector<Item>& value) {
  if (!json.is_array()) return false;
  std::vector<Item> items(json.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (!take(json[i], items[i])) return false;
  }
  value = std::move(items);
  return true;
}

/// What a value of a setting must be, by its type.
struct TypeName {
  const char* operator()(const std::string&) const { return "a text"; }
  const char* operator()(std::int64_t) const { return "a whole number"; }
  const char* operator()(int) const { return "a whole number"; }
  const char* operator()(std::uint64_t) const { return "a whole number from 0 to 2^64 - 1"; }
  const char* operator()(double) const { return "a number"; }
  const char* operator()(bool) const { return "true or false"; }
  const char* operator()(const std::vector<std::string>&) const { return "a list of texts"; }
  const char* operator()(const std::vector<std::int64_t>&) const {
    return "a list of whole numbers";
  }
};

/// A value for a message: short, on one line.
std::string shown(const Json& json) {
  constexpr std::size_t kMaxShown = 40;
  std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
  return text;
}

/// Of all but the checksum itself, however it is laid out.
std::uint32_t checksum(Json json) {
  json.erase(kChecksumKey);
  return eventio::crc32c(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

// --- the file ---------------------------------------------------------------------------------

tl::unexpected<eventio::Error> unreadable(const fs::path& file, int error) {
  return makeError(ErrorCode::kIo, "%1: cannot be read: %2", file,
                   std::generic_category().message(error));
}

/// The bytes of a small regular file; kNotFound when there is none.
Result<std::string> readSmallFile(const fs::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    if (errno != ENOENT && errno != ENOTDIR) return unreadable(file, errno);
    std::error_code ignored;
    const fs::path folder = file.parent_path();
    if (!fs::exists(folder, ignored)) {
      return makeError(ErrorCode::kNotFound, "%1: there is no such folder", folder);
    }
    return makeError(ErrorCode::kNotFound, "%1: not a run of TrainDeck (it holds no %2)", folder,
                     file.filename());
  }
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } const closer{descriptor};
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) return unreadable(file, errno);
  if (!S_ISREG(status.st_mode)) {
    return makeError(ErrorCode::kCorrupt, "%1: not a regular file", file);
  }
  std::string bytes(static_cast<std::size_t>(kMaxBytes) + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return unreadable(file, errno);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > static_cast<std::size_t>(kMaxBytes)) {
    return makeError(ErrorCode::kCorrupt, "%1: larger than a run's settings can be (1 MiB)", file);
  }
  bytes.resize(size);
  return bytes;
}

/// Which key of a file that is no JSON holds NaN or Infinity, as Python writes them; empty: none.
Message nonFiniteNumber(const std::string& bytes) {
  static const std::regex kNumber(R"re("([A-Za-z_]{1,40})"[ \t\r\n]{0,8}:[ \t\r\n]{0,8})re"
                                  R"re(([-+]?(?:nan|inf|infinity))[ \t\r\n]{0,8}[,}])re",
                                  std::regex::icase);
  std::smatch found;
  if (!std::regex_search(bytes, found, kNumber)) return {};
  return {"setting '%1' must be a finite number, not %2", found[1].str(), found[2].str()};
}

/// What the file says; throws nothing.
class SettingsParser {
 public:
  explicit SettingsParser(fs::path file) : m_file(std::move(file)) {}

  Result<SavedRun> parse(const std::string& bytes) {
    const Json json = Json::parse(bytes, nullptr, false);
    if (json.is_discarded()) {
      const Message number = nonFiniteNumber(bytes);
      if (!number.empty()) return corrupt(number);
      return corrupt({"not valid JSON; it may have been cut off"});
    }
    if (const Message problem = formatProblem(json); !problem.empty()) return corrupt(problem);
    SavedRun run;
    // Older versions kept none.
    if (json.contains(kCourseKey) && !take(json[kCourseKey], run.config.course)) {
      return corrupt({"'course' must be a whole number, not %1", shown(json[kCourseKey])});
    }
    if (!takeState(json, run) || !takeSettings(json, run.config)) return corrupt(m_problem);
    run.changedByOthers = json.contains(kChecksumKey) && json[kChecksumKey] != checksum(json);
    const std::vector<ConfigProblem> problems = checkSettings(run.config);
    if (problems.empty()) return run;
    const ConfigProblem& problem = problems.front();
    const Setting* setting = findSetting(problem.field);
    const std::string key = setting == nullptr ? problem.field : setting->key;
    return corrupt(describe("setting '" + key + "'", problem));
  }

 private:
  tl::unexpected<eventio::Error> corrupt(const Message& what) const {
    return makeError(ErrorCode::kCorrupt, "%1: %2", m_file, what);
  }

  static Message formatProblem(const Json& json) {
    const Json format = json.is_object() && json.contains("format") ? json["format"] : Json();
    Message foreign("not the settings of a TrainDeck run");
    if (!format.is_string()) return foreign;
    const auto& text = format.get_ref<const std::string&>();
    if (text == kFormat || text == kOldFormat) return {};
    if (!text.starts_with(kFormatName)) return foreign;
    return {"format %1 is not known: a newer TrainDeck wrote it", shown(format)};
  }

  bool fail(Message problem) {
    m_problem = std::move(problem);
    return false;
  }

  bool takeState(const Json& json, SavedRun& run) {
    const auto state = json.find("state");
    if (state == json.end()) return fail({"'state' is missing"});
    for (const StateWord& known : kStateWords) {
      if (*state != known.word) continue;
      run.finished = known.state == RunState::kFinished;
      run.diverged = known.state == RunState::kDiverged;
      run.endedCleanly = known.state != RunState::kRunning;
      return true;
    }
    return fail(
        {"'state' must be running, finished, stopped, failed or diverged, not %1", shown(*state)});
  }

  bool takeSettings(const Json& json, TrainingConfig& config) {
    const auto settings = json.find("settings");
    if (settings == json.end() || !settings->is_object()) return fail({"'settings' are missing"});
    std::set<std::string> known{kFingerprintKey};
    for (const Setting& setting : settingsTable()) {
      if (!setting.isKept()) continue;
      known.insert(setting.key);
      // Added since the first version, whose files lack it and mean the default.
      const bool optional = setting.course == Setting::Course::kIfChanged;
      if (optional && !settings->contains(setting.key)) continue;
      SettingValue value = setting.valueIn(config);
      std::visit([&](auto& held) { takeSetting(*settings, setting.key, held); }, value);
      setting.assignTo(config, value);
    }
    // Older versions kept none.
    if (json["format"] == kFormat) takeSetting(*settings, kFingerprintKey, config.dataFingerprint);
    for (const auto& [key, value] : settings->items()) {
      if (known.count(key) == 0) return fail({"there is no setting %1", shown(key)});
    }
    return m_problem.empty();
  }

  template <class Value>
  void takeSetting(const Json& settings, const char* key, Value& value) {
    if (!m_problem.empty()) return;
    const auto found = settings.find(key);
    if (found == settings.end()) {
      m_problem = {"setting '%1' is missing", key};
    } else if (!take(*found, value)) {
      m_problem = {"setting '%1' must be %2, not %3", key, Message::ofTable(TypeName()(value)),
                   shown(*found)};
    }
  }

  const fs::path m_file;
  Message m_problem;
};

}  // namespace

Result<void> writeRunSettings(const RunFolder& folder, const TrainingConfig& config,
                              RunState state) {
  Json settings;
  for (const Setting& setting : settingsTable()) {
    if (!setting.isKept()) continue;
    std::visit([&](const auto& value) { settings[setting.key] = value; }, setting.valueIn(config));
  }
  settings[kFingerprintKey] = config.dataFingerprint;
  const auto word = std::find_if(kStateWords.begin(), kStateWords.end(),
                                 [state](const StateWord& known) { return known.state == state; });
  Json json = {{"format", kFormat},
               {"state", word->word},
               {kCourseKey, config.course},
               {"settings", settings}};
  json[kChecksumKey] = checksum(json);
  return eventio::replaceFile(folder.settingsFile(),
                              json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n",
                              eventio::AtLink::kReplaceLink);
}

Result<SavedRun> readSavedRun(const std::string& runFolder) {
  const RunFolder folder = runFolderAt(runFolder);
  fs::path file = folder.settingsFile();
  Result<std::string> bytes = readSmallFile(file);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) {
    Result<std::string> old = readSmallFile(folder.oldSettingsFile());
    if (old || old.error().code != ErrorCode::kNotFound) {
      file = folder.oldSettingsFile();
      bytes = std::move(old);
    }
  }
  if (!bytes) return tl::unexpected(bytes.error());
  Result<SavedRun> run = SettingsParser(file).parse(*bytes);
  if (!run) return run;
  if (!run->endedCleanly) {
    run->running = RunLock::isHeld(folder.path());
    run->endedCleanly = run->running;
  }
  run->config.logDirectory = folder.logDirectory.string();
  run->config.runName = folder.name;
  for (const fs::path& model : {folder.modelFile(), folder.oldModelFile()}) {
    std::error_code ignored;
    if (run->modelFile.empty() && fs::is_regular_file(model, ignored)) {
      run->modelFile = model.string();
    }
  }
  return run;
}

}  // namespace training
