// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "eventio/image_decoder.h"
#include "eventio/projector_config.h"
#include "eventio/stored_decoder.h"
#include "eventio/value_decoder.h"
#include "eventio/wav_decoder.h"

/// Hands the same bytes to every decoder of values. They may mean anything; what counts is that no
/// decoder crashes or takes memory that the bytes do not warrant.
inline void decodeAnything(std::string_view bytes) {
  using namespace eventio;
  for (const PayloadKind kind :
       {PayloadKind::kNone, PayloadKind::kTensor, PayloadKind::kImage, PayloadKind::kAudio}) {
    const Payload payload{kind, bytes};
    (void)decodeBlobs(payload);
    (void)decodeLayout(payload);
    (void)decodePrCurve(payload);
    (void)decodeMeshTensor(payload);
    if (const auto images = decodeImages(payload)) {
      for (const EncodedImage& image : *images) {
        (void)imageInfo(image.bytes);
        (void)decodeImage(image.bytes);
      }
    }
    if (const auto clips = decodeAudio(payload)) {
      for (const EncodedAudio& clip : *clips) (void)decodeWav(clip.bytes);
    }
  }
  if (const auto tensor = decodeMeshTensor({PayloadKind::kTensor, bytes})) {
    (void)assembleMesh({&*tensor, &*tensor, &*tensor}, {});
  }
  (void)imageInfo(bytes);
  (void)decodeImage(bytes);
  (void)decodeGifFrames(bytes);
  (void)wavInfo(bytes);
  (void)decodeWav(bytes);
  (void)decodeGraphDef(bytes);
  (void)decodeMetaGraphDef(bytes);
  (void)decodeKerasModel(bytes);
  (void)decodeMeshInfo("mesh_VERTEX", bytes);
  (void)parseProjectorConfig(bytes);
  (void)decodeMetadata(bytes);
  (void)decodeScalarTensor(bytes);
  (void)decodeHistogram(bytes);
  (void)decodeHistogramTensor(bytes);
  (void)decodeTexts(bytes);
  (void)isSessionStart(bytes);
  (void)tagOfRunMetadata(bytes);
  Hparams hparams;
  (void)decodeHparams(bytes, hparams);
}
