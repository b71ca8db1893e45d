// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/checkpoint.h"

#include <cerrno>
#include <cstring>
#include <string>

#include "eventio/base/file_replacement.h"
#include "eventio/base/input_file.h"
#include "training/snapshots/checkpoint_format.h"
#include "training/snapshots/parameter_layout.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Message;
using eventio::Result;

/// The floats of the model and of an optimiser, and room for the header of either form.
std::uint64_t maxFileSize(const Model& model) {
  constexpr std::uint64_t kHeaders = 1 << 20;
  return kHeaders + sizeof(float) * ((1 + kMaxOptimiserBuffers) * flatSize(model.parameters) +
                                     flatSize(model.buffers));
}

/// Where the model is not known.
constexpr std::uint64_t kMaxFileSize = 1U << 30U;

tl::unexpected<eventio::Error> notWhole(const std::filesystem::path& file, eventio::Message why) {
  return makeError(ErrorCode::kCorrupt, "%1: not a whole model saved by TrainDeck: %2", file,
                   std::move(why));
}

tl::unexpected<eventio::Error> unreadable(const std::filesystem::path& file, int number) {
  if (number == ENOENT || number == ENOTDIR) {
    return makeError(ErrorCode::kNotFound, "%1: there is no saved model", file);
  }
  if (number == EINVAL) return notWhole(file, Message("it is not a regular file"));
  return makeError(ErrorCode::kIo, "%1: cannot be read: %2", file, std::strerror(number));
}

Result<std::string> readBounded(const std::filesystem::path& file, std::uint64_t maxSize) {
  const auto input = eventio::openInputFile(file.string());
  if (!input) return unreadable(file, input.error().number);
  const auto state = (*input)->state();
  if (!state) return unreadable(file, state.error().number);
  if (state->size > maxSize)
    return notWhole(file, Message("it is larger than a saved model can be"));
  std::string bytes(state->size, '\0');
  const auto got = (*input)->readAt(0, bytes.data(), bytes.size());
  if (!got) return unreadable(file, got.error().number);
  if (*got != bytes.size()) return notWhole(file, Message("it became shorter while it was read"));
  return bytes;
}

Result<void> replaceWith(const std::filesystem::path& file, const Result<std::string>& bytes) {
  if (!bytes) {
    return makeError(bytes.error().code, "%1: cannot be saved: %2", file, bytes.error().message);
  }
  return eventio::replaceFile(file, *bytes, eventio::AtLink::kReplaceLink);
}

}  // namespace

Result<void> saveCheckpoint(const std::filesystem::path& file, const TrainingState& state,
                            const Model& model) {
  return replaceWith(file, encodeCheckpoint(state, model));
}

Result<void> saveWeights(const std::filesystem::path& file, const TrainingState& state,
                         const Model& model) {
  return replaceWith(file, encodeWeights(state, model));
}

Result<TrainingState> loadPosition(const std::filesystem::path& file) {
  const auto bytes = readBounded(file, kMaxFileSize);
  if (!bytes) return tl::unexpected(bytes.error());
  auto state = decodePosition(*bytes);
  if (!state) return notWhole(file, state.error().message);
  return state;
}

Result<TrainingState> loadCheckpoint(const std::filesystem::path& file, const Model& model) {
  const auto bytes = readBounded(file, maxFileSize(model));
  if (!bytes) return tl::unexpected(bytes.error());
  auto state = decodeCheckpoint(*bytes, model);
  if (!state) return notWhole(file, state.error().message);
  return state;
}

}  // namespace training
