// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// The program `traindeck`, which lies beside the test, in a process of its own; what it prints
/// goes to files.
class Program {
 public:
  /// `prepare` is called in the new process before the program starts.
  Program(const std::filesystem::path& folder, std::vector<std::string> arguments,
          const std::function<void()>& prepare = {})
      : m_folder(folder) {
    const auto program =
        std::filesystem::read_symlink("/proc/self/exe").parent_path() / "traindeck";
    arguments.insert(arguments.begin(), program.string());
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    m_child = fork();
    if (m_child != 0) return;
    redirect("out", STDOUT_FILENO);
    redirect("err", STDERR_FILENO);
    if (prepare) prepare();
    execv(argv[0], argv.data());
    _exit(127);
  }
  ~Program() {
    if (m_child <= 0) return;
    ::kill(m_child, SIGKILL);
    waitpid(m_child, nullptr, 0);
  }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const { ::kill(m_child, signal); }
  [[nodiscard]] bool hasEnded() {
    if (m_child > 0 && waitpid(m_child, &m_status, WNOHANG) == m_child) m_child = -1;
    return m_child <= 0;
  }
  /// Waits for the end: the exit status, or minus the signal that ended it.
  int finish() {
    if (m_child > 0) wait4(m_child, &m_status, 0, &m_usage);
    m_child = -1;
    return WIFSIGNALED(m_status) ? -WTERMSIG(m_status) : WEXITSTATUS(m_status);
  }
  /// The most memory that it had, in KiB; after finish().
  [[nodiscard]] long maxKibibytes() const { return m_usage.ru_maxrss; }
  [[nodiscard]] std::filesystem::path outFile() const { return m_folder / "out"; }
  [[nodiscard]] std::filesystem::path errFile() const { return m_folder / "err"; }

 private:
  void redirect(const char* name, int descriptor) const {
    const int file = open((m_folder / name).c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(file, descriptor);
    close(file);
  }

  const std::filesystem::path m_folder;
  pid_t m_child = -1;
  int m_status = 0;
  rusage m_usage = {};
};
