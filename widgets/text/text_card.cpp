// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/text/text_card.h"

#include <QResizeEvent>
#include <QScrollBar>
#include <QSignalBlocker>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

#include "widgets/style/number_text.h"
#include "widgets/style/theme.h"
#include "widgets/text/text_view.h"

namespace widgets {
namespace {

constexpr double kMaxTextHeight = 460;

}  // namespace

TextCard::TextCard(std::string tag, const QString& title, QWidget* parent)
    : ChartCard(parent),
      m_tag(std::move(tag)),
      m_view(new TextView),
      m_slider(new QSlider(Qt::Horizontal)) {
  setTitle(title);
  auto* box = new QWidget;
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(scaled(4));
  column->addWidget(m_slider);
  column->addWidget(m_view, 1);
  setContent(box);
  m_view->setAccessibleName(title);
  m_slider->setAccessibleName(tr("Step"));
  m_slider->setToolTip(tr("Step of the texts; at the right end the newest is shown"));
  m_slider->hide();
  connect(m_slider, &QSlider::valueChanged, this, [this](int place) {
    const auto index = static_cast<std::size_t>(place);
    if (index + 1 >= m_steps.size()) {
      showStep(std::nullopt);
    } else {
      showStep(m_steps[index]);
    }
  });
}

void TextCard::setRuns(const std::vector<RunSelection::Entry>& runs) {
  std::vector<Shown> shown;
  m_leftOut = 0;
  for (const RunSelection::Entry& entry : runs) {
    const auto info = entry.run->tag(m_tag);
    if (!info || info->kind != eventio::TagKind::kText) continue;
    if (shown.size() == kMaxRuns) {
      ++m_leftOut;
      continue;
    }
    const auto old = std::find_if(m_shown.begin(), m_shown.end(), [&entry](const Shown& each) {
      return each.entry.run == entry.run;
    });
    if (old == m_shown.end()) {
      shown.push_back({entry, TextSeries(entry.run, m_tag)});
    } else {
      shown.push_back({entry, old->series});
    }
  }
  m_shown = std::move(shown);
  m_isDirty = true;
}

void TextCard::setMarkdown(bool markdown) {
  if (markdown == m_options.markdown) return;
  m_options.markdown = markdown;
  m_isDirty = true;
}

void TextCard::refresh() {
  if (!isVisible() || visibleRegion().isEmpty()) return;
  for (Shown& shown : m_shown) m_isDirty |= shown.series.poll();
  if (!std::exchange(m_isDirty, false)) return;
  collectSteps();
  render();
}

void TextCard::collectSteps() {
  m_steps.clear();
  for (const Shown& shown : m_shown) {
    m_steps.insert(m_steps.end(), shown.series.steps().begin(), shown.series.steps().end());
  }
  std::sort(m_steps.begin(), m_steps.end());
  m_steps.erase(std::unique(m_steps.begin(), m_steps.end()), m_steps.end());
  const QSignalBlocker blocker(m_slider);
  const int last = std::max(0, static_cast<int>(m_steps.size()) - 1);
  m_slider->setRange(0, last);
  m_slider->setPageStep(std::max(1, last / 10));
  int place = last;
  if (m_step) {
    const auto above = std::upper_bound(m_steps.begin(), m_steps.end(), *m_step);
    place = std::max(0, static_cast<int>(above - m_steps.begin()) - 1);
  }
  m_slider->setValue(place);
  m_slider->setVisible(last > 0);
}

void TextCard::showStep(std::optional<std::int64_t> step) {
  if (step == m_step) return;
  m_step = step;
  m_isDirty = true;
  showSubtitle();
}

TextSection TextCard::sectionOf(const Shown& shown) const {
  TextSection section;
  section.label = shown.entry.label;
  section.color = runColor(shown.entry.colorIndex);
  const auto step = shown.series.stepAt(m_step);
  if (!step) {
    section.warnings << tr("No text up to this step");
    return section;
  }
  section.note = tr("step %1").arg(countText(*step));
  const auto& steps = shown.series.steps();
  const auto count = static_cast<std::size_t>(std::count(steps.begin(), steps.end(), *step));
  if (count > kMaxTexts) {
    section.warnings << tr("The newest %1 of %2 texts of this step. Export writes all of them.")
                            .arg(countText(static_cast<qint64>(kMaxTexts)),
                                 countText(static_cast<qint64>(count)));
  }
  for (eventio::TextPoint& point : shown.series.textsOf(*step, kMaxTexts)) {
    section.texts.push_back(std::move(point.value));
  }
  return section;
}

void TextCard::render() {
  std::vector<TextSection> sections;
  for (const Shown& shown : m_shown) sections.push_back(sectionOf(shown));
  if (m_leftOut > 0) {
    TextSection more;
    more.label = tr("%1 more runs", nullptr, static_cast<int>(m_leftOut))
                     .arg(countText(static_cast<qint64>(m_leftOut)));
    more.color = theme().faint;
    more.warnings << tr("A card shows %1 runs. Untick some of them to see the others.")
                         .arg(countText(static_cast<qint64>(kMaxRuns)));
    sections.push_back(std::move(more));
  }
  // What grows does not move what is being read.
  const int place = m_view->verticalScrollBar()->value();
  fillDocument(*m_view->document(), sections, m_options);
  m_view->verticalScrollBar()->setValue(place);
  showSubtitle();
  announceHeight();
}

void TextCard::showSubtitle() {
  if (m_steps.size() < 2) {
    setSubtitle(QString());
    return;
  }
  const QString step = countText(m_step.value_or(m_steps.back()));
  setSubtitle(tr("step %1 · %2 steps", nullptr, static_cast<int>(m_steps.size()))
                  .arg(step, countText(static_cast<qint64>(m_steps.size()))));
}

void TextCard::announceHeight() {
  content()->layout()->activate();
  layout()->activate();
  // A scroll bar that is only there until the card has its height would break the lines elsewhere.
  m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  const int text = m_view->textHeight();
  const int limit = scaled(kMaxTextHeight);
  if (text > limit) m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  const int rest = height() - m_view->height();  // title, slider, margins
  emit wantedHeightChanged(rest + std::min(text, limit));
}

void TextCard::changeEvent(QEvent* event) {
  ChartCard::changeEvent(event);
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange) {
    m_isDirty = true;
  }
}

void TextCard::resizeEvent(QResizeEvent* event) {
  ChartCard::resizeEvent(event);
  // Another width breaks the lines elsewhere.
  if (event->size().width() != event->oldSize().width()) m_isDirty = true;
}

}  // namespace widgets
