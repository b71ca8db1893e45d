// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/setup/setup_binding.h"

#include <QCoreApplication>
#include <cctype>
#include <type_traits>

#include "training/base/machine.h"
#include "training/job/data_fit.h"
#include "training/job/setting_choices.h"
#include "training/settings/setting.h"
#include "widgets/style/number_text.h"
#include "widgets/style/translated.h"

namespace app {
namespace {

using training::Setting;
using training::SettingMember;
using training::SettingSection;
using training::SettingValue;
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

/// A setting's value as a field of the form has it.
struct ToVariant {
  QVariant operator()(const std::string& value) const { return text(value); }
  QVariant operator()(double value) const { return value; }
  QVariant operator()(bool value) const { return value; }
  QVariant operator()(std::int64_t value) const { return static_cast<qlonglong>(value); }
  QVariant operator()(int value) const { return static_cast<qlonglong>(value); }
  QVariant operator()(std::uint64_t value) const { return static_cast<qlonglong>(value); }
  QVariant operator()(const std::vector<std::string>& values) const {
    QStringList list;
    for (const std::string& value : values) list << text(value);
    return list;
  }
  QVariant operator()(const std::vector<std::int64_t>& values) const {
    return text(training::settingText(values));
  }
};

template <class Member>
void takeFrom(const QVariant& value, Member& member) {
  if constexpr (std::is_same_v<Member, std::string>) {
    member = value.toString().toStdString();
  } else if constexpr (std::is_same_v<Member, double>) {
    member = value.toDouble();
  } else if constexpr (std::is_same_v<Member, bool>) {
    member = value.toBool();
  } else if constexpr (std::is_same_v<Member, std::vector<std::string>>) {
    member.clear();
    for (const QString& item : value.toStringList()) member.push_back(item.toStdString());
  } else if constexpr (std::is_same_v<Member, std::vector<std::int64_t>>) {
    member.clear();
    for (const QString& item : value.toString().split(',', Qt::SkipEmptyParts)) {
      member.push_back(item.trimmed().toLongLong());
    }
  } else {
    member = static_cast<Member>(value.toLongLong());
  }
}

/// What a number of the form means, where that does not speak for itself.
std::function<QString(const QVariant&)> noteOf(const Setting& setting) {
  const QString zero = *setting.zeroMeans == '\0' ? QString() : tr(setting.zeroMeans);
  const bool countsCores = setting.member == SettingMember(&TrainingConfig::threads);
  const bool isInterval =
      setting.live == training::HyperParameter(&training::LiveHyperParameters::histogramInterval);
  if (zero.isEmpty()) return {};
  return [zero, countsCores, isInterval](const QVariant& value) {
    const qlonglong number = value.toLongLong();
    if (number == 0) {
      return countsCores ? tr("%1 (%2)").arg(zero).arg(training::availableCores()) : zero;
    }
    if (!isInterval || number < 0) return QString();
    return number == 1 ? tr("every step") : tr("every %1 steps").arg(widgets::countText(number));
  };
}

FormField::Type typeOf(const Setting& setting) {
  switch (setting.editor) {
    case Setting::Editor::kDataSet:
      return Type::kFolder;
    case Setting::Editor::kFolder:
      return Type::kPath;
    case Setting::Editor::kChoice:
      return Type::kChoice;
    case Setting::Editor::kLayers:
      return Type::kCheckList;
    case Setting::Editor::kByType:
      break;
  }
  if (std::holds_alternative<double TrainingConfig::*>(setting.member)) return Type::kNumber;
  if (std::holds_alternative<bool TrainingConfig::*>(setting.member)) return Type::kChoice;
  const bool isText =
      std::holds_alternative<std::string TrainingConfig::*>(setting.member) ||
      std::holds_alternative<std::vector<std::int64_t> TrainingConfig::*>(setting.member);
  return isText ? Type::kText : Type::kInteger;
}

QString toolTipOf(const Setting& setting) {
  const QString help = tr(setting.help);
  return setting.live ? tr("%1; can be changed while it trains").arg(help) : help;
}

FormField fieldOf(const Setting& setting) {
  FormField field;
  field.key = QString::fromLatin1(setting.name);
  field.label = *setting.label == '\0' ? QString() : tr(setting.label);
  field.type = typeOf(setting);
  field.initial = toForm(TrainingConfig{}).value(field.key);
  field.toolTip = toolTipOf(setting);
  field.note = noteOf(setting);
  if (setting.editor == Setting::Editor::kDataSet) {
    field.choices = dataChoices({}, false);
    field.label = tr("Data");  // the form takes files, too
    field.fileTypes = tr("Data sets (*.npz *.csv *.csv.gz *.tsv *.tsv.gz);;All files (*)");
  }
  if (std::holds_alternative<bool TrainingConfig::*>(setting.member)) {
    field.choices = {{tr("No"), false, {}, {}}, {tr("Yes"), true, {}, {}}};
  }
  for (const training::SettingChoice& choice : training::settingChoices(setting)) {
    field.choices << FormChoice{
        tr(choice.label.c_str()), text(choice.value), {}, tr(choice.help.c_str())};
  }
  if (setting.member == SettingMember(&TrainingConfig::device)) {
    field.choices = deviceChoices({"cpu"});
  }
  return field;
}

/// Of a whole number that the configuration's own type may be unable to hold: it would be another
/// one there, and not found wrong.
QString rangeProblem(const Setting& setting, const QVariant& value) {
  const bool isNarrow = std::holds_alternative<int TrainingConfig::*>(setting.member) ||
                        std::holds_alternative<std::uint64_t TrainingConfig::*>(setting.member);
  if (!isNarrow || !value.isValid()) return {};
  const qlonglong number = value.toLongLong();
  if (number < setting.minimum) {
    return tr("Must be at least %1").arg(widgets::countText(setting.minimum));
  }
  if (number > setting.maximum) {
    return tr("Must be at most %1").arg(widgets::countText(setting.maximum));
  }
  return {};
}

/// "21,840 parameters"
QString sizeText(const std::vector<training::LayerInfo>& layers) {
  std::int64_t count = 0;
  for (const training::LayerInfo& layer : layers) {
    if (layer.parameters == 0) return tr("The number of parameters depends on the data");
    count += layer.parameters;
  }
  return tr("%1 parameters").arg(widgets::countText(count));
}

}  // namespace

QList<FormSection> setupSections() {
  QList<FormSection> sections;
  for (const SettingSection section :
       {SettingSection::kData, SettingSection::kModel, SettingSection::kTraining,
        SettingSection::kFineTuning, SettingSection::kLogging}) {
    QList<FormField> settings;
    for (const Setting& setting : training::settingsTable()) {
      if (setting.section == section) settings << fieldOf(setting);
    }
    sections << FormSection{tr(training::sectionTitle(section)), settings};
  }
  return sections;
}

QVariantMap toForm(const TrainingConfig& config) {
  QVariantMap values;
  for (const Setting& setting : training::settingsTable()) {
    values.insert(QString::fromLatin1(setting.name),
                  std::visit(ToVariant(), setting.valueIn(config)));
  }
  return values;
}

TrainingConfig toConfig(const QVariantMap& values) {
  TrainingConfig config;
  for (const Setting& setting : training::settingsTable()) {
    const QVariant value = values.value(QString::fromLatin1(setting.name));
    if (!value.isValid()) continue;
    SettingValue taken = setting.valueIn(config);
    std::visit([&value](auto& member) { takeFrom(value, member); }, taken);
    setting.assignTo(config, taken);
  }
  return config;
}

QMap<QString, QString> setupProblems(const QVariantMap& values,
                                     const std::vector<std::string>& devices) {
  QMap<QString, QString> problems;
  for (const auto& problem : training::checkSettings(toConfig(values), devices)) {
    problems.insert(text(problem.field), widgets::translated(problem.message));
  }
  for (const Setting& setting : training::settingsTable()) {
    const QString key = QString::fromLatin1(setting.name);
    const QString problem = rangeProblem(setting, values.value(key));
    if (!problem.isEmpty()) problems.insert(key, problem);
  }
  return problems;
}

QString rateProblem(double rate) {
  TrainingConfig config;
  config.learningRate = rate;
  for (const auto& problem : training::checkConfig(config)) {
    if (problem.field == "learningRate") return widgets::translated(problem.message);
  }
  return {};
}

QStringList lastLayers(const QVariantMap& values) {
  QStringList names;
  for (const std::string& name : training::lastLayers(toConfig(values))) names << text(name);
  return names;
}

QStringList fieldsWithoutMeaning(const QVariantMap& values) {
  const TrainingConfig config = toConfig(values);
  QStringList keys;
  for (const Setting& setting : training::settingsTable()) {
    // Fine-tuning stays in sight: its fields say that there is such a phase.
    const bool optional = setting.section != SettingSection::kFineTuning;
    if (optional && !setting.appliesTo(config)) keys << QString::fromLatin1(setting.name);
  }
  return keys;
}

std::optional<training::HyperParameter> liveParameter(const QString& key) {
  const Setting* setting = training::findSetting(key.toStdString());
  return setting == nullptr ? std::nullopt : setting->live;
}

QString liveName(training::HyperParameter parameter) {
  std::string words = training::settingOf(parameter).words();
  words.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.front())));
  return tr(words.c_str());
}

