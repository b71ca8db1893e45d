// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "app/command_line.h"
#include "app/version.h"

namespace {

struct Dispatcher {
  int& argc;
  char** argv;

  int operator()(const app::WindowOptions& options) const {
#ifdef TRAINDECK_HAS_WINDOW
    return app::runWindow(options, argc, argv);
#else
    static_cast<void>(options);
    std::fputs("traindeck: this build has no window; see traindeck --help\n", stderr);
    return 1;
#endif
  }
  int operator()(const app::TrainOptions& options) const {
    return app::runTrain(options);
  }
  int operator()(const app::InspectOptions& options) const {
    return app::runInspect(options);
  }
  int operator()(const app::ExportOptions& options) const {
    return app::runExport(options);
  }
  int operator()(const app::VersionRequest& /*request*/) const {
    std::fputs(app::versionText().c_str(), stdout);
    return 0;
  }
  int operator()(const app::EarlyExit& exit) const {
    std::fputs(exit.output.c_str(), stdout);
    std::fputs(exit.error.c_str(), stderr);
    return exit.status;
  }
};

}  // namespace

int main(int argc, char** argv) {
  // The replicas are the threads that train; OpenBLAS is to compute on the one that calls it.
  ::setenv("OPENBLAS_NUM_THREADS", "1", 0);
  try {
    return std::visit(Dispatcher{argc, argv}, app::parseCommandLine(argc, argv));
  } catch (const std::exception& error) {  // out of memory, or a fault of ours: say it, don't abort
    std::fprintf(stderr, "traindeck: %s\n", error.what());
    return 1;
  }
}
