// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "training/models/models.h"

/// The reference job's model with 10 outputs.
inline const training::Model& convNet() {
  static const training::Model kModel = training::exampleModel({}).value();
  return kModel;
}
