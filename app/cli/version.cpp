// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/version.h"

#include "training/control/engine.h"

namespace app {

std::string programVersion() {
  return TRAINDECK_VERSION;
}

std::string versionText(const std::string& windowVersion) {
  std::string text = "TrainDeck " + programVersion() + "\n" + windowVersion + "\n";
  const auto engine = training::loadEngine();
  text += engine ? "LibTorch " + (*engine)->info().torchVersion + "\n"
                 : "LibTorch: " + engine.error().message.english() + "\n";
  return text;
}

}  // namespace app
