// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/version.h"

#include "training/engine.h"

#ifdef TRAINDECK_HAS_WINDOW
#include <QtGlobal>
#endif

namespace app {

std::string programVersion() {
  return TRAINDECK_VERSION;
}

std::string versionText() {
  std::string text = "TrainDeck " + programVersion() + "\n";
#ifdef TRAINDECK_HAS_WINDOW
  text += std::string("Qt ") + qVersion() + "\n";
#else
  text += "Qt: built without a window\n";
#endif
  const auto engine = training::loadEngine();
  text += engine ? "LibTorch " + (*engine)->info().torchVersion + "\n"
                 : "LibTorch: " + engine.error().message + "\n";
  return text;
}

}  // namespace app
