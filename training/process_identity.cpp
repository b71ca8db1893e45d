// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/process_identity.h"

#include <unistd.h>

#include <fstream>
#include <sstream>

namespace training {
namespace {

/// When the process was started, in ticks since the machine was; empty when there is none.
std::string startTime(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string line;
  std::getline(file, line);
  // The program's name stands in parentheses and may hold anything; start time is field 22.
  const std::size_t nameEnd = line.rfind(')');
  if (nameEnd == std::string::npos) return {};
  std::istringstream rest(line.substr(nameEnd + 1));
  std::string field;
  for (int number = 3; number <= 22; ++number) rest >> field;
  return rest ? field : std::string();
}

std::string identityOf(const std::string& pid) {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  std::getline(file, boot);
  const std::string start = startTime(pid);
  return start.empty() ? std::string() : pid + " " + start + " " + boot;
}

}  // namespace

std::string ownProcessIdentity() {
  return identityOf(std::to_string(::getpid()));
}

bool processRuns(const std::string& identity) {
  const std::string pid = identity.substr(0, identity.find(' '));
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos) return false;
  return identityOf(pid) == identity;
}

}  // namespace training
