// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>
#include <QVariantMap>
#include <array>
#include <optional>
#include <string>

#include "eventio/base/result.h"
#include "training/data/data_set.h"
#include "training/settings/config.h"

namespace widgets {
class FormPanel;
}  // namespace widgets

namespace app {

class TrainingSession;

/// What the set-up panel offers and what is wrong with it: models, layers and problems follow the
/// data that its fields name, as far as names and headers show it.
class SetupForm {
 public:
  /// Both must outlive it. Builds the panel's fields.
  SetupForm(widgets::FormPanel& panel, const TrainingSession& session);

  void setValues(const QVariantMap& values);
  /// The user has finished with a field: looks at the data, and makes choices anew.
  void take(const QString& key);
  /// The engine's devices and the data sets found are there.
  void takeEngine();
  void check();

 private:
  using Probe = std::optional<eventio::Result<training::DataSetPlace>>;

  [[nodiscard]] QStringList chosenLayers() const;
  void probeData();
  void nameRunAfterModel();
  /// `layers`: those to be fine-tuned, as far as the model has them.
  void showChoices(const QStringList& layers);
  [[nodiscard]] training::DataDescription description() const;

  widgets::FormPanel& m_panel;
  const TrainingSession& m_session;
  std::optional<std::array<std::string, 3>> m_probed;  // folder, format and task
  Probe m_probe;                                       // none: nothing to look at yet
};

}  // namespace app
