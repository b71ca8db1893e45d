// SPDX-License-Identifier: GPL-3.0-or-later
#include "eventio/decode/value_decoder.h"

#include "event.pb.h"
#include "eventio/decode/tensor_decoder.h"
#include "eventio/records/proto_parse.h"

namespace eventio {

namespace {

namespace proto = traindeck::proto;

void addBucket(Histogram& histogram, double left, double right, double count) {
  histogram.limits.push_back(right);
  histogram.counts.push_back(count);
  histogram.num += count;
  const double middle = left + (right - left) / 2;
  histogram.sum += middle * count;
  histogram.sumSquares += middle * middle * count;
}

}  // namespace

Result<ValueMetadata> decodeMetadata(std::string_view message) {
  proto::SummaryMetadata metadata;
  if (!parseMessage(message, metadata))
    return corrupt("its metadata are no SummaryMetadata message");
  return ValueMetadata{metadata.plugin_data().plugin_name(), metadata.plugin_data().content(),
                       metadata.display_name(), metadata.summary_description()};
}

Result<double> decodeScalarTensor(std::string_view message) {
  const auto tensor = decodeNumbers(message);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  if (tensor->numbers.size() != 1) return corrupt("its tensor does not hold one number");
  return tensor->numbers.front();
}

Result<std::shared_ptr<const Histogram>> decodeHistogram(std::string_view message) {
  proto::HistogramProto histo;
  if (!parseMessage(message, histo)) return corrupt("its histogram is no HistogramProto message");
  if (histo.bucket_limit_size() != histo.bucket_size()) {
    return corrupt("its histogram has %1 limits but %2 buckets", histo.bucket_limit_size(),
                   histo.bucket_size());
  }
  auto histogram = std::make_shared<Histogram>();
  histogram->min = histo.min();
  histogram->max = histo.max();
  histogram->num = histo.num();
  histogram->sum = histo.sum();
  histogram->sumSquares = histo.sum_squares();
  histogram->limits.assign(histo.bucket_limit().begin(), histo.bucket_limit().end());
  histogram->counts.assign(histo.bucket().begin(), histo.bucket().end());
  return histogram;
}

Result<std::shared_ptr<const Histogram>> decodeHistogramTensor(std::string_view message) {
  const auto tensor = decodeNumbers(message);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  auto histogram = std::make_shared<Histogram>();
  const std::vector<double>& numbers = tensor->numbers;
  if (numbers.empty()) return histogram;
  if (tensor->shape.size() != 2 || tensor->shape[1] != 3) {
    return corrupt("its histogram is not of shape [k, 3]");
  }
  histogram->min = numbers.front();
  histogram->max = numbers[numbers.size() - 2];
  histogram->limits.reserve(numbers.size() / 3 + 1);
  histogram->counts.reserve(numbers.size() / 3 + 1);
  addBucket(*histogram, histogram->min, histogram->min, 0);
  for (std::size_t i = 0; i < numbers.size(); i += 3) {
    addBucket(*histogram, numbers[i], numbers[i + 1], numbers[i + 2]);
  }
  return histogram;
}

Result<std::vector<std::string>> decodeTexts(std::string_view message) {
  const auto tensor = decodeStrings(message);
  if (!tensor) return tl::unexpected<Error>(tensor.error());
  return std::vector<std::string>(tensor->strings.begin(), tensor->strings.end());
}

std::string_view tagOfRunMetadata(std::string_view message) {
  constexpr int kTagField = 1;
  std::string_view tag;
  const bool whole = eachBytesField(message, [&](int field, std::string_view bytes) {
    if (field == kTagField) tag = bytes;
    return true;
  });
  return whole ? tag : std::string_view();
}

Result<bool> isSessionStart(std::string_view sessionLog) {
  proto::SessionLog log;
  if (!parseMessage(sessionLog, log)) return corrupt("its session log is no SessionLog message");
  return log.status() == proto::SessionLog::START;
}

}  // namespace eventio
