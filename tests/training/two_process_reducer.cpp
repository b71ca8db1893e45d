// SPDX-License-Identifier: GPL-3.0-or-later
#include "two_process_reducer.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

using namespace training;

void TwoProcessReducer::send(const void* bytes, std::size_t size) const {
  const char* next = static_cast<const char*>(bytes);
  while (size > 0) {
    const ssize_t sent = ::send(m_socket, next, size, MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the other rank is gone");
    next += sent;
    size -= static_cast<std::size_t>(sent);
  }
}

void TwoProcessReducer::receive(void* bytes, std::size_t size) const {
  char* next = static_cast<char*>(bytes);
  while (size > 0) {
    const ssize_t got = ::recv(m_socket, next, size, 0);
    if (got <= 0) throw std::runtime_error("the other rank is gone");
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}

template <class Value>
void TwoProcessReducer::addUp(std::span<Value> values) {
  std::vector<Value> others(values.size());
  // Were both to send first, full sockets could block both.
  if (m_rank == 0) {
    send(values.data(), values.size_bytes());
    receive(others.data(), values.size_bytes());
  } else {
    receive(others.data(), values.size_bytes());
    send(values.data(), values.size_bytes());
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = m_rank == 0 ? values[i] + others[i] : others[i] + values[i];
  }
}

bool TwoProcessReducer::sumGradients(ThreadTeam& /*team*/, std::span<float* const> gradients,
                                     std::span<const Part> ranges, const Check& check) {
  float* const total = gradients.front();
  const std::array<float*, 1> whole{total};
  bool usable = true;
  for (const Part& range : ranges) {
    static_cast<void>(training::sumGradients(gradients, total, range));
    addUp(std::span(total + range.first, range.size));
    usable = training::sumGradients(whole, total, range) && usable;
    usable = usable && check(range);
  }
  std::array<double, 1> refusals{usable ? 0.0 : 1.0};
  sum(refusals);
  return refusals[0] == 0;
}

void TwoProcessReducer::sum(std::span<double> values) {
  addUp(values);
}

bool runTwoRanks(const std::function<void(std::unique_ptr<TwoProcessReducer> reducer)>& work) {
  std::array<int, 2> sockets{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, sockets.data()) != 0) return false;
  std::array<pid_t, 2> processes{};
  for (int rank = 0; rank < 2; ++rank) {
    const auto index = static_cast<std::size_t>(rank);
    processes[index] = ::fork();
    if (processes[index] != 0) continue;
    ::close(sockets[1 - index]);  // so that the end of one rank is seen by the other
    try {
      work(std::make_unique<TwoProcessReducer>(rank, sockets[index]));
      ::_exit(0);
    } catch (const std::exception&) {
      ::_exit(1);
    }
  }
  for (const int socket : sockets) ::close(socket);
  bool well = true;
  for (const pid_t process : processes) {
    int status = 0;
    well = process > 0 && ::waitpid(process, &status, 0) == process && status == 0 && well;
  }
  return well;
}

SharedValues::SharedValues(std::size_t count) {
  void* const memory = ::mmap(nullptr, count * sizeof(double), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::runtime_error("there is no memory to share");
  m_values = {static_cast<double*>(memory), count};
}

SharedValues::~SharedValues() {
  ::munmap(m_values.data(), m_values.size_bytes());
}
