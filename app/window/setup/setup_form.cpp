// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup/setup_form.h"

#include <QCoreApplication>

#include "app/window/session/training_session.h"
#include "app/window/setup/setup_binding.h"
#include "training/job/data_fit.h"
#include "training/job/setting_choices.h"
#include "training/tasks/tasks.h"
#include "widgets/forms/form_panel.h"
#include "widgets/style/translated.h"

namespace app {
namespace {

const QString kLayers = QStringLiteral("fineTuneLayers");

/// Adds a problem where the settings by themselves have none.
void add(QMap<QString, QString>& problems, const QString& key, const eventio::Message& message) {
  if (!message.empty() && !problems.contains(key)) {
    problems.insert(key, widgets::translated(message));
  }
}

bool hasBadWidths(const QMap<QString, QString>& problems) {
  return problems.contains("hidden") || problems.contains("dropout");
}

}  // namespace

SetupForm::SetupForm(widgets::FormPanel& panel, const TrainingSession& session)
    : m_panel(panel), m_session(session) {
  m_panel.setSections(setupSections());
  QObject::connect(&m_probe, &DataProbe::found, &m_probe, [this] { takeData(); });
  showChoices(chosenLayers());
  check();
}

void SetupForm::setValues(const QVariantMap& values) {
  // The field keeps what it offers alone, and the values may be of other data than the present
  // ones.
  m_panel.setChoices("validateOn", validationChoices({}, true));
  m_panel.setValues(values);
  m_panel.clearHints();
  probeData();
  // The panel takes those alone that it offers, which are another model's still.
  showChoices(values.contains(kLayers) ? values.value(kLayers).toStringList() : chosenLayers());
  check();
}

void SetupForm::take(const QString& key) {
  probeData();
  const bool isNewModel = key == QLatin1String("model");
  if (isNewModel) nameRunAfterModel();
  showChoices(isNewModel ? lastLayers(m_panel.values()) : chosenLayers());
  check();
}

/// Leaves a name alone that the user chose.
void SetupForm::nameRunAfterModel() {
  const training::TrainingConfig config = toConfig(m_panel.values());
  if (training::runNameFor(config.runName) != config.runName) return;  // no model's name
  m_panel.setValues({{"runName", QString::fromStdString(training::runNameFor(config.model))}});
}

void SetupForm::takeEngine() {
  if (m_session.engineState() == TrainingSession::Engine::kReady) {
    m_panel.setChoices("device", deviceChoices(m_session.engine().devices));
  }
  if (m_session.hasSearchedData()) {
    m_panel.setChoices("dataFolder", dataChoices(m_session.dataSets(), true));
    m_probe.forget();
    probeData();
  }
  showChoices(chosenLayers());
  check();
}

void SetupForm::probeData() {
  const training::TrainingConfig config = toConfig(m_panel.values());
  const training::Task* task = training::findTask(config.task);
  if (config.dataFolder == "auto" && m_session.dataSets().empty()) {
    m_probe.clear();
    m_panel.setChoices("validateOn", validationChoices(description(), isValidationChosen()));
    return;
  }
  m_probe.look({config.dataFolder, config.dataFormat,
                task ? task->targetKind() : training::TargetKind::kAuto});
}

void SetupForm::takeData() {
  const training::DataDescription data = description();
  m_panel.setHint("dataFolder", data.isResized
                                    ? QCoreApplication::translate(
                                          "Setup", "Pictures of several sizes are resized to %1")
                                          .arg(QString::fromStdString(data.shape.text()))
                                    : QString());
  m_panel.setChoices("validateOn", validationChoices(data, isValidationChosen()));
  showChoices(chosenLayers());
  check();
  if (m_onDataFound) m_onDataFound();
}

training::DataDescription SetupForm::description() const {
  const auto& found = m_probe.result();
  return found && found->has_value() ? (*found)->description : training::DataDescription();
}

bool SetupForm::isValidationChosen() const {
  return m_panel.values().value("validateOn").toString() == QLatin1String("validation");
}

QStringList SetupForm::chosenLayers() const {
  return m_panel.values().value(kLayers).toStringList();
}

/// Where the model has none of the layers any more its last one is chosen, as for a new model;
/// where the user has taken them all away, none.
void SetupForm::showChoices(const QStringList& layers) {
  const training::TrainingConfig config = toConfig(m_panel.values());
  const training::DataDescription data = description();
  m_panel.setChoices("model", modelChoices(config, data));
  const auto offered = training::layersFor(config, data);
  // Widths that are no model: what was offered stays.
  if (offered.empty() || hasBadWidths(setupProblems(m_panel.values(), {}))) return;
  QStringList kept;
  for (const training::LayerInfo& layer : offered) {
    const QString name = QString::fromStdString(layer.name);
    if (layers.contains(name)) kept << name;
  }
  const bool areGone = kept.isEmpty() && !layers.isEmpty();
  m_panel.setChoices(kLayers, layerChoices(offered));
  m_panel.setValues({{kLayers, areGone ? lastLayers(m_panel.values()) : kept}});
}

void SetupForm::addDataProblems(const training::TrainingConfig& config,
                                QMap<QString, QString>& problems) const {
  const auto& found = m_probe.result();
  if (found && !found->has_value()) {
    add(problems, "dataFolder", found->error().message);
  } else if (found) {
    const training::DataDescription& data = (*found)->description;
    add(problems, "task", taskProblem(config, data));
    add(problems, "validateOn", validationProblem(config, data));
    add(problems, "batchSize", batchProblem(config, data));
    if (!hasBadWidths(problems)) add(problems, "model", modelProblem(config, data));
  } else if (m_session.engineState() == TrainingSession::Engine::kReady) {
    add(problems, "dataFolder", eventio::Message("Choose a folder or a file"));
  }
}

void SetupForm::check() {
  const QVariantMap values = m_panel.values();
  const training::TrainingConfig config = toConfig(values);
  auto problems = setupProblems(values, m_session.engine().devices);
  if (!m_probe.isLooking()) addDataProblems(config, problems);
  m_panel.setHidden(fieldsWithoutMeaning(values));
  m_panel.setProblems(problems);
}

}  // namespace app
