// SPDX-License-Identifier: GPL-3.0-or-later
// Writes an event file until it is killed, and prints what flush() confirmed to standard output.
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "eventio/writer/summary_writer.h"

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::mt19937 random(static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)));
  eventio::SummaryWriterOptions options;
  options.flushInterval = std::chrono::milliseconds(3);
  const auto opened = eventio::SummaryWriter::create(argv[1], options);
  if (!opened) return 1;
  eventio::SummaryWriter& writer = **opened;
  std::vector<float> values(1000);
  for (std::int64_t step = 1;; ++step) {
    bool good = writer.addScalar("scalar", static_cast<float>(step), step).has_value();
    if (step % 20 == 0) {
      for (float& value : values) value = std::sin(static_cast<float>(random()));
      good = good && writer.addHistogram("histogram", values, step);
      good = good && writer.addText("text", "step " + std::to_string(step), step);
    }
    if (random() % 50 == 0) {
      good = good && writer.flush(random() % 20 == 0);
      good = good && ::write(STDOUT_FILENO, &step, sizeof step) == sizeof step;
    }
    if (!good) return 1;
  }
}
