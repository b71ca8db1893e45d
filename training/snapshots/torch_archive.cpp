// SPDX-License-Identifier: GPL-3.0-or-later
#include "training/snapshots/torch_archive.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "training/base/quoted_name.h"

namespace training {
namespace {

using eventio::ErrorCode;
using eventio::makeError;
using eventio::Result;

constexpr std::string_view kPickleName = "data.pkl";

template <class... Arguments>
tl::unexpected<eventio::Error> corrupt(eventio::MessageText<sizeof...(Arguments)> why,
                                       Arguments&&... arguments) {
  return makeError(ErrorCode::kCorrupt, why, std::forward<Arguments>(arguments)...);
}

/// The one folder that everything lies in, with its slash; empty when there is none.
std::string rootOf(const ZipArchive& zip) {
  for (const ZipEntry& entry : zip.entries()) {
    const std::size_t slash = entry.name.find('/');
    if (slash != std::string::npos && entry.name.substr(slash + 1) == kPickleName) {
      return entry.name.substr(0, slash + 1);
    }
  }
  return {};
}

/// The items of a tuple of integers that are not negative.
std::optional<std::vector<std::uint64_t>> counts(const Pickle& pickle, const PickleNode& tuple) {
  std::vector<std::uint64_t> numbers;
  for (const std::uint32_t place : tuple.items) {
    const PickleNode& item = pickle.at(place);
    if (item.kind != PickleKind::kInteger || item.integer < 0) return std::nullopt;
    numbers.push_back(static_cast<std::uint64_t>(item.integer));
  }
  return numbers;
}

/// What `_rebuild_tensor_v2` is called with, as far as it says where the values lie.
struct Layout {
  std::uint64_t offset = 0;  ///< in elements, as the strides
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> strides;
};

/// Elements that the storage must have; nothing when that overflows.
std::optional<std::uint64_t> extentOf(const Layout& layout) {
  std::uint64_t last = layout.offset;
  for (std::size_t i = 0; i < layout.shape.size(); ++i) {
    if (layout.shape[i] == 0) return 0;
    std::uint64_t reach = 0;
    if (__builtin_mul_overflow(layout.shape[i] - 1, layout.strides[i], &reach) ||
        __builtin_add_overflow(last, reach, &last)) {
      return std::nullopt;
    }
  }
  return last == UINT64_MAX ? std::nullopt : std::optional(last + 1);
}

/// `storage` holds extentOf(layout) floats at least.
std::vector<float> gather(std::string_view storage, const Layout& layout) {
  std::size_t size = 1;
  for (const std::uint64_t extent : layout.shape) size *= extent;
  std::vector<float> values(size);
  std::vector<std::uint64_t> index(layout.shape.size());
  for (float& value : values) {
    std::uint64_t element = layout.offset;
    for (std::size_t i = 0; i < index.size(); ++i) element += index[i] * layout.strides[i];
    std::memcpy(&value, storage.data() + element * sizeof value, sizeof value);
    for (std::size_t i = index.size(); i > 0 && ++index[i - 1] == layout.shape[i - 1]; --i) {
      index[i - 1] = 0;
    }
  }
  return values;
}

}  // namespace

Result<TorchArchive> TorchArchive::open(std::string_view bytes) {
  auto zip = ZipArchive::open(bytes);
  if (!zip) return tl::unexpected(zip.error());
  TorchArchive archive;
  archive.m_zip = std::move(*zip);
  archive.m_root = rootOf(archive.m_zip);
  if (archive.m_root.empty()) return corrupt("it is a zip, but not one that PyTorch wrote");
  if (const std::string order = archive.m_root + "byteorder";
      archive.m_zip.find(order) != nullptr) {
    const auto written = archive.record("byteorder");
    if (!written) return tl::unexpected(written.error());
    if (*written != "little") return corrupt("its numbers are not little-endian");
  }
  const auto text = archive.record(std::string(kPickleName));
  if (!text) return tl::unexpected(text.error());
  auto pickle = Pickle::read(*text);
  if (!pickle) return tl::unexpected(pickle.error());
  archive.m_pickle = std::move(*pickle);
  return archive;
}

Result<std::string_view> TorchArchive::record(const std::string& name) const {
  const ZipEntry* entry = m_zip.find(m_root + name);
  if (entry == nullptr) return corrupt("%1 is missing from the zip", quotedName(name));
  return ZipArchive::content(*entry);
}

/// The id is ("storage", class, key, device, elements); the device it lay on does not matter.
Result<std::string_view> TorchArchive::storage(const PickleNode& persistent) const {
  const PickleNode& id = m_pickle.at(persistent.arguments);
  if (persistent.kind != PickleKind::kPersistent || id.items.size() < 5) {
    return corrupt("a tensor has no storage");
  }
  const PickleNode& kind = m_pickle.at(id.items[1]);
  const PickleNode& key = m_pickle.at(id.items[2]);
  const PickleNode& elements = m_pickle.at(id.items[4]);
  if (kind.kind != PickleKind::kGlobal || kind.text != "torch.FloatStorage") {
    return corrupt("a tensor is not of type float: %1", quotedName(kind.text));
  }
  if (key.kind != PickleKind::kText) return corrupt("a tensor has no storage");
  auto bytes = record("data/" + key.text);
  if (!bytes) return bytes;
  if (elements.kind != PickleKind::kInteger || elements.integer < 0 ||
      bytes->size() / sizeof(float) != static_cast<std::uint64_t>(elements.integer) ||
      bytes->size() % sizeof(float) != 0) {
    return corrupt("%1 has another size than its tensor", quotedName("data/" + key.text));
  }
  return bytes;
}

Result<std::vector<float>> TorchArchive::floats(const PickleNode& tensor,
                                                std::span<const std::uint64_t> shape) const {
  const std::vector<std::uint32_t>& arguments = m_pickle.at(tensor.arguments).items;
  if (tensor.kind != PickleKind::kCall || arguments.size() < 4 ||
      m_pickle.at(tensor.callable).text != "torch._utils._rebuild_tensor_v2") {
    return corrupt("it is not a tensor");
  }
  const PickleNode& offset = m_pickle.at(arguments[1]);
  auto sizes = counts(m_pickle, m_pickle.at(arguments[2]));
  auto strides = counts(m_pickle, m_pickle.at(arguments[3]));
  if (!sizes || !std::equal(sizes->begin(), sizes->end(), shape.begin(), shape.end())) {
    return corrupt("it has another shape");
  }
  if (offset.kind != PickleKind::kInteger || offset.integer < 0 || !strides ||
      strides->size() != sizes->size()) {
    return corrupt("its place in the storage cannot be");
  }
  const Layout layout = {static_cast<std::uint64_t>(offset.integer), std::move(*sizes),
                         std::move(*strides)};
  const auto bytes = storage(m_pickle.at(arguments[0]));
  if (!bytes) return tl::unexpected(bytes.error());
  const auto extent = extentOf(layout);
  if (!extent || *extent > bytes->size() / sizeof(float)) {
    return corrupt("it reaches beyond its storage");
  }
  return gather(*bytes, layout);
}

}  // namespace training
