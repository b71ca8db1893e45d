// SPDX-License-Identifier: GPL-3.0-or-later
// Writes runs from formulas that tensorboard_reads_our_runs.py knows, too.
#include <cstdio>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "eventio/writer/summary_writer.h"
#include "write_kinds.h"

namespace {

using eventio::SummaryWriter;

bool failed = false;

void expect(const eventio::Result<void>& result) {
  if (result) return;
  std::fprintf(stderr, "%s\n", result.error().message.english().c_str());
  failed = true;
}

std::unique_ptr<SummaryWriter> open(const std::filesystem::path& folder,
                                    std::optional<std::int64_t> purgeStep = std::nullopt) {
  eventio::SummaryWriterOptions options;
  options.purgeStep = purgeStep;
  auto writer = SummaryWriter::create(folder, options);
  if (writer) return std::move(*writer);
  std::fprintf(stderr, "%s\n", writer.error().message.english().c_str());
  return nullptr;
}

std::vector<float> weights(int step) {
  std::vector<float> values;
  for (int i = 0; i < 5000; ++i) {
    values.push_back(static_cast<float>(i * 7919 % 1000 - 500 + step) / 64.0F);
  }
  return values;
}

void writeAllKinds(SummaryWriter& writer) {
  for (int step = 0; step < 200; ++step) {
    const double wallTime = 1.6e9 + step / 4.0;
    expect(writer.addScalar("train/loss", static_cast<float>(step * step % 97) / 3.0F, step,
                            wallTime));
    expect(writer.addScalar("训练 ✓", static_cast<float>(-step), 10 * step - 50, wallTime));
  }
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> special = {
      std::numeric_limits<float>::quiet_NaN(), inf, -inf, 1e-45F, 3.4028235e38F, -0.0F};
  for (std::size_t i = 0; i < special.size(); ++i) {
    expect(writer.addScalar("special", special[i], static_cast<std::int64_t>(i) << 40, 1.6e9));
  }
  for (int step = 0; step < 3; ++step) {
    expect(writer.addHistogram("weights", weights(step), step, 1.6e9 + step));
  }
  expect(writer.addHistogram("zeros", std::vector<float>(7, 0.0F), 0, 1.6e9));
  eventio::Histogram bins;
  bins.min = -2;
  bins.max = 3;
  bins.num = 6;
  bins.sum = 4.5;
  bins.sumSquares = 20.25;
  bins.limits = {-2, 0, 3};
  bins.counts = {0, 2, 4};
  expect(writer.addHistogram("bins", bins, 5, 1.6e9));
  expect(writer.addText("note", "# Title\n**bold** 你好", 3, 1.6e9));
  expect(writer.addText("note", "second", 4, 1.6e9));
  expect(writer.addHparams({{"lr", 0.1}, {"batch norm", true}, {"net", std::string("conv")}},
                           {"train/loss"}, 1.6e9));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::filesystem::path folder = argv[1];
  if (argc > 2 && std::string(argv[2]) == "kinds") {
    const auto kinds = open(folder / "kinds");
    if (kinds == nullptr || !writeKinds(*kinds)) return 1;
    expect(kinds->close());
    return failed ? 1 : 0;
  }
  const auto all = open(folder / "all");
  if (all == nullptr) return 1;
  writeAllKinds(*all);
  expect(all->close());

  // Runs that go back, as read anew: steps 0 to 8, each with the value of the last session.
  const auto steps = [](SummaryWriter& writer, int session, int first) {
    for (int step = first; step < first + 6; ++step) {
      expect(writer.addScalar("a", static_cast<float>(session * 100 + step), step));
    }
  };
  for (const bool startsAtZero : {true, false}) {
    // A program that ended without a word, then one that goes on from step 3.
    const auto run = folder / (startsAtZero ? "continued" : "continued old");
    {
      const auto cut = open(run, startsAtZero ? std::optional<std::int64_t>(0) : std::nullopt);
      if (cut == nullptr) return 1;
      steps(*cut, 0, 0);
    }
    const auto next = open(run, 3);
    if (next == nullptr) return 1;
    steps(*next, 1, 3);
    expect(next->close());
    // One that goes back while it writes.
    const auto back = open(folder / (startsAtZero ? "went back" : "went back old"),
                           startsAtZero ? std::optional<std::int64_t>(0) : std::nullopt);
    if (back == nullptr) return 1;
    steps(*back, 0, 0);
    expect(back->restartFrom(3));
    steps(*back, 1, 3);
    expect(back->close());
  }

  // The first session ends at step 5; the second one takes up again at step 3.
  for (const int first : {0, 3}) {
    const auto writer = open(folder / "restart", first);
    if (writer == nullptr) return 1;
    for (int step = first; step < first + 6; ++step) {
      expect(writer->addScalar("a", static_cast<float>(first * 100 + step), step));
    }
    expect(writer->close());
  }
  return failed ? 1 : 0;
}
