// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status/control_bar.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "widgets/status/status_pill.h"
#include "widgets/style/icons.h"
#include "widgets/style/style_figures.h"
#include "widgets/style/theme.h"

namespace widgets {
namespace {

constexpr double kHeight = 52;
constexpr double kProgressHeight = 2;
constexpr double kRateWidth = 92;
constexpr double kNarrowRateWidth = 72;
const QString kDash = QStringLiteral("–");

QFrame* separator(QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setObjectName(QStringLiteral("barSeparator"));
  line->setFixedSize(1, scaled(24));
  return line;
}

QString withKey(const QString& text, const QAction* action) {
  const QString key = action->shortcut().toString(QKeySequence::NativeText);
  return key.isEmpty() ? text : QStringLiteral("%1 (%2)").arg(text, key);
}

StatePill::Tone pillTone(ControlBarState::Tone tone) {
  switch (tone) {
    case ControlBarState::Tone::kActive:
      return StatePill::Tone::kActive;
    case ControlBarState::Tone::kWarn:
      return StatePill::Tone::kWarn;
    case ControlBarState::Tone::kBad:
      return StatePill::Tone::kBad;
    case ControlBarState::Tone::kQuiet:
      break;
  }
  return StatePill::Tone::kQuiet;
}

}  // namespace

ControlBar::ControlBar(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("controlBar"));
  setFixedHeight(scaled(kHeight));
  setAccessibleName(tr("Training controls"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(scaled(12), 0, scaled(12), 0);
  row->setSpacing(scaled(6));
  makeActions();
  makeButtons();
  makeRate();
  makeFigures();
  refreshIcons();
  showMain();
  resetRateText();
  setState(m_state);
}

ControlBar::~ControlBar() {
  // The field loses the focus while the rest of the bar is gone already.
  m_rate->disconnect(this);
  m_rate->removeEventFilter(this);
}

QAction* ControlBar::addAction(Command command, const QString& text, const QString& key) {
  auto* action = new QAction(text, this);
  if (!key.isEmpty()) action->setShortcut(QKeySequence(key));
  QWidget::addAction(action);
  m_actions.insert(command, action);
  return action;
}

void ControlBar::makeActions() {
  connect(addAction(Command::kMain, tr("Start"), QStringLiteral("Space")), &QAction::triggered,
          this, &ControlBar::mainTriggered);
  connect(addAction(Command::kStep, tr("One step"), QStringLiteral("S")), &QAction::triggered, this,
          &ControlBar::stepRequested);
  connect(addAction(Command::kStop, tr("Stop now"), QStringLiteral("Ctrl+.")), &QAction::triggered,
          this, &ControlBar::stopRequested);
  QAction* after = addAction(Command::kStopAfterEpoch, tr("Stop after this epoch"),
                             QStringLiteral("Ctrl+Shift+."));
  after->setCheckable(true);
  connect(after, &QAction::triggered, this, &ControlBar::stopAfterEpochRequested);

  struct Factor {
    Command command;
    QString text;
    QString key;
    double factor;
  };
  const QList<Factor> factors{
      {Command::kRateTenth, tr("Learning rate ÷10"), QStringLiteral("Ctrl+Shift+Down"), 0.1},
      {Command::kRateHalf, tr("Learning rate ÷2"), QStringLiteral("Ctrl+Down"), 0.5},
      {Command::kRateDouble, tr("Learning rate ×2"), QStringLiteral("Ctrl+Up"), 2},
      {Command::kRateTenfold, tr("Learning rate ×10"), QStringLiteral("Ctrl+Shift+Up"), 10}};
  for (const Factor& f : factors) {
    connect(addAction(f.command, f.text, f.key), &QAction::triggered, this,
            [this, factor = f.factor] { scaleRate(factor); });
  }
  connect(addAction(Command::kEditRate, tr("Edit the learning rate"), QStringLiteral("Ctrl+L")),
          &QAction::triggered, this, [this] {
            m_rate->setFocus(Qt::ShortcutFocusReason);
            m_rate->selectAll();
          });
}

void ControlBar::makeButtons() {
  m_main = new QPushButton(this);
  m_main->setObjectName(QStringLiteral("mainButton"));
  m_main->setProperty("primary", true);
  m_step = new QPushButton(QChar(' ') + tr("Step"), this);
  m_step->setObjectName(QStringLiteral("stepButton"));
  m_step->setAccessibleName(tr("Step"));
  m_stop = new QToolButton(this);
  m_stop->setObjectName(QStringLiteral("stopButton"));
  m_stop->setText(QChar(' ') + tr("Stop"));
  m_stop->setAccessibleName(tr("Stop"));
  m_stop->setProperty("button", true);
  m_stop->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_stop->setPopupMode(QToolButton::MenuButtonPopup);
  auto* menu = new QMenu(m_stop);
  menu->addAction(action(Command::kStop));
  menu->addAction(action(Command::kStopAfterEpoch));
  m_stop->setMenu(menu);
  connect(m_main, &QPushButton::clicked, action(Command::kMain), &QAction::trigger);
  connect(m_step, &QPushButton::clicked, action(Command::kStep), &QAction::trigger);
  connect(m_stop, &QToolButton::clicked, action(Command::kStop), &QAction::trigger);
  for (QWidget* button : {static_cast<QWidget*>(m_main), static_cast<QWidget*>(m_step),
                          static_cast<QWidget*>(m_stop)}) {
    button->setProperty("tall", true);
    button->setFont(themeFont(13, QFont::Medium));
    button->setFocusPolicy(Qt::TabFocus);
    layout()->addWidget(button);
  }
  m_step->setToolTip(withKey(tr("Do one training step, then pause"), action(Command::kStep)));
  m_stop->setToolTip(
      withKey(tr("Stop and save; the run can be continued"), action(Command::kStop)));
}

void ControlBar::makeRate() {
  auto* row = static_cast<QHBoxLayout*>(layout());
  row->addSpacing(scaled(7));
  row->addWidget(separator(this));
  row->addSpacing(scaled(8));
  m_rateCaption = new QLabel(tr("Learning rate"), this);
  m_rateCaption->setProperty("tone", "muted");
  row->addWidget(m_rateCaption);
  row->addSpacing(scaled(2));
  m_rate = new QLineEdit(this);
  m_rate->setObjectName(QStringLiteral("rateField"));
  m_rate->setAccessibleName(tr("Learning rate"));
  m_rate->setProperty("tall", true);
  m_rate->setFixedWidth(scaled(kRateWidth));
  m_rate->installEventFilter(this);
  m_reasonTimer = new QTimer(this);
  m_reasonTimer->setSingleShot(true);
  connect(m_reasonTimer, &QTimer::timeout, this, [this] { showRateReason({}); });
  m_rateCaption->setBuddy(m_rate);
  connect(m_rate, &QLineEdit::textEdited, this, &ControlBar::checkRate);
  connect(m_rate, &QLineEdit::editingFinished, this, &ControlBar::commitRate);
  row->addWidget(m_rate);

  const QList<std::pair<Command, QString>> factors{{Command::kRateTenth, QStringLiteral("÷10")},
                                                   {Command::kRateHalf, QStringLiteral("÷2")},
                                                   {Command::kRateDouble, QStringLiteral("×2")},
                                                   {Command::kRateTenfold, QStringLiteral("×10")}};
  for (const auto& [command, text] : factors) {
    auto* button = new QPushButton(text, this);
    button->setProperty("tall", true);
    button->setProperty("factor", true);
    button->setFont(themeFont(12));
    button->setFocusPolicy(Qt::TabFocus);
    button->setAccessibleName(action(command)->text());
    button->setToolTip(withKey(action(command)->text(), action(command)));
    connect(button, &QPushButton::clicked, action(command), &QAction::trigger);
    m_factors.insert(command, button);
    row->addWidget(button);
  }
}

void ControlBar::makeFigures() {
  auto* row = static_cast<QHBoxLayout*>(layout());
  row->addSpacing(scaled(12));
  row->addWidget(separator(this));
  row->addSpacing(scaled(7));
  m_pill = new StatePill(this);
  m_pill->reserve({tr("Training"), tr("Evaluating"), tr("Fine-tuning"), tr("Finished")});
  row->addWidget(m_pill);
  row->addSpacing(scaled(2));

  const auto figure = [this, row](const QString& caption, const QString& widest,
                                  const QString& tip) {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, scaled(10), 0);
    column->setSpacing(0);
    auto* head = new QLabel(caption, box);
    head->setFont(themeFont(11));
    head->setProperty("tone", "muted");
    auto* value = new FigureLabel(box);
    value->setTextStyle(13, QFont::DemiBold);
    value->reserve(widest);
    box->setToolTip(tip);
    column->addStretch();
    column->addWidget(head);
    column->addWidget(value);
    column->addStretch();
    row->addWidget(box);
    return value;
  };
  m_epoch = figure(tr("Epoch"), QStringLiteral("000 / 000"), tr("Epoch of the phase in hand"));
  m_stepFigure = figure(tr("Step"), QStringLiteral("000,000"),
                        tr("The last step done, over all phases, counted from 0 as on the charts"));
  m_speed = figure(tr("Speed"), QStringLiteral("000.0 k/s"), tr("Samples a second"));
  m_left = figure(tr("Left"), QStringLiteral("0:00:00"), tr("Time left, all phases together"));
  m_left->parentWidget()->layout()->setContentsMargins(0, 0, 0, 0);  // it may be the last one
  row->addStretch(1);

  auto* summary = new QWidget(this);
  summary->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  summary->setMinimumWidth(scaled(120));  // with less, two letters and dots would be left
  auto* column = new QVBoxLayout(summary);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(scaled(1));
  m_summaryTop = new FigureLabel(summary);
  m_summaryBottom = new FigureLabel(summary);
  m_summaryTop->setTone(FigureLabel::Tone::kMuted);
  column->addStretch();
  for (FigureLabel* label : {m_summaryTop, m_summaryBottom}) {
    label->setTextStyle(12);
    label->setAlignment(Qt::AlignRight);
    label->setElided(true);
    column->addWidget(label);
  }
  column->addStretch();
  row->addWidget(summary, 100);
  const auto shown = [](const QList<QWidget*>& widgets) {
    return [widgets](bool visible) {
      for (QWidget* widget : widgets) widget->setVisible(visible);
    };
  };
  m_givesWay = {
      shown({summary}), shown({m_speed->parentWidget()}), shown({m_rateCaption}),
      shown({m_stepFigure->parentWidget()}), [this](bool roomy) { setRoomy(roomy); },
      shown({m_left->parentWidget()}),
      // One without the other would be a bar that only goes one way.
      shown({m_factors.value(Command::kRateTenfold), m_factors.value(Command::kRateTenth)}),
      shown({m_epoch->parentWidget()})};
}

/// Else icons alone say what the two buttons are, beside the main one, which keeps its name.
void ControlBar::setRoomy(bool roomy) {
  m_step->setText(roomy ? QChar(' ') + tr("Step") : QString());
  m_stop->setToolButtonStyle(roomy ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
  m_rate->setFixedWidth(scaled(roomy ? kRateWidth : kNarrowRateWidth));
}

void ControlBar::setState(const ControlBarState& state) {
  const bool rateChanged = state.learningRate != m_state.learningRate;
  const bool pendingChanged = state.appliedRate != m_state.appliedRate;
  m_state = state;
  showMain();
  action(Command::kStep)->setEnabled(state.canStep);
  m_step->setEnabled(state.canStep);
  action(Command::kStop)->setEnabled(state.canStop);
  action(Command::kStopAfterEpoch)->setEnabled(state.canStop);
  action(Command::kStopAfterEpoch)->setChecked(state.stopsAfterEpoch);
  m_stop->setEnabled(state.canStop);
  m_rate->setEnabled(state.rateEditable);
  for (auto it = m_factors.cbegin(); it != m_factors.cend(); ++it) {
    it.value()->setEnabled(state.rateEditable);
    action(it.key())->setEnabled(state.rateEditable);
  }
  if (rateChanged && !(m_rate->hasFocus() && m_rate->isModified())) resetRateText();
  if (pendingChanged) showPendingRate();
  m_pill->setState(state.word, pillTone(state.tone));
  const auto show = [](FigureLabel* label, const QString& text) {
    label->setText(text.isEmpty() ? kDash : text);
    label->setTone(text.isEmpty() ? FigureLabel::Tone::kFaint : FigureLabel::Tone::kText);
  };
  show(m_epoch, state.epoch);
  show(m_stepFigure, state.step);
  show(m_speed, state.speed);
  show(m_left, state.left);
  m_summaryTop->setText(state.summaryTop);
  m_summaryBottom->setText(state.summaryBottom);
  update(0, height() - scaled(kProgressHeight), width(), scaled(kProgressHeight));
}

void ControlBar::showMain() {
  QString text = tr("Start");
  QString tip = tr("Start training");
  QString picture = QStringLiteral("start");
  if (m_state.main == ControlBarState::Main::kResume) {
    text = tr("Resume");
    tip = tr("Go on training");
  } else if (m_state.main == ControlBarState::Main::kPause) {
    text = tr("Pause");
    tip = tr("Pause training");
    picture = QStringLiteral("pause");
  }
  QAction* main = action(Command::kMain);
  const bool enabled = m_state.mainReason.isEmpty();
  main->setText(text);
  main->setEnabled(enabled);
  m_main->setEnabled(enabled);
  m_main->setText(QChar(' ') + text);  // the style leaves too little room beside the icon
  m_main->setAccessibleName(text);
  m_main->setToolTip(withKey(enabled ? tip : m_state.mainReason, main));
  m_main->setAccessibleDescription(enabled ? QString() : m_state.mainReason);
  if (m_main->property("picture") != picture) {
    m_main->setProperty("picture", picture);
    refreshIcons();
  }
}

void ControlBar::refreshIcons() {
  const Theme& t = theme();
  const QColor onAccent = t.dark ? t.window : QColor(Qt::white);
  m_main->setIcon(icon(m_main->property("picture").toString(), onAccent,
                       t.dark ? t.muted : QColor(Qt::white), scaled(14)));
  m_step->setIcon(icon(QStringLiteral("step"), t.text, t.faint, scaled(14)));
  m_stop->setIcon(icon(QStringLiteral("stop"), t.text, t.faint, scaled(14)));
  for (QAbstractButton* button : std::initializer_list<QAbstractButton*>{m_main, m_step, m_stop}) {
    button->setIconSize(QSize(scaled(14), scaled(14)));
  }
  const QFontMetrics metrics(m_main->font());
  int widest = 0;
  for (const QString& word : {tr("Start"), tr("Resume"), tr("Pause")}) {
    widest = std::max(widest, metrics.horizontalAdvance(word));
  }
  m_main->setFixedWidth(std::max(scaled(88), widest + scaled(14 + 8 + 26)));
}

void ControlBar::mainTriggered() {
  switch (m_state.main) {
    case ControlBarState::Main::kStart:
      emit startRequested();
      break;
    case ControlBarState::Main::kResume:
      emit resumeRequested();
      break;
    case ControlBarState::Main::kPause:
      emit pauseRequested();
      break;
  }
}

void ControlBar::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && m_stop) refreshIcons();
}

void ControlBar::paintEvent(QPaintEvent* /*event*/) {
  QPainter painter(this);
  painter.fillRect(rect(), theme().panel);
  const int thickness = scaled(kProgressHeight);
  const QRect edge(0, height() - thickness, width(), thickness);
  painter.fillRect(edge, theme().line);
  if (m_state.progress <= 0) return;
  const double share = std::min(1.0, m_state.progress);
  painter.fillRect(QRectF(0, edge.top(), width() * share, thickness), theme().accent);
}

void ControlBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  fitToWidth();
  placeRateReason();
}

void ControlBar::fitToWidth() {
  for (const auto& show : m_givesWay) show(true);
  for (const auto& show : m_givesWay) {
    layout()->activate();
    if (layout()->minimumSize().width() <= width()) break;
    show(false);
  }
}

}  // namespace widgets