QList<FormChoice> dataChoices(const std::vector<training::DataSetPlace>& places, bool searched) {
  if (places.empty() && !searched) {
    return {{tr("Looking…"), "auto", {}, tr("Data sets are looked for in the usual places")}};
  }
  if (places.empty()) {
    return {{tr("None found"),
             "auto",
             {},
             tr("No data set in the usual places; choose a folder or a file")}};
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

QList<FormChoice> validationChoices(const training::DataDescription& data, bool isChosen) {
  const auto counted = [](const QString& set, std::int64_t count) {
    return count > 0 ? tr("%1, %2").arg(set, widgets::countText(count)) : set;
  };
  const QString test = data.isTestDrawn ? tr("random samples") : tr("test set");
  QList<FormChoice> choices = {{counted(test, data.testCount), "test", {}, {}}};
  const bool isKnown = !data.format.empty();
  if (!isKnown || data.hasValidation || isChosen) {
    choices << FormChoice{counted(tr("validation"), data.validationCount), "validation", {}, {}};
  }
  return choices;
}

QList<FormChoice> layerChoices(const std::vector<training::LayerInfo>& layers) {
  QList<FormChoice> choices;
  for (const training::LayerInfo& layer : layers) {
    FormChoice choice{text(layer.name), text(layer.name), tr("depends on the data"),
                      tr("How many weights and biases it has depends on the data, which say so "
                         "when they are loaded")};
    if (layer.parameters > 0) {
      const QString count = widgets::countText(layer.parameters);
      choice.note = tr("%1 trained").arg(count) + '|' + tr("%1 frozen").arg(count);
      choice.toolTip = tr("%1 weights and biases").arg(count);
    }
    choices << choice;
  }
  return choices;
}

QList<FormChoice> modelChoices(const TrainingConfig& config,
                               const training::DataDescription& data) {
  QList<FormChoice> choices;
  for (const training::SettingChoice& choice :
       training::settingChoices(*training::findSetting("model"))) {
    TrainingConfig other = config;
    other.model = choice.value;
    const QString problem = widgets::translated(training::modelProblem(other, data));
    choices << FormChoice{text(choice.label),
                          text(choice.value),
                          {},
                          text(choice.help) + '\n' +
                              (problem.isEmpty() ? sizeText(layersFor(other, data)) : problem)};
  }
  return choices;
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
