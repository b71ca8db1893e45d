// SPDX-License-Identifier: GPL-3.0-or-later
// write_checkpoint FOLDER: a checkpoint and its model.safetensors, for Python to read. The value at
// place i of the flat buffers is i + 0.1 (parameters) and -i / 3 (momentum), rounded to float.
#include <cstdio>
#include <filesystem>

#include "tests/training/checkpoint_states.h"
#include "training/snapshots/checkpoint.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::filesystem::path folder = argv[1];
  const training::TrainingState state = someState();
  for (const auto& saved :
       {training::saveWeights(folder / "model.safetensors", state, convNet()),
        training::saveCheckpoint(folder / "last.safetensors", state, convNet())}) {
    if (saved) continue;
    std::fprintf(stderr, "%s\n", saved.error().message.english().c_str());
    return 1;
  }
  return 0;
}
