// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/stop_signals.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <ctime>

namespace app {
namespace {

constexpr std::array<int, 6> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU};

constexpr std::int64_t kMinPersonMilliseconds = 250;

static_assert(std::atomic<int>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "used in a signal handler");
std::atomic<int> firstSignal{0};
std::atomic<std::int64_t> firstTime{0};
std::array<int, 2> wakePipe = {-1, -1};

/// Ends the process the way that it would have ended without a handler.
[[noreturn]] void endOf(int number) noexcept {
  const rlimit noCoreFile = {0, 0};
  setrlimit(RLIMIT_CORE, &noCoreFile);
  std::signal(number, SIG_DFL);
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
  ::raise(number);
  _exit(128 + number);
}

std::int64_t milliseconds() noexcept {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

void onStopSignal(int number) {
  const int error = errno;
  int none = 0;
  if (!firstSignal.compare_exchange_strong(none, number)) {
    // Only a person at the keyboard asks twice: a closed terminal, a batch system or timeout(1) may
    // repeat at once a signal that is being obeyed already.
    if (number == SIGINT && milliseconds() - firstTime >= kMinPersonMilliseconds) endOf(number);
  } else {
    firstTime = milliseconds();
    const char byte = 0;
    static_cast<void>(!write(wakePipe[1], &byte, 1));
  }
  errno = error;
}

}  // namespace

void catchStopSignals() {
  if (wakePipe[0] < 0) static_cast<void>(!pipe2(wakePipe.data(), O_CLOEXEC | O_NONBLOCK));
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit of a file's size fails instead
  for (const int number : kSignals) {
    struct sigaction before = {};
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    struct sigaction action = {};
    action.sa_handler = onStopSignal;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, nullptr);
  }
}

int receivedStopSignal() noexcept {
  return firstSignal.load();
}

int stopSignalDescriptor() noexcept {
  return wakePipe[0];
}

void endOfStopSignal() noexcept {
  if (const int number = receivedStopSignal(); number != 0) endOf(number);
}

}  // namespace app
