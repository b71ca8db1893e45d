// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/media_folder.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

#include "app/cli/output.h"
#include "eventio/base/input_file.h"

namespace app {

namespace {

/// File systems allow 255 bytes.
constexpr std::size_t kMaxNameBytes = 200;

bool isPlain(unsigned char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
}

std::string hexadecimal(std::uint64_t number, int digits) {
  char text[17];
  std::snprintf(text, sizeof text, "%0*llX", digits, static_cast<unsigned long long>(number));
  return text;
}

/// FNV-1a.
std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char letter : text) {
    hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace

std::string safeName(std::string_view name) {
  if (name.empty()) return "%";
  std::string safe;
  for (std::size_t i = 0; i < name.size() && safe.size() <= kMaxNameBytes; ++i) {
    const auto letter = static_cast<unsigned char>(name[i]);
    const bool outerDot = letter == '.' && (i == 0 || i + 1 == name.size());
    if (isPlain(letter) && !outerDot) {
      safe += name[i];
    } else {
      safe += "%" + hexadecimal(letter, 2);
    }
  }
  if (safe.size() <= kMaxNameBytes) return safe;
  return safe.substr(0, kMaxNameBytes - 17) + "~" + hexadecimal(hashOf(name), 16);
}

void MediaFolder::begin(const std::string& run, const std::string& tag) {
  m_below = safeName(run) + "/" + safeName(tag);
  m_made = false;
  m_counts.clear();
}

eventio::Result<std::string> MediaFolder::nextName(std::int64_t step, std::string_view ending) {
  if (!m_made) {
    std::error_code failed;
    const std::string folder = m_folder + "/" + m_below;
    std::filesystem::create_directories(folder, failed);
    if (failed) {
      return eventio::makeError(eventio::ErrorCode::kIo, "cannot make the folder '%1': %2", folder,
                                failed.message());
    }
    m_made = true;
  }
  const int number = m_counts[step]++;
  return m_below + "/" + std::to_string(step) + "_" + std::to_string(number) + "." +
         std::string(ending);
}

eventio::Result<std::string> MediaFolder::write(std::int64_t step, std::string_view bytes,
                                                std::string_view ending) {
  if (!isWanted()) return std::string();
  auto name = nextName(step, ending);
  if (!name) return name;
  auto output = Output::open(m_folder + "/" + *name);
  if (!output) return tl::unexpected<eventio::Error>(output.error());
  if (auto written = output->write(bytes); !written) {
    return tl::unexpected<eventio::Error>(written.error());
  }
  if (auto done = output->finish(); !done) return tl::unexpected<eventio::Error>(done.error());
  return name;
}

eventio::Result<std::string> MediaFolder::copy(std::int64_t step, const std::string& file,
                                               std::string_view ending) {
  if (!isWanted()) return std::string();
  auto name = nextName(step, ending);
  if (!name) return name;
  const auto cannotRead = [&](int error) {
    return eventio::makeError(eventio::ErrorCode::kIo, "cannot read '%1': %2", file,
                              std::generic_category().message(error));
  };
  const auto input = eventio::openInputFile(file);
  if (!input) return cannotRead(input.error().number);
  auto output = Output::open(m_folder + "/" + *name);
  if (!output) return tl::unexpected<eventio::Error>(output.error());
  std::string buffer(256U << 10, '\0');
  for (std::uint64_t offset = 0;;) {
    const auto got = (*input)->readAt(offset, buffer.data(), buffer.size());
    if (!got) return cannotRead(got.error().number);
    if (*got == 0) break;
    if (auto written = output->write({buffer.data(), *got}); !written) {
      return tl::unexpected<eventio::Error>(written.error());
    }
    offset += *got;
  }
  if (auto done = output->finish(); !done) return tl::unexpected<eventio::Error>(done.error());
  return name;
}

}  // namespace app
