// SPDX-License-Identifier: GPL-3.0-or-later
// How soon a followed log directory of many runs shows what others write into it, and what it costs
// to wait. Not a test: prints figures.
//
//   follow_benchmark [--runs 5000] [--files 2] [--repeats 50] [--watches N] [--folder FOLDER]
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "eventio/encode/event_encoder.h"
#include "eventio/reader/log_directory.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Settings {
  int runs = 5000;
  int files = 2;
  int repeats = 50;
  eventio::RunSourceOptions follow;
  fs::path folder;
};

Settings settingsFrom(int argc, char** argv) {
  Settings settings;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    const char* value = argv[i + 1];
    if (name == "--runs") settings.runs = std::atoi(value);
    if (name == "--files") settings.files = std::atoi(value);
    if (name == "--repeats") settings.repeats = std::atoi(value);
    if (name == "--watches") settings.follow.maxWatches = std::strtoul(value, nullptr, 10);
    if (name == "--folder") settings.folder = value;
  }
  return settings;
}

void append(const fs::path& path, int step) {
  std::string records;
  if (step == 0) eventio::encodeFileVersion(records, 1.5e9);
  std::array<char, eventio::kScalarRecordBytes + 1> scalar{};
  records.append(scalar.data(), eventio::encodeScalar(scalar.data(), 1.5e9 + step, step, "a", 1));
  std::ofstream(path, std::ios::binary | std::ios::app) << records;
}

fs::path fileOf(const Settings& settings, int run, int file) {
  return settings.folder / ("group" + std::to_string(run % 50)) / ("run" + std::to_string(run)) /
         ("events.out.tfevents." + std::to_string(file));
}

void makeRun(const Settings& settings, int run) {
  fs::create_directories(fileOf(settings, run, 0).parent_path());
  for (int file = 0; file < settings.files; ++file) append(fileOf(settings, run, file), 0);
}

double processorSeconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t openDescriptors() {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

class Following {
 public:
  explicit Following(const Settings& settings) : m_settings(settings) {
    auto opened = eventio::LogDirectory::open(settings.folder, m_store, settings.follow);
    if (!opened) {
      std::fprintf(stderr, "%s\n", opened.error().message.english().c_str());
      std::exit(1);
    }
    m_directory = std::move(*opened);
    m_directory->waitUntilLoaded(std::chrono::minutes(10));
  }

  [[nodiscard]] std::size_t runs() const { return m_store->runs().size(); }
  [[nodiscard]] std::size_t points(int run) const {
    const fs::path folder = fileOf(m_settings, run, 0).parent_path();
    const auto found =
        m_store->find(m_directory->path(), folder.lexically_relative(m_settings.folder).string());
    return found ? found->scalars("a").size() : 0;
  }
  /// Milliseconds until the run has so many points; 30000 when it never does.
  [[nodiscard]] double waitFor(int run, std::size_t count) const {
    const auto start = Clock::now();
    while (points(run) < count && Clock::now() - start < std::chrono::seconds(30)) {
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  }

 private:
  const Settings& m_settings;
  std::shared_ptr<eventio::RunStore> m_store = std::make_shared<eventio::RunStore>();
  std::unique_ptr<eventio::LogDirectory> m_directory;
};

void print(const char* what, std::vector<double> times) {
  std::sort(times.begin(), times.end());
  std::printf("%-22s median %7.1f ms, worst %7.1f ms of %zu\n", what, times[times.size() / 2],
              times.back(), times.size());
}

void measure(const Settings& settings) {
  const auto start = Clock::now();
  const Following following(settings);
  const std::chrono::duration<double> loading = Clock::now() - start;
  std::printf("%zu runs, %d files loaded in %.2f s; %zu descriptors open\n", following.runs(),
              settings.runs * settings.files, loading.count(), openDescriptors());

  constexpr int kIdleSeconds = 10;
  std::this_thread::sleep_for(std::chrono::seconds(3));
  const double before = processorSeconds();
  std::this_thread::sleep_for(std::chrono::seconds(kIdleSeconds));
  std::printf("idle: %.2f %% of one processor\n",
              100 * (processorSeconds() - before) / kIdleSeconds);

  std::mt19937 random(1);
  const auto pause = [&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 700));
  };
  std::vector<double> appends;
  std::vector<double> newRuns;
  for (int i = 0; i < settings.repeats; ++i) {
    pause();
    const int run = static_cast<int>(random() % static_cast<unsigned>(settings.runs));
    const std::size_t points = following.points(run);
    append(fileOf(settings, run, settings.files - 1), 1 + i);
    appends.push_back(following.waitFor(run, points + 1));
    pause();
    makeRun(settings, settings.runs + i);
    newRuns.push_back(following.waitFor(settings.runs + i, 1));
  }
  print("a point in an old run", std::move(appends));
  print("a new run", std::move(newRuns));
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings = settingsFrom(argc, argv);
  const fs::path base = settings.folder.empty() ? fs::temp_directory_path() : settings.folder;
  settings.folder = base / ("follow-benchmark-" + std::to_string(::getpid()));
  for (int run = 0; run < settings.runs; ++run) makeRun(settings, run);
  measure(settings);
  fs::remove_all(settings.folder);
}
