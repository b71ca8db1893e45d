// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>

#include "app/cli/command_line.h"
#include "app/cli/stop_signals.h"
#include "app/cli/version.h"

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
#ifdef TRAINDECK_HAS_WINDOW
    const std::string window = app::windowVersion();
#else
    const std::string window = "Qt: built without a window";
#endif
    std::fputs(app::versionText(window).c_str(), stdout);
    return 0;
  }
  int operator()(const app::EarlyExit& exit) const {
    std::fputs(exit.output.c_str(), stdout);
    std::fputs(exit.error.c_str(), stderr);
    return exit.status;
  }
};

/// A file that is opened must not become what is printed to.
void openMissingStandardStreams() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) != -1 || errno != EBADF) continue;
    if (::open("/dev/null", O_RDWR) < 0) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  openMissingStandardStreams();
  // The replicas are the threads that train; OpenBLAS is to compute on the one that calls it.
  ::setenv("OPENBLAS_NUM_THREADS", "1", 0);
  try {
    const int status = std::visit(Dispatcher{argc, argv}, app::parseCommandLine(argc, argv));
    app::endOfStopSignal();
    return status;
  } catch (const std::bad_alloc&) {
    std::fputs("traindeck: there is not enough memory\n", stderr);
    return 1;
  } catch (const std::exception& error) {  // a fault of ours: say it, don't abort
    std::fprintf(stderr, "traindeck: %s\n", error.what());
    return 1;
  }
}
