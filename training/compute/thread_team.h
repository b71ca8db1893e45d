// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <thread>
#include <vector>

namespace training {

/// A fixed number of threads that do the same piece of work on different shares, thousands of times
/// a second. The caller is member 0.
///
/// Waiting spins briefly and then yields, so that a foreign thread on the same cores costs its own
/// time and no more; a team without work for a while sleeps.
class ThreadTeam {
 public:
  /// `prepare` runs once on each added thread before its first work.
  explicit ThreadTeam(int size, const std::function<void()>& prepare = {});
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  [[nodiscard]] int size() const noexcept { return m_size; }

  /// Calls work(member) on every member and returns when all are done. What one of them threw is
  /// thrown here, the lowest member's first. All that the members wrote is visible to the caller,
  /// and to all members in the next run. Not reentrant.
  template <class Work>
  void run(Work&& work) {
    dispatch([](void* context,
                int member) { (*static_cast<std::remove_reference_t<Work>*>(context))(member); },
             const_cast<void*>(static_cast<const void*>(&work)));
  }

 private:
  using Function = void (*)(void* context, int member);
  void dispatch(Function function, void* context);
  void serve(int member, const std::function<void()>& prepare);
  void call(int member) noexcept;
  void end() noexcept;

  const int m_size;
  Function m_function = nullptr;
  void* m_context = nullptr;
  bool m_ending = false;
  std::vector<std::exception_ptr> m_failures;  // one a member
  alignas(64) std::atomic<std::uint32_t> m_round{0};
  alignas(64) std::atomic<int> m_working{0};
  std::vector<std::thread> m_threads;
};

}  // namespace training
