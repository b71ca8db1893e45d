// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/session/training_session.h"
#include "widgets/style/translated.h"

#include <QMetaObject>

namespace app {

TrainingSession::TrainingSession(std::shared_ptr<eventio::RunStore> store, QObject* parent)
    : QObject(parent), m_trainer(std::move(store)) {
  m_trainer.onEnded([this] {
    QMetaObject::invokeMethod(
        this, [this] { emit ended(); }, Qt::QueuedConnection);
  });
}

TrainingSession::~TrainingSession() {
  stopAndWait();
  if (m_loader.joinable()) m_loader.join();
}

void TrainingSession::loadEngine() {
  if (m_engineState != Engine::kNotLoaded) return;
  m_engineState = Engine::kLoading;
  emit engineChanged();
  m_loader = std::thread([this] {
    auto places = training::findDataSets();
    const auto engine = training::loadEngine();
    eventio::Result<training::EngineInfo> info =
        engine ? eventio::Result<training::EngineInfo>((*engine)->info())
               : tl::make_unexpected(engine.error());
    QMetaObject::invokeMethod(
        this,
        [this, info = std::move(info), places = std::move(places)] { takeEngine(info, places); },
        Qt::QueuedConnection);
  });
}

void TrainingSession::takeEngine(const eventio::Result<training::EngineInfo>& info,
                                 std::vector<training::DataSetPlace> places) {
  if (m_loader.joinable()) m_loader.join();
  m_dataSets = std::move(places);
  if (info) {
    m_engine = *info;
    m_engineState = Engine::kReady;
  } else {
    m_engineFailure = widgets::translated(info.error().message);
    m_engineState = Engine::kMissing;
  }
  emit engineChanged();
}

QString TrainingSession::engineProblem() const {
  switch (m_engineState) {
    case Engine::kReady:
      return {};
    case Engine::kMissing:
      return tr("Training is not available: %1").arg(m_engineFailure);
    default:
      return tr("The training engine is being loaded");
  }
}

eventio::Result<void> TrainingSession::start(const training::TrainingConfig& config) {
  auto result = m_trainer.start(config);
  if (result) {
    m_config = config;
    emit started();
  }
  return result;
}

TrainingSession::Snapshot TrainingSession::snapshot() const {
  return {m_trainer.control().status(),
          m_trainer.control().stopAfterEpochPending(),
          m_trainer.control().stopRequested() && isRunning(),
          widgets::translated(m_trainer.loggingFailure()),
          m_trainer.loggedBytes(),
          m_trainer.loggingWaits()};
}

void TrainingSession::requestStop() {
  m_trainer.control().stopNow();
}

void TrainingSession::stopAndWait(const std::string& why) {
  if (!m_trainer.isRunning()) return;
  m_trainer.stopBecause(why);
  // What came of the run stands in its status.
  static_cast<void>(m_trainer.wait());
}

}  // namespace app
