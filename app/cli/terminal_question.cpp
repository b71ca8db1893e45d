// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/terminal_question.h"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <string>

#include "app/cli/stop_signals.h"

namespace app {
namespace {

using training::NonFiniteAnswer;

constexpr int kLookMs = 100;  // for a signal, while nothing is typed

/// The next line that is typed, without its end; nothing at the end of the input or for a signal.
std::optional<std::string> typedLine() {
  std::string line;
  while (receivedStopSignal() == 0) {
    pollfd input = {STDIN_FILENO, POLLIN, 0};
    const int ready = poll(&input, 1, kLookMs);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    std::array<char, 128> typed{};
    const ssize_t count = ready < 0 ? -1 : read(STDIN_FILENO, typed.data(), typed.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    line.append(typed.data(), static_cast<std::size_t>(count));
    if (const auto end = line.find('\n'); end != std::string::npos) return line.substr(0, end);
  }
  return std::nullopt;
}

}  // namespace

bool isOnTerminal() {
  return isatty(STDIN_FILENO) != 0 && isatty(STDERR_FILENO) != 0;
}

NonFiniteAnswer askAboutNonFinite(const training::NonFiniteReport& report, double learningRate,
                                  std::optional<std::int64_t> goBackStep) {
  std::fprintf(stderr, "Step %lld: %s.\nThis batch changed nothing. Training waits.\n",
               static_cast<long long>(report.step), report.what.english().c_str());
  for (;;) {
    if (goBackStep) {
      std::fprintf(stderr, "[b]ack to step %lld with a tenth of its learning rate (recommended), ",
                   static_cast<long long>(*goBackStep));
    }
    std::fprintf(stderr, "[g]o on, [l]ower the learning rate to %g and go on, or [s]top? ",
                 learningRate / 10);
    std::fflush(stderr);
    const std::optional<std::string> line = typedLine();
    if (!line) {
      std::fputc('\n', stderr);
      return NonFiniteAnswer::kStop;
    }
    const char answer = line->empty() ? ' ' : line->front();
    if (goBackStep && (answer == 'b' || answer == 'B')) return NonFiniteAnswer::kGoBack;
    if (answer == 'g' || answer == 'G') return NonFiniteAnswer::kGoOn;
    if (answer == 'l' || answer == 'L') return NonFiniteAnswer::kLowerRate;
    if (answer == 's' || answer == 'S') return NonFiniteAnswer::kStop;
  }
}

}  // namespace app
