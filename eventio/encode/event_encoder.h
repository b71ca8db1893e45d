// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/data/run_data.h"

/// Event records, framed and ready to be written. Tags and texts are UTF-8.
namespace eventio {

/// True for well-formed UTF-8: other bytes would keep TensorBoard from reading the file.
[[nodiscard]] bool isUtf8(std::string_view text) noexcept;

/// The first record of a file.
void encodeFileVersion(std::string& out, double wallTime);
/// Announces a restart at `step`.
void encodeSessionStart(std::string& out, double wallTime, std::int64_t step);
/// A scalar's record takes at most so many bytes beside its tag.
inline constexpr std::size_t kScalarRecordBytes = 64;
/// Writes to `record`, which has room for kScalarRecordBytes and the tag; returns the bytes
/// written.
[[nodiscard]] std::size_t encodeScalar(char* record, double wallTime, std::int64_t step,
                                       std::string_view tag, float value) noexcept;
void encodeHistogram(std::string& out, double wallTime, std::int64_t step, std::string_view tag,
                     const Histogram& histogram);
/// Two records: the experiment (names, types and metrics) and the session's values.
void encodeHparams(std::string& out, double wallTime,
                   const std::map<std::string, HparamValue>& hparams,
                   const std::vector<std::string>& metricTags);
/// The end of the session that encodeHparams() opened.
void encodeSessionEnd(std::string& out, double wallTime, SessionStatus status);

}  // namespace eventio
