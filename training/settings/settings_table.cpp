// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "training/settings/bounds.h"
#include "training/settings/setting.h"

namespace training {
namespace {

using Config = TrainingConfig;
using Live = LiveHyperParameters;
using Section = SettingSection;
using Editor = Setting::Editor;
using OnContinue = Setting::OnContinue;
using Course = Setting::Course;

constexpr std::int64_t kMaxEpochs = 1'000'000;
constexpr std::int64_t kMaxBatchSize = 1'000'000;
constexpr std::int64_t kMaxThreads = 1024;

bool fineTunes(const Config& config) {
  return config.fineTuneEpochs > 0;
}

bool isMlp(const Config& config) {
  return config.model == "mlp";
}

bool classifies(const Config& config) {
  return config.task == "classification";
}

bool regresses(const Config& config) {
  return config.task == "regression";
}

bool usesSgd(const Config& config) {
  return config.optimiser == "sgd";
}

bool usesAdam(const Config& config) {
  return !usesSgd(config);
}

const std::array kSettings{
    Setting{
        .member = &Config::dataFolder,
        .name = "dataFolder",
        .key = "data_folder",
        .hparam = "data",
        .option = "--data",
        .placeholder = "PATH",
        .section = Section::kData,
        .label = "Folder",
        .help = "Folder or file of a data set: IDX files as MNIST's, CIFAR's binary files, .npz as "
                "MedMNIST's, a folder of pictures by class, CSV; 'auto' looks for Fashion-MNIST or "
                "MNIST in the usual places",
        .editor = Editor::kDataSet,
        .restartReason = "the data set is read once, when a run starts",
        .onContinue = OnContinue::kAnew,
    },
    Setting{
        .member = &Config::dataFormat,
        .name = "dataFormat",
        .key = "data_format",
        .option = "--data-format",
        .placeholder = "NAME",
        .section = Section::kData,
        .label = "Format",
        .help = "Format of the data set, where its names do not tell",
        .editor = Editor::kChoice,
        .restartReason = "the data set is read once, when a run starts",
        .onContinue = OnContinue::kAnew,
        .course = Course::kIfChanged,
    },
    Setting{
        .member = &Config::model,
        .name = "model",
        .key = "model",
        .hparam = "model",
        .option = "--model",
        .placeholder = "NAME",
        .section = Section::kModel,
        .label = "Model",
        .help = "The network that is trained",
        .editor = Editor::kChoice,
        .restartReason = "the optimiser's state belongs to one model",
        .course = Course::kIfChanged,
    },
    Setting{
        .member = &Config::hidden,
        .name = "hidden",
        .key = "hidden",
        .hparam = "hidden",
        .option = "--hidden",
        .placeholder = "WIDTHS",
        .section = Section::kModel,
        .label = "Hidden layers",
        .help = "Widths of the MLP's hidden layers, with commas between",
        .restartReason = "the model's shape is part of it",
        .course = Course::kIfChanged,
        .applies = isMlp,
        .appliesWith = "the MLP",
    },
    Setting{
        .member = &Config::dropout,
        .name = "dropout",
        .key = "dropout",
        .hparam = "dropout",
        .option = "--dropout",
        .placeholder = "X",
        .section = Section::kModel,
        .label = "Dropout",
        .help = "Share of the MLP's hidden values that are set to zero in training, 0 to below 1",
        .lowest = 0,
        .below = 1,
        .restartReason = "the model is made with it",
        .course = Course::kIfChanged,
        .applies = isMlp,
        .appliesWith = "the MLP",
    },
    Setting{
        .member = &Config::task,
        .name = "task",
        .key = "task",
        .hparam = "task",
        .option = "--task",
        .placeholder = "NAME",
        .section = Section::kModel,
        .label = "Task",
        .help = "What the model is trained for",
        .editor = Editor::kChoice,
        .restartReason = "the model's outputs and the loss belong to one task",
        .course = Course::kIfChanged,
    },
    Setting{
        .member = &Config::labelSmoothing,
        .name = "labelSmoothing",
        .key = "label_smoothing",
        .hparam = "label_smoothing",
        .option = "--label-smoothing",
        .placeholder = "X",
        .section = Section::kModel,
        .label = "Label smoothing",
        .help = "Share of each target that is spread over all classes, 0 to below 1 "
                "(classification)",
        .lowest = 0,
        .below = 1,
        .restartReason = "the losses of one run are of one kind",
        .course = Course::kIfChanged,
        .applies = classifies,
        .appliesWith = "the task classification",
    },
    Setting{
        .member = &Config::tolerance,
        .name = "tolerance",
        .key = "tolerance",
        .hparam = "tolerance",
        .option = "--tolerance",
        .placeholder = "X",
        .section = Section::kModel,
        .label = "Tolerance",
        .help = "Error up to which a prediction counts as right (regression)",
        .lowest = 0,
        .restartReason = "the metrics of one run are of one kind",
        .course = Course::kIfChanged,
        .applies = regresses,
        .appliesWith = "the task regression",
    },
    Setting{
        .member = &Config::optimiser,
        .name = "optimiser",
        .key = "optimiser",
        .hparam = "optimiser",
        .option = "--optimiser",
        .placeholder = "NAME",
        .label = "Optimiser",
        .help = "How parameters are updated from their gradients",
        .editor = Editor::kChoice,
        .restartReason = "the optimiser's state belongs to one optimiser",
        .course = Course::kIfChanged,
    },
    Setting{
        .member = &Config::learningRate,
        .name = "learningRate",
        .key = "learning_rate",
        .hparam = "learning_rate",
        .option = "--lr",
        .placeholder = "X",
        .label = "Learning rate",
        .help = "Learning rate that training begins with",
        .bounds = positiveRate,
        .live = &Live::learningRate,
        .onContinue = OnContinue::kNextStep,
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::momentum,
        .name = "momentum",
        .key = "momentum",
        .hparam = "momentum",
        .option = "--momentum",
        .placeholder = "X",
        .label = "Momentum",
        .help = "Momentum of SGD, 0 to below 1",
        .bounds = shareAsFloat,
        .live = &Live::momentum,
        .onContinue = OnContinue::kNextStep,
        .course = Course::kOriginal,
        .applies = usesSgd,
        .appliesWith = "SGD",
    },
    Setting{
        .member = &Config::nesterov,
        .name = "nesterov",
        .key = "nesterov",
        .hparam = "nesterov",
        .option = "--nesterov",
        .placeholder = "",
        .label = "Nesterov",
        .help = "Nesterov momentum (SGD)",
        .restartReason = "the optimiser's state was made with it",
        .course = Course::kIfChanged,
        .applies = usesSgd,
        .appliesWith = "SGD",
    },
    Setting{
        .member = &Config::beta1,
        .name = "beta1",
        .key = "beta1",
        .hparam = "beta1",
        .option = "--beta1",
        .placeholder = "X",
        .label = "Beta 1",
        .help = "Decay of the average of the gradients, 0 to below 1 (Adam, AdamW)",
        .bounds = share,
        .live = &Live::beta1,
        .onContinue = OnContinue::kNextStep,
        .course = Course::kIfChanged,
        .applies = usesAdam,
        .appliesWith = "Adam and AdamW",
    },
    Setting{
        .member = &Config::beta2,
        .name = "beta2",
        .key = "beta2",
        .hparam = "beta2",
        .option = "--beta2",
        .placeholder = "X",
        .label = "Beta 2",
        .help = "Decay of the average of the squared gradients, 0 to below 1 (Adam, AdamW)",
        .bounds = share,
        .live = &Live::beta2,
        .onContinue = OnContinue::kNextStep,
        .course = Course::kIfChanged,
        .applies = usesAdam,
        .appliesWith = "Adam and AdamW",
    },
    Setting{
        .member = &Config::epsilon,
        .name = "epsilon",
        .key = "epsilon",
        .hparam = "epsilon",
        .option = "--epsilon",
        .placeholder = "X",
        .label = "Epsilon",
        .help = "Number added to the denominator of an update (Adam, AdamW)",
        .lowest = 1e-30,
        .restartReason = "the optimiser's state was made with it",
        .course = Course::kIfChanged,
        .applies = usesAdam,
        .appliesWith = "Adam and AdamW",
    },
    Setting{
        .member = &Config::weightDecay,
        .name = "weightDecay",
        .key = "weight_decay",
        .hparam = "weight_decay",
        .option = "--weight-decay",
        .placeholder = "X",
        .label = "Weight decay",
        .help =
            "Weight decay: an L2 penalty of SGD and Adam, decoupled from the gradients in AdamW",
        .bounds = zeroOrRate,
        .live = &Live::weightDecay,
        .onContinue = OnContinue::kNextStep,
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::batchSize,
        .name = "batchSize",
        .key = "batch_size",
        .hparam = "batch_size",
        .option = "--batch-size",
        .placeholder = "N",
        .label = "Batch size",
        .help = "Samples a step",
        .minimum = 1,
        .maximum = kMaxBatchSize,
        .restartReason = "the steps of an epoch are laid out for one batch size",
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::epochs,
        .name = "epochs",
        .key = "epochs",
        .hparam = "epochs",
        .option = "--epochs",
        .placeholder = "N",
        .label = "Epochs",
        .help = "Epochs of training: passes over the training set",
        .minimum = 1,
        .maximum = kMaxEpochs,
        .restartReason = "the length of the run is part of its plan",
        .onContinue = OnContinue::kUpwards,
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::seed,
        .name = "seed",
        .key = "seed",
        .hparam = "seed",
        .option = "--seed",
        .placeholder = "N",
        .label = "Seed",
        .help = "The same seed gives the same run, bit for bit, on one machine",
        .restartReason = "weights and order of the samples come from it",
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::threads,
        .name = "threads",
        .key = "threads",
        .option = "--threads",
        .placeholder = "N",
        .label = "Threads",
        .help = "Threads that train; 0: one for each core that the process may use",
        .zeroMeans = "all cores",
        .maximum = kMaxThreads,
        .restartReason = "the threads are started with the run",
        .onContinue = OnContinue::kAnew,
    },
    Setting{
        .member = &Config::device,
        .name = "device",
        .key = "device",
        .hparam = "device",
        .option = "--device",
        .placeholder = "NAME",
        .label = "Device",
        .help = "Where to train: cpu, cuda, cuda:1, ...",
        .editor = Editor::kChoice,
        .restartReason = "the model's memory lies on one device",
        .onContinue = OnContinue::kAnew,
    },
    Setting{
        .member = &Config::fineTuneLearningRate,
        .name = "fineTuneLearningRate",
        .key = "fine_tune_learning_rate",
        .hparam = "fine_tune_learning_rate",
        .option = "--fine-tune-lr",
        .placeholder = "X",
        .section = Section::kFineTuning,
        .label = "Learning rate",
        .help = "Learning rate that fine-tuning begins with",
        .bounds = positiveRate,
        .restartReason = "it is read when the run starts; set the live learning rate instead",
        .course = Course::kOriginal,
        .applies = fineTunes,
        .appliesWith = "fine-tuning of at least one epoch",
    },
    Setting{
        .member = &Config::fineTuneEpochs,
        .name = "fineTuneEpochs",
        .key = "fine_tune_epochs",
        .hparam = "fine_tune_epochs",
        .option = "--fine-tune-epochs",
        .placeholder = "N",
        .section = Section::kFineTuning,
        .label = "Epochs",
        .help = "Epochs of fine-tuning; 0 leaves that phase out",
        .zeroMeans = "no fine-tuning",
        .maximum = kMaxEpochs,
        .restartReason = "the length of the run is part of its plan",
        .course = Course::kOriginal,
    },
    Setting{
        .member = &Config::fineTuneLayers,
        .name = "fineTuneLayers",
        .key = "fine_tune_layers",
        .hparam = "fine_tune_layers",
        .option = "--fine-tune-layers",
        .placeholder = "NAMES",
        .section = Section::kFineTuning,
        .help = "Layers to train in fine-tuning, with commas between; the others are frozen",
        .defaultText = "the model's last layers",
        .editor = Editor::kLayers,
        .restartReason = "layers are frozen when fine-tuning begins",
        .course = Course::kOriginal,
        .applies = fineTunes,
        .appliesWith = "fine-tuning of at least one epoch",
    },
    Setting{
        .member = &Config::logDirectory,
        .name = "logDirectory",
        .option = "--logdir",
        .placeholder = "FOLDER",
        .section = Section::kLogging,
        .label = "Log directory",
        .help = "Folder that the run's folder is made in",
        .editor = Editor::kFolder,
        .restartReason = "the log file is open",
    },
    Setting{
        .member = &Config::runName,
        .name = "runName",
        .option = "--name",
        .placeholder = "NAME",
        .section = Section::kLogging,
        .label = "Run name",
        .help = "Name of the run's folder; a number is added when it is taken",
        .defaultText = "the model's name",
        .restartReason = "the log file is open",
    },
    Setting{
        .member = &Config::histogramInterval,
        .name = "histogramInterval",
        .key = "histogram_interval",
        .option = "--histogram-interval",
        .placeholder = "N",
        .section = Section::kLogging,
        .label = "Histograms",
        .help = "Steps between histograms of parameters and gradients; 0: none",
        .zeroMeans = "none",
        .bounds = stepCount,
        .live = &Live::histogramInterval,
        .onContinue = OnContinue::kNextStep,
    },
};

}  // namespace

std::span<const Setting> settingsTable() {
  return kSettings;
}

const Setting* findSetting(std::string_view name) {
  const auto found = std::find_if(kSettings.begin(), kSettings.end(),
                                  [name](const Setting& setting) { return name == setting.name; });
  return found == kSettings.end() ? nullptr : &*found;
}

}  // namespace training
