// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/media_type.h"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace app {

namespace {

/// What is logged as picture, sound or video. libmagic has few endings of its own.
constexpr auto kEndings = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"image/png", "png"},
    {"image/jpeg", "jpg"},
    {"image/gif", "gif"},
    {"image/webp", "webp"},
    {"image/svg+xml", "svg"},
    {"image/bmp", "bmp"},
    {"image/x-ms-bmp", "bmp"},
    {"image/tiff", "tiff"},
    {"image/avif", "avif"},
    {"image/heic", "heic"},
    {"image/heif", "heif"},
    {"image/jxl", "jxl"},
    {"image/jp2", "jp2"},
    {"image/x-exr", "exr"},
    {"image/vnd.microsoft.icon", "ico"},
    {"image/x-portable-greymap", "pgm"},
    {"image/x-portable-pixmap", "ppm"},
    {"audio/wav", "wav"},
    {"audio/x-wav", "wav"},
    {"audio/vnd.wave", "wav"},
    {"audio/wave", "wav"},
    {"audio/mpeg", "mp3"},
    {"audio/mp3", "mp3"},
    {"audio/ogg", "ogg"},
    {"audio/vorbis", "ogg"},
    {"audio/opus", "opus"},
    {"application/ogg", "ogg"},
    {"audio/flac", "flac"},
    {"audio/x-flac", "flac"},
    {"audio/mp4", "m4a"},
    {"audio/x-m4a", "m4a"},
    {"audio/aac", "aac"},
    {"audio/x-hx-aac-adts", "aac"},
    {"audio/aiff", "aiff"},
    {"audio/x-aiff", "aiff"},
    {"audio/basic", "au"},
    {"audio/midi", "mid"},
    {"audio/amr", "amr"},
    {"audio/x-caf", "caf"},
    {"audio/webm", "webm"},
    {"video/mp4", "mp4"},
    {"video/webm", "webm"},
    {"video/ogg", "ogv"},
    {"video/quicktime", "mov"},
    {"video/x-matroska", "mkv"},
    {"video/mpeg", "mpg"},
    {"video/x-msvideo", "avi"},
});

std::string endingOf(std::string_view mime) {
  const auto found = std::find_if(kEndings.begin(), kEndings.end(),
                                  [mime](const auto& row) { return row.first == mime; });
  return found == kEndings.end() ? std::string() : std::string(found->second);
}

/// "Audio/OGG; codecs=opus" as "audio/ogg".
std::string plainType(std::string_view contentType) {
  contentType = contentType.substr(0, contentType.find(';'));
  std::string type;
  for (const char letter : contentType) {
    if (letter == ' ') continue;
    type += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return type;
}

/// What libmagic knows of some bytes; empty where it knows nothing or cannot be set up.
std::string ask(int about, std::string_view bytes) {
  struct Close {
    void operator()(magic_set* cookie) const { ::magic_close(cookie); }
  };
  using Cookie = std::unique_ptr<magic_set, Close>;
  thread_local const Cookie kCookie = [] {
    Cookie cookie(::magic_open(MAGIC_NONE));
    if (cookie != nullptr && ::magic_load(cookie.get(), nullptr) != 0) cookie.reset();
    return cookie;
  }();
  if (kCookie == nullptr || ::magic_setflags(kCookie.get(), about) != 0) return {};
  constexpr std::size_t kEnough = 256U << 10;
  const char* answer = ::magic_buffer(kCookie.get(), bytes.data(), std::min(bytes.size(), kEnough));
  return answer == nullptr ? std::string() : std::string(answer);
}

}  // namespace

std::string mediaEnding(std::string_view bytes, std::string_view contentType) {
  std::string declared = endingOf(plainType(contentType));
  const std::string mime = ask(MAGIC_MIME_TYPE, bytes);
  const bool isSound = plainType(contentType).starts_with("audio/");
  if (mime == "video/mp4" && isSound) return "m4a";  // one container for both
  if (mime == "application/ogg" && !declared.empty()) return declared;
  if (std::string ending = endingOf(mime); !ending.empty()) return ending;
  if (!declared.empty()) return declared;
  // Text and what it does not know are no media.
  if (mime.empty() || mime == "application/octet-stream" || mime.starts_with("text/")) return "bin";
  const std::string endings = ask(MAGIC_EXTENSION, bytes);  // such as "jpeg/jpg/jpe", or "???"
  const std::string first = endings.substr(0, endings.find('/'));
  const bool isEnding =
      !first.empty() && first.size() <= 8 && std::all_of(first.begin(), first.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      });
  return isEnding ? first : "bin";
}

}  // namespace app
