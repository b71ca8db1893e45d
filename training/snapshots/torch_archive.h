// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eventio/base/result.h"
#include "training/base/zip_archive.h"
#include "training/snapshots/pickle.h"

namespace training {

/// A zip as torch.save and TorchScript write it: one folder with `data.pkl`, which describes the
/// saved object, and `data/KEY` for the bytes of each storage. Code in it is neither read nor run.
class TorchArchive {
 public:
  /// `bytes` must outlive the archive. kCorrupt, with the reason and no file name.
  [[nodiscard]] static eventio::Result<TorchArchive> open(std::string_view bytes);

  [[nodiscard]] const Pickle& pickle() const noexcept { return m_pickle; }

  /// The values, row by row, of a float tensor that has this shape; any strides are read.
  [[nodiscard]] eventio::Result<std::vector<float>> floats(
      const PickleNode& tensor, std::span<const std::uint64_t> shape) const;

 private:
  [[nodiscard]] eventio::Result<std::string_view> record(const std::string& name) const;
  [[nodiscard]] eventio::Result<std::string_view> storage(const PickleNode& persistent) const;

  ZipArchive m_zip;
  std::string m_root;  ///< of the zip's names, with the slash
  Pickle m_pickle;
};

}  // namespace training
