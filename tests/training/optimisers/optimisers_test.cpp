// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/optimisers/optimisers.h"
#include "training/settings/setting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "training/base/random.h"
#include "training/optimisers/optimiser_state.h"

namespace {

using namespace training;

/// A model of 1000 numbers, each with a gradient.
struct Model {
  explicit Model(const Optimiser& itsOptimiser)
      : optimiser(itsOptimiser), state(newOptimiserState(optimiser, 1000)) {
    Random random(5);
    for (std::size_t i = 0; i < 1000; ++i) {
      parameters.push_back(static_cast<float>(random.below(2001)) / 1000 - 1);
      gradients.push_back(static_cast<float>(random.below(2001)) / 1000 - 1);
    }
  }
  UpdateBuffers buffers() {
    pointers.clear();
    for (std::vector<float>& buffer : state.buffers) pointers.push_back(buffer.data());
    return {parameters.data(), pointers, gradients.data()};
  }
  void update(Part part, const OptimiserSettings& settings) {
    optimiser.update(buffers(), part, state.steps + 1, settings);
  }
  bool staysFinite(const OptimiserSettings& settings) {
    return optimiser.staysFinite(buffers(), {0, 1000}, state.steps + 1, settings);
  }

  const Optimiser& optimiser;
  OptimiserState state;
  std::vector<float> parameters;
  std::vector<float> gradients;
  std::vector<float*> pointers;
};

bool allFinite(const std::vector<float>& values) {
  return std::all_of(values.begin(), values.end(),
                     [](float value) { return std::isfinite(value); });
}

OptimiserSettings someSettings(bool nesterov) {
  OptimiserSettings settings;
  settings.nesterov = nesterov;
  settings.weightDecay = 0.1;
  return settings;
}

TEST(Optimisers, AreFoundByTheirNames) {
  std::set<std::string_view> names;
  for (const Optimiser* optimiser : optimisers()) {
    EXPECT_TRUE(names.insert(optimiser->name()).second) << optimiser->name();
    EXPECT_EQ(findOptimiser(optimiser->name()), optimiser);
    EXPECT_FALSE(optimiser->help().empty());
    EXPECT_NE(optimiserNames().find(optimiser->name()), std::string::npos);
  }
  EXPECT_EQ(names.count(OptimiserSettings().name), 1U);
  EXPECT_EQ(findOptimiser("SGD"), nullptr);
  EXPECT_EQ(findOptimiser(""), nullptr);
}

TEST(Optimisers, ReadTheLiveHyperParametersThatTheSettingsTableGivesThem) {
  for (const Optimiser* optimiser : optimisers()) {
    TrainingConfig config;
    config.optimiser = optimiser->name();
    std::set<std::string> offered;
    for (const Setting& setting : settingsTable()) {
      const bool isOurs = setting.section == SettingSection::kTraining;
      if (isOurs && setting.live && setting.appliesTo(config)) offered.insert(setting.name);
    }
    std::set<std::string> live;
    for (const HyperParameter parameter : optimiser->liveHyperParameters()) {
      live.insert(settingOf(parameter).name);
    }
    EXPECT_EQ(live, offered) << optimiser->name();
  }
}

class EachOptimiser : public testing::TestWithParam<std::tuple<const Optimiser*, bool>> {
 protected:
  EachOptimiser() : settings(someSettings(std::get<1>(GetParam()))) {}
  const Optimiser& optimiser = *std::get<0>(GetParam());
  OptimiserSettings settings;
};

INSTANTIATE_TEST_SUITE_P(
    Catalogue, EachOptimiser,
    testing::Combine(testing::ValuesIn(optimisers().begin(), optimisers().end()), testing::Bool()),
    [](const auto& instance) {
      return std::string(std::get<0>(instance.param)->name()) +
             (std::get<1>(instance.param) ? "_nesterov" : "");
    });

TEST_P(EachOptimiser, StartsWithZeroBuffersUnderNamesOfTheirOwn) {
  const Model model(optimiser);
  const auto names = optimiser.bufferNames();
  EXPECT_LE(names.size(), kMaxOptimiserBuffers);
  EXPECT_EQ(std::set<std::string_view>(names.begin(), names.end()).size(), names.size());
  // A checkpoint names the parameters "model", and a dot ends the buffer's name.
  for (const std::string_view name : names) {
    EXPECT_NE(name, "model");
    EXPECT_EQ(name.find('.'), std::string_view::npos);
  }
  EXPECT_EQ(model.state.optimiser, optimiser.name());
  EXPECT_EQ(model.state.steps, 0);
  ASSERT_EQ(model.state.buffers.size(), names.size());
  for (const std::vector<float>& buffer : model.state.buffers) {
    EXPECT_EQ(buffer, std::vector<float>(1000));
  }
}

TEST_P(EachOptimiser, UpdatesPartsAsItUpdatesTheWhole) {
  Model whole(optimiser);
  Model parts(optimiser);
  for (int step = 0; step < 3; ++step) {
    whole.update({0, 1000}, settings);
    ++whole.state.steps;
    for (std::size_t part = 0; part < 7; ++part) parts.update(partOf(1000, part, 7), settings);
    ++parts.state.steps;
  }
  EXPECT_EQ(parts.parameters, whole.parameters);
  EXPECT_EQ(parts.state, whole.state);
}

TEST_P(EachOptimiser, LeavesWhatIsOutsideThePartAlone) {
  Model model(optimiser);
  const Model before(optimiser);
  model.update({100, 200}, settings);
  for (std::size_t i = 0; i < 1000; ++i) {
    const bool inside = i >= 100 && i < 300;
    EXPECT_EQ(model.parameters[i] != before.parameters[i], inside) << i;
    if (!inside) {
      for (const std::vector<float>& buffer : model.state.buffers) EXPECT_EQ(buffer[i], 0);
    }
  }
}

TEST_P(EachOptimiser, ForeseesWhatIsNotFiniteAndChangesNothing) {
  // Where any of these meets an update it overflows, or it does not: the check must say which.
  int foreseen = 0;
  int spared = 0;
  for (const float gradient : {1.0F, 1e10F, 1e25F, 3e38F, INFINITY, NAN}) {
    for (const double rate : {0.01, 1e20, 1e30}) {
      Model model(optimiser);
      model.update({0, 1000}, settings);
      model.state.steps = 1;
      model.gradients[777] = gradient;
      settings.learningRate = rate;
      const std::vector<float> parameters = model.parameters;
      const OptimiserState state = model.state;
      const bool finite = model.staysFinite(settings);
      EXPECT_EQ(model.parameters, parameters);
      EXPECT_EQ(model.state, state);
      model.update({0, 1000}, settings);
      const bool became =
          allFinite(model.parameters) &&
          std::all_of(model.state.buffers.begin(), model.state.buffers.end(), allFinite);
      EXPECT_EQ(finite, became) << gradient << ' ' << rate;
      ++(finite ? spared : foreseen);
    }
  }
  EXPECT_GT(foreseen, 0);
  EXPECT_GT(spared, 0);
}

}  // namespace
