// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/compute/thread_team.h"

#include <chrono>

#include "training/compute/spin_wait.h"

namespace training {
namespace {

constexpr std::chrono::milliseconds kYielding{2};

/// True once `done` holds; false after spinning and yielding for kYielding in vain.
template <class Done>
bool waitAwake(const Done& done) {
  for (int i = 0; i < kSpins; ++i) {
    if (done()) return true;
    relax();
  }
  const auto until = std::chrono::steady_clock::now() + kYielding;
  while (!done()) {
    std::this_thread::yield();
    if (std::chrono::steady_clock::now() > until) return done();
  }
  return true;
}

}  // namespace

ThreadTeam::ThreadTeam(int size, const std::function<void()>& prepare)
    : m_size(size), m_failures(static_cast<std::size_t>(size)) {
  m_threads.reserve(static_cast<std::size_t>(size));
  try {
    for (int member = 1; member < size; ++member) {
      m_threads.emplace_back([this, member, prepare] { serve(member, prepare); });
    }
  } catch (...) {  // the system has no more threads to give
    end();
    throw;
  }
}

ThreadTeam::~ThreadTeam() {
  end();
}

void ThreadTeam::end() noexcept {
  m_ending = true;
  m_round.fetch_add(1, std::memory_order_release);
  m_round.notify_all();
  for (std::thread& thread : m_threads) thread.join();
}

void ThreadTeam::dispatch(Function function, void* context) {
  m_function = function;
  m_context = context;
  m_working.store(m_size - 1, std::memory_order_relaxed);
  m_round.fetch_add(1, std::memory_order_release);
  m_round.notify_all();
  call(0);
  const auto allDone = [this] { return m_working.load(std::memory_order_acquire) == 0; };
  while (!waitAwake(allDone)) {
  }
  std::exception_ptr first;
  for (std::exception_ptr& failure : m_failures) {
    if (failure && !first) first = failure;
    failure = nullptr;
  }
  if (first) std::rethrow_exception(first);
}

void ThreadTeam::serve(int member, const std::function<void()>& prepare) {
  try {
    if (prepare) prepare();
  } catch (...) {
    m_failures[static_cast<std::size_t>(member)] = std::current_exception();
  }
  std::uint32_t seen = 0;
  for (;;) {
    const auto called = [this, seen] { return m_round.load(std::memory_order_acquire) != seen; };
    while (!waitAwake(called)) m_round.wait(seen, std::memory_order_acquire);
    seen = m_round.load(std::memory_order_acquire);
    if (m_ending) return;
    call(member);
    m_working.fetch_sub(1, std::memory_order_release);
  }
}

void ThreadTeam::call(int member) noexcept {
  try {
    m_function(m_context, member);
  } catch (...) {
    m_failures[static_cast<std::size_t>(member)] = std::current_exception();
  }
}

}  // namespace training
