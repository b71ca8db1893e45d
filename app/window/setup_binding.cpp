// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup_binding.h"

#include <QCoreApplication>
#include <numeric>

#include "training/base/machine.h"
#include "widgets/style/number_text.h"

namespace app {
namespace {

using training::TrainingConfig;
using widgets::FormChoice;
using widgets::FormField;
using widgets::FormSection;
using Type = FormField::Type;

QString tr(const char* text) {
  return QCoreApplication::translate("Setup", text);
}

QString text(const std::string& utf8) {
  return QString::fromStdString(utf8);
}

QStringList toStringList(const std::vector<std::string>& values) {
  QStringList list;
  for (const std::string& value : values) list << text(value);
  return list;
}

FormSection dataSection() {
  return {
      tr("Data"),
      {{"dataFolder", tr("Folder"), Type::kFolder, "auto",
        tr("Folder of a data set of grey 28x28 pictures: IDX files as MNIST's, .npz as MedMNIST's, "
           "or folders of pictures by class"),
        dataChoices({}, false)},
       {"validation", tr("Validation"), Type::kChoice, "test",
        tr("What the model is judged on after each epoch"), validationChoices(0)}}};
}

FormSection modelSection() {
  return {tr("Task and model"),
          {{"task",
            tr("Task"),
            Type::kChoice,
            "classification",
            tr("Classification: cross-entropy on the labels"),
            {{tr("Classification"), "classification", {}, {}}}},
           {"model", tr("Model"), Type::kChoice, "ConvNet",
            tr("Two convolutions, two fully connected layers; 28 x 28 grey images"),
            modelChoices({})}}};
}

FormSection trainingSection() {
  return {
      tr("Training"),
      {{"optimiser",
        tr("Optimiser"),
        Type::kChoice,
        "SGD",
        tr("Stochastic gradient descent with momentum"),
        {{"SGD", "SGD", {}, {}}}},
       {"learningRate",
        tr("Learning rate"),
        Type::kNumber,
        {},
        tr("Of the training phase; while it trains the field at the top changes it"),
        {}},
       {"momentum", tr("Momentum"), Type::kNumber, {}, tr("0 to below 1; can be changed live"), {}},
       {"weightDecay",
        tr("Weight decay"),
        Type::kNumber,
        {},
        tr("L2 penalty; can be changed live"),
        {}},
       {"batchSize", tr("Batch size"), Type::kInteger, {}, tr("Samples a step"), {}},
       {"epochs", tr("Epochs"), Type::kInteger, {}, tr("Passes over the training set"), {}},
       {"seed",
        tr("Seed"),
        Type::kInteger,
        {},
        tr("The same seed gives the same run, bit for bit, on one machine"),
        {}},
       {"threads",
        tr("Threads"),
        Type::kInteger,
        {},
        tr("Threads that train; 0: one for each core"),
        {}},
       {"device", tr("Device"), Type::kChoice, "cpu", tr("Where to train"),
        deviceChoices({"cpu"})}}};
}

FormSection fineTuningSection() {
  return {tr("Fine-tuning"),
          {{"fineTuneLearningRate",
            tr("Learning rate"),
            Type::kNumber,
            {},
            tr("Of the fine-tuning phase"),
            {}},
           {"fineTuneEpochs",
            tr("Epochs"),
            Type::kInteger,
            {},
            tr("Passes over the training set; 0 leaves fine-tuning out"),
            {}},
           {"fineTuneLayers",
            {},
            Type::kCheckList,
            {},
            tr("Layers that fine-tuning trains; the others are frozen"),
            {}}}};
}

FormSection loggingSection() {
  return {
      tr("Logging"),
      {{"logDirectory",
        tr("Log directory"),
        Type::kPath,
        {},
        tr("Folder in which the run's own folder is made"),
        {}},
       {"runName",
        tr("Run name"),
        Type::kText,
        {},
        tr("Name of the run's folder; a number is added when it is taken"),
        {}},
       {"histogramInterval",
        tr("Histograms"),
        Type::kInteger,
        {},
        tr("Steps between histograms of parameters and gradients, 0: none; can be changed live"),
        {}}}};
}

/// What a number of the form means, where that does not speak for itself.
std::function<QString(const QVariant&)> noteOf(const QString& key) {
  if (key == QLatin1String("threads")) {
    return [](const QVariant& value) {
      return value.toLongLong() == 0 ? tr("all cores (%1)").arg(training::availableCores())
                                     : QString();
    };
  }
  if (key == QLatin1String("histogramInterval")) {
    return [](const QVariant& value) {
      const qlonglong steps = value.toLongLong();
      if (steps == 0) return tr("none");
      if (steps == 1) return tr("every step");
      return steps > 0 ? tr("every %1 steps").arg(widgets::countText(steps)) : QString();
    };
  }
  if (key == QLatin1String("fineTuneEpochs")) {
    return [](const QVariant& value) {
      return value.toLongLong() == 0 ? tr("no fine-tuning") : QString();
    };
  }
  return {};
}

}  // namespace

QList<FormSection> setupSections() {
  QList<FormSection> sections{dataSection(), modelSection(), trainingSection(), fineTuningSection(),
                              loggingSection()};
  const QVariantMap defaults = toForm(TrainingConfig{});
  for (FormSection& section : sections) {
    for (FormField& field : section.fields) {
      if (defaults.contains(field.key)) field.initial = defaults.value(field.key);
      field.note = noteOf(field.key);
    }
  }
  return sections;
}

QVariantMap toForm(const TrainingConfig& c) {
  return {{"dataFolder", text(c.dataFolder)},
          {"learningRate", c.learningRate},
          {"momentum", c.momentum},
          {"weightDecay", c.weightDecay},
          {"batchSize", static_cast<qlonglong>(c.batchSize)},
          {"epochs", static_cast<qlonglong>(c.epochs)},
          {"seed", static_cast<qlonglong>(c.seed)},
          {"threads", static_cast<qlonglong>(c.threads)},
          {"device", text(c.device)},
          {"fineTuneLearningRate", c.fineTuneLearningRate},
          {"fineTuneEpochs", static_cast<qlonglong>(c.fineTuneEpochs)},
          {"fineTuneLayers", toStringList(c.fineTuneLayers)},
          {"logDirectory", text(c.logDirectory)},
          {"runName", text(c.runName)},
          {"histogramInterval", static_cast<qlonglong>(c.histogramInterval)}};
}

TrainingConfig toConfig(const QVariantMap& values) {
  TrainingConfig c;
  const auto take = [&values](const char* key, auto& member) {
    using Member = std::remove_reference_t<decltype(member)>;
    const QVariant value = values.value(QLatin1String(key));
    if (!value.isValid()) return;
    if constexpr (std::is_same_v<Member, std::string>) {
      member = value.toString().toStdString();
    } else if constexpr (std::is_floating_point_v<Member>) {
      member = value.toDouble();
    } else {
      member = static_cast<Member>(value.toLongLong());
    }
  };
  take("dataFolder", c.dataFolder);
  take("learningRate", c.learningRate);
  take("momentum", c.momentum);
  take("weightDecay", c.weightDecay);
  take("batchSize", c.batchSize);
  take("epochs", c.epochs);
  take("seed", c.seed);
  take("threads", c.threads);
  take("device", c.device);
  take("fineTuneLearningRate", c.fineTuneLearningRate);
  take("fineTuneEpochs", c.fineTuneEpochs);
  take("logDirectory", c.logDirectory);
  take("runName", c.runName);
  take("histogramInterval", c.histogramInterval);
  if (values.contains("fineTuneLayers")) {
    c.fineTuneLayers.clear();
    const QStringList layers = values.value("fineTuneLayers").toStringList();
    for (const QString& layer : layers) c.fineTuneLayers.push_back(layer.toStdString());
  }
  return c;
}

QMap<QString, QString> setupProblems(const QVariantMap& values,
                                     const std::vector<training::LayerInfo>& layers,
                                     const std::vector<std::string>& devices) {
  QMap<QString, QString> problems;
  for (const auto& problem : training::checkConfig(toConfig(values), layers, devices)) {
    problems.insert(text(problem.field), text(problem.message));
  }
  // The configuration's own type cannot hold a negative seed, so it cannot find it wrong.
  if (values.value("seed").toLongLong() < 0) problems.insert("seed", tr("Must be at least 0"));
  if (values.value("threads").toLongLong() > 1024) {
    problems.insert("threads", tr("Must be at most 1024"));
  }
  return problems;
}

QString rateProblem(double rate) {
  TrainingConfig config;
  config.learningRate = rate;
  for (const auto& problem : training::checkConfig(config)) {
    if (problem.field == "learningRate") return text(problem.message);
  }
  return {};
}

std::optional<training::HyperParameter> liveParameter(const QString& key) {
  using training::HyperParameter;
  if (key == "momentum") return HyperParameter::kMomentum;
  if (key == "weightDecay") return HyperParameter::kWeightDecay;
  if (key == "histogramInterval") return HyperParameter::kHistogramInterval;
  return std::nullopt;
}

QList<FormChoice> dataChoices(const std::vector<training::DataSetPlace>& places, bool searched) {
  if (places.empty() && !searched) {
    return {{tr("Looking…"), "auto", {}, tr("Data sets are looked for in the usual places")}};
  }
  if (places.empty()) {
    return {{tr("None found"), "auto", {}, tr("No data set in the usual places; choose a folder")}};
  }
  // "auto" means the first of them: it stands under that one's name.
  QList<FormChoice> choices;
  for (const training::DataSetPlace& place : places) {
    choices.append({text(place.name),
                    choices.isEmpty() ? QStringLiteral("auto") : text(place.folder),
                    {},
                    text(place.folder)});
  }
  return choices;
}

QList<FormChoice> validationChoices(std::int64_t testImages) {
  const QString count = widgets::countText(testImages);
  return {{testImages > 0 ? tr("test set, %1").arg(count) : tr("test set"), "test", {}, {}}};
}

QList<FormChoice> layerChoices(const std::vector<training::LayerInfo>& layers) {
  QList<FormChoice> choices;
  for (const training::LayerInfo& layer : layers) {
    const QString count = widgets::countText(layer.parameters);
    choices.append({text(layer.name), text(layer.name),
                    tr("%1 trained").arg(count) + '|' + tr("%1 frozen").arg(count),
                    tr("%1 weights and biases").arg(count)});
  }
  return choices;
}

QList<FormChoice> modelChoices(const std::vector<training::LayerInfo>& layers) {
  const auto count = std::accumulate(
      layers.begin(), layers.end(), std::int64_t{0},
      [](std::int64_t sum, const training::LayerInfo& layer) { return sum + layer.parameters; });
  const QString name = count == 0 ? QStringLiteral("ConvNet")
                                  : QStringLiteral("ConvNet · %1").arg(widgets::countText(count));
  return {{name, "ConvNet", {}, tr("%1 parameters").arg(count)}};
}

QString deviceText(const std::string& device) {
  const QString whole = text(device);
  const QString index = whole.section(':', 1);
  const QString kind = whole.section(':', 0, 0).toUpper();
  return index.isEmpty() ? kind : QStringLiteral("%1 %2").arg(kind, index);
}

QList<FormChoice> deviceChoices(const std::vector<std::string>& devices) {
  QList<FormChoice> choices;
  for (const std::string& device : devices) {
    choices.append({deviceText(device), text(device), {}, text(device)});
  }
  return choices;
}

}  // namespace app
