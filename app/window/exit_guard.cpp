// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/exit_guard.h"

#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

namespace app {
namespace {

/// Never destroyed: exit() may be called when static objects are gone.
std::function<void()>& savedWork() {
  static auto* const saveWork = new std::function<void()>;
  return *saveWork;
}

std::atomic<pid_t> guardedProcess{0};
std::atomic<pid_t> savingThread{0};

[[noreturn]] void endAtOnce(int status) noexcept {
  for (;;) ::syscall(SYS_exit_group, status);
}

/// Runs the guard; returns when there is none. A second thread that wants to end waits for the
/// first.
void runGuard(int status) noexcept {
  if (guardedProcess != ::getpid()) return;
  pid_t none = 0;
  if (!savingThread.compare_exchange_strong(none, ::gettid())) {
    if (none == ::gettid()) endAtOnce(status);
    for (;;) ::pause();
  }
  try {
    savedWork()();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "traindeck: %s\n", error.what());
  }
  std::fflush(nullptr);
  endAtOnce(status);
}

}  // namespace

void setExitGuard(std::function<void()> saveWork) {
  guardedProcess = 0;
  savedWork() = std::move(saveWork);
  if (savedWork()) guardedProcess = ::getpid();
}

}  // namespace app

extern "C" {

void exit(int status) noexcept {
  app::runGuard(status);
  using Exit = void (*)(int);
  if (const auto next = reinterpret_cast<Exit>(::dlsym(RTLD_NEXT, "exit"))) next(status);
  app::endAtOnce(status);
}

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): unistd.h's name
void _exit(int status) {
  app::runGuard(status);
  app::endAtOnce(status);
}

}  // extern "C"
