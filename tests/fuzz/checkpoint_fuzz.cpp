// SPDX-License-Identifier: GPL-3.0-or-later
// The input is a saved model of a tiny ConvNet, in either form. What is read must be a whole state
// that can be saved and read again; what is refused has one clear line.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "tests/support/check.h"
#include "tests/training/checkpoint_states.h"
#include "training/snapshots/checkpoint_format.h"
#include "training/snapshots/safetensors_file.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t maxSize);

namespace {

constexpr std::string_view kChecksumField = R"("traindeck.crc32c":")";

void checkError(const eventio::Error& error) {
  check(
      error.code == eventio::ErrorCode::kCorrupt || error.code == eventio::ErrorCode::kUnsupported,
      "what is refused is corrupt, or compressed");
  check(!error.message.empty() && error.message.english().size() < 400, "the reason is short");
  check(error.message.english().find('\n') == std::string::npos, "the reason is one line");
}

void decode(std::string_view bytes) {
  const auto state = training::decodeCheckpoint(bytes, tinyModel());
  if (!state) {
    checkError(state.error());
    return;
  }
  const std::size_t size = training::flatSize(tinyModel().parameters);
  check(state->parameters.size() == size, "parameters are whole");
  for (const std::vector<float>& buffer : state->optimiser.buffers) {
    check(buffer.size() == size, "buffers are whole");
  }
  const auto saved = training::encodeCheckpoint(*state, tinyModel());
  check(saved.has_value(), "what was read can be saved");
  const auto again = training::decodeCheckpoint(*saved, tinyModel());
  check(again.has_value(), "what was saved can be read");
  check(training::encodeCheckpoint(*again, tinyModel()).value() == *saved, "nothing changes");
}

/// The bytes with a checksum that belongs to them, as a hostile writer would make them; empty where
/// they have no place for one. The old form, a zip archive, has checksums of its own, whatever its
/// members hold.
std::string signedAnew(std::string_view bytes) {
  if (bytes.starts_with("PK")) return {};
  const std::string checksum = training::checkpointChecksum(bytes);
  if (checksum.empty()) return {};
  std::string changed(bytes);
  const std::size_t field = changed.find(kChecksumField);
  return changed.replace(field + kChecksumField.size(), checksum.size(), checksum);
}

/// The container alone, in which any tensors may lie.
void readContainer(std::string_view bytes) {
  const auto file = training::readSafetensors(bytes);
  if (!file) {
    checkError(file.error());
    return;
  }
  std::size_t size = 0;
  for (const training::SafetensorsTensor& tensor : file->tensors) size += tensor.data.size();
  check(size < bytes.size(), "the tensors lie within the file");
}

}  // namespace

/// Begins now and then with a whole checkpoint of today's form, so that no seed grows old.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t maxSize, unsigned seed) {
  static const std::string kWhole =
      training::encodeCheckpoint(someState(tinyModel()), tinyModel()).value();
  if (seed % 32 == 0 && kWhole.size() <= maxSize) {
    std::memcpy(data, kWhole.data(), kWhole.size());
    size = kWhole.size();
    if (seed % 1024 == 0) return size;
  }
  return LLVMFuzzerMutate(data, size, maxSize);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string changed = signedAnew(bytes);
  if (changed.empty()) {
    decode(bytes);
    if (!bytes.starts_with("PK")) readContainer(bytes);
    return 0;
  }
  if (bytes != changed) {
    check(!training::decodeCheckpoint(bytes, tinyModel()), "a checksum that differs is refused");
  }
  decode(changed);
  return 0;
}
