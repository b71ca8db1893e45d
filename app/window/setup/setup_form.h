// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>
#include <QVariantMap>
#include <functional>
#include <utility>

#include "app/window/setup/data_probe.h"
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
  /// The user has finished with a field: makes choices anew, and looks at the data, what they are
  /// following as soon as it is known.
  void take(const QString& key);
  /// The engine's devices and the data sets found are there.
  void takeEngine();
  void check();
  /// Called when what was found out about the data may have changed problems and choices.
  void onDataFound(std::function<void()> callback) { m_onDataFound = std::move(callback); }
  /// While the data are being looked at, nothing about them is found wrong.
  [[nodiscard]] bool isLooking() const { return m_probe.isLooking(); }

 private:
  [[nodiscard]] bool isValidationChosen() const;
  [[nodiscard]] QStringList chosenLayers() const;
  void probeData();
  void takeData();
  void nameRunAfterModel();
  /// `layers`: those to be fine-tuned, as far as the model has them.
  void showChoices(const QStringList& layers);
  [[nodiscard]] training::DataDescription description() const;
  void addDataProblems(const training::TrainingConfig& config,
                       QMap<QString, QString>& problems) const;

  widgets::FormPanel& m_panel;
  const TrainingSession& m_session;
  DataProbe m_probe;
  std::function<void()> m_onDataFound;
};

}  // namespace app
