// SPDX-License-Identifier: GPL-3.0-or-later
#include <charconv>

#include "event.pb.h"
#include "eventio/decode/stored_decoder.h"
#include "eventio/decode/tensor_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

Result<StringTensor> stringsOf(const Payload& payload) {
  if (payload.kind != PayloadKind::kTensor) return corrupt("it is no tensor");
  return decodeStrings(payload.bytes);
}

/// A whole number from 0 up; 0 for anything else.
int sizeFrom(std::string_view text) {
  int size = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), size);
  return code == std::errc() && end == text.data() + text.size() && size > 0 ? size : 0;
}

}  // namespace

Result<std::vector<std::string_view>> decodeBlobs(const Payload& payload) {
  auto tensor = stringsOf(payload);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  return std::move(tensor->strings);
}

Result<std::vector<EncodedImage>> decodeImages(const Payload& payload) {
  std::vector<EncodedImage> images;
  if (payload.kind == PayloadKind::kImage) {
    proto::Summary::Image image;
    if (!parseMessage(payload.bytes, image)) return corrupt("it is no Image message");
    images.push_back({std::max(image.width(), 0), std::max(image.height(), 0),
                      std::move(*image.mutable_encoded_image_string())});
    return images;
  }
  const auto tensor = stringsOf(payload);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  const auto& strings = tensor->strings;
  if (strings.size() < 2) return corrupt("its tensor lacks the pictures' width and height");
  const int width = sizeFrom(strings[0]);
  const int height = sizeFrom(strings[1]);
  for (std::size_t i = 2; i < strings.size(); ++i) {
    images.push_back({width, height, std::string(strings[i])});
  }
  return images;
}

Result<std::vector<EncodedAudio>> decodeAudio(const Payload& payload) {
  std::vector<EncodedAudio> clips;
  if (payload.kind == PayloadKind::kAudio) {
    proto::Summary::Audio audio;
    if (!parseMessage(payload.bytes, audio)) return corrupt("it is no Audio message");
    EncodedAudio& clip = clips.emplace_back();
    clip.sampleRate = static_cast<double>(audio.sample_rate());
    clip.channels = audio.num_channels();
    clip.frames = audio.length_frames();
    clip.contentType = audio.content_type();
    clip.bytes = std::move(*audio.mutable_encoded_audio_string());
    return clips;
  }
  const auto tensor = stringsOf(payload);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  const auto& [shape, strings] = *tensor;
  const bool labelled = shape.size() == 2;
  if (shape.size() > 2 || (labelled && shape[1] != 2)) {
    return corrupt("its sounds are not of shape [k] or [k, 2]");
  }
  if (labelled && strings.size() % 2 != 0) return corrupt("its last sound has no label");
  for (std::size_t i = 0; i < strings.size(); i += labelled ? 2 : 1) {
    EncodedAudio& clip = clips.emplace_back();
    clip.bytes = std::string(strings[i]);
    if (labelled) clip.label = std::string(strings[i + 1]);
  }
  return clips;
}

}  // namespace eventio
