// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

#include "training/settings/setting.h"

namespace {

using training::Setting;
using training::settingsTable;

std::string orNone(const std::string& text) {
  return text.empty() ? "—" : "`" + text + "`";
}

std::string whenItChanges(const Setting& setting) {
  if (setting.live) return "while it trains";
  switch (setting.onContinue) {
    case Setting::OnContinue::kAnew:
      return "with `--continue`";
    case Setting::OnContinue::kUpwards:
      return "with `--continue`, upwards";
    case Setting::OnContinue::kNextStep:
    case Setting::OnContinue::kFixed:
      break;
  }
  return std::string("not: ") + setting.restartReason;
}

std::string settingsPage() {
  std::ostringstream page;
  page << "# Settings\n\n"
          "What `traindeck train` and the window's set-up take. A test compares this page with the "
          "table in\n`training/settings/settings_table.cpp`; `TRAINDECK_WRITE_DOCS=1 ctest -R "
          "SettingsPage` writes it.\n";
  const char* section = "";
  for (const Setting& setting : settingsTable()) {
    if (const char* own = training::sectionTitle(setting.section); std::string(own) != section) {
      section = own;
      page << "\n## " << section
           << "\n\n| option | default | run.json | what | changes |\n|---|---|---|---|---|\n";
    }
    const std::string value = *setting.defaultText != '\0' ? std::string(setting.defaultText)
                                                           : orNone(setting.shownDefault());
    page << "| `" << setting.option << "` | " << value << " | " << orNone(setting.key) << " | "
         << setting.help << " | " << whenItChanges(setting) << " |\n";
  }
  return page.str();
}

TEST(SettingsPage, IsTheTable) {
  const std::string file = std::string(TRAINDECK_SOURCE_DIR) + "/docs/settings.md";
  if (std::getenv("TRAINDECK_WRITE_DOCS") != nullptr) std::ofstream(file) << settingsPage();
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(text.str(), settingsPage());
}

}  // namespace
