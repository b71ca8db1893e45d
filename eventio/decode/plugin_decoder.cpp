// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>

#include "event.pb.h"
#include "eventio/decode/stored_decoder.h"
#include "eventio/decode/tensor_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

constexpr std::size_t kMaxLayoutBytes = std::size_t{4} << 20;

ScalarLayout::Chart fromProto(const proto::LayoutChart& chart) {
  ScalarLayout::Chart decoded;
  decoded.title = chart.title();
  if (chart.has_margin()) {
    ScalarLayout::Margin margin;
    for (const auto& series : chart.margin().series()) {
      margin.series.push_back({series.value(), series.lower(), series.upper()});
    }
    decoded.content = std::move(margin);
  } else {
    const auto& tags = chart.multiline().tag();
    decoded.content = ScalarLayout::Multiline{{tags.begin(), tags.end()}};
  }
  return decoded;
}

}  // namespace

Result<PrCurve> decodePrCurve(const Payload& payload) {
  if (payload.kind != PayloadKind::kTensor) return corrupt("it is no tensor");
  const auto tensor = decodeNumbers(payload.bytes);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  if (tensor->shape.size() != 2 || tensor->shape[0] != 6 || tensor->shape[1] < 2) {
    return corrupt("its curve is not of shape [6, thresholds] with 2 thresholds at least");
  }
  const auto thresholds = static_cast<std::ptrdiff_t>(tensor->shape[1]);
  PrCurve curve;
  const std::array<std::vector<double>*, 6> rows = {&curve.truePositives, &curve.falsePositives,
                                                    &curve.trueNegatives, &curve.falseNegatives,
                                                    &curve.precision,     &curve.recall};
  auto at = tensor->numbers.begin();
  for (std::vector<double>* row : rows) {
    row->assign(at, at + thresholds);
    at += thresholds;
  }
  return curve;
}

Result<ScalarLayout> decodeLayout(const Payload& payload) {
  const auto blobs = decodeBlobs(payload);
  if (!blobs) return tl::unexpected<Error>(blobs.error());
  if (blobs->size() != 1) return corrupt("its tensor does not hold one layout");
  proto::Layout message;
  if (!parseMessage(blobs->front(), message, kMaxLayoutBytes)) {
    return corrupt("it is no Layout message, or over 4 MB long");
  }
  ScalarLayout layout;
  for (const auto& category : message.category()) {
    ScalarLayout::Category& decoded = layout.categories.emplace_back();
    decoded.title = category.title();
    decoded.closed = category.closed();
    for (const auto& chart : category.chart()) decoded.charts.push_back(fromProto(chart));
  }
  return layout;
}

}  // namespace eventio
