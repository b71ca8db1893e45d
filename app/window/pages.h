// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace widgets {
class Page;
class TagList;
}  // namespace widgets

namespace app {

class TrainingController;
class Workspace;

/// What pages use of the window. The objects outlive the pages.
struct PageContext {
  Workspace& workspace;
  TrainingController& training;
  widgets::TagList& tagList;
  std::function<void()> openLogDirectory;    ///< asks which
  std::function<void(std::int64_t)> goBack;  ///< to the model saved at a step, once it is confirmed
};

/// All pages of the window in the order of their tabs. A new page is a line in this function.
[[nodiscard]] std::vector<std::unique_ptr<widgets::Page>> makePages(const PageContext& context);

}  // namespace app
