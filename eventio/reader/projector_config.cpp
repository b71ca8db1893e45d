// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/reader/projector_config.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include "eventio/records/proto_parse.h"
#include "projector.pb.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

/// Keeps the first error.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int /*column*/, const std::string& message) override {
    if (text.empty()) text = {"line %1: %2", line + 1, message};
  }

  Message text;
};

}  // namespace

Result<std::vector<ProjectorEntry>> parseProjectorConfig(std::string_view text) {
  proto::ProjectorConfig config;
  google::protobuf::TextFormat::Parser parser;
  FirstError problem;
  parser.RecordErrorsTo(&problem);
  parser.AllowUnknownField(true);
  google::protobuf::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  if (!parser.Parse(&input, &config)) return makeError(ErrorCode::kCorrupt, problem.text);
  std::vector<ProjectorEntry> entries;
  for (const auto& info : config.embeddings()) {
    const auto& sprite = info.sprite();
    entries.push_back({info.tensor_name(),
                       info.tensor_path(),
                       info.metadata_path(),
                       info.bookmarks_path(),
                       sprite.image_path(),
                       {info.tensor_shape().begin(), info.tensor_shape().end()},
                       {sprite.single_image_dim().begin(), sprite.single_image_dim().end()}});
  }
  return entries;
}

}  // namespace eventio
