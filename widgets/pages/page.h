// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariantMap>
#include <QWidget>

#include "eventio/data/run_data.h"

namespace widgets {

/// A tab of the main window: one way to look at the runs that are shown.
///
/// The window makes tabs, menu entries, shortcuts and stored settings from this interface and knows
/// no page by its class; app/window/pages.cpp lists them. UI thread.
class Page : public QWidget {
  Q_OBJECT

 public:
  using QWidget::QWidget;

  /// Names the page in the user's settings: never translated, never changed.
  [[nodiscard]] virtual QString id() const = 0;
  /// Text of its tab, translated.
  [[nodiscard]] virtual QString title() const = 0;

  /// True for a tag that has a card on this page: the tag list offers it, and reveal() finds it.
  [[nodiscard]] virtual bool shows(const eventio::TagInfo& tag) const;
  /// Scrolls to the card of a tag that it shows, whatever group or filter hides it.
  virtual void reveal(const QString& tag);

  /// Draws what is new in the runs. For the refresh timer; a hidden page does nothing, and it is
  /// cheap when nothing is new.
  virtual void refresh() = 0;

  /// Other runs are looked at: drops filters, axes and zooms that were chosen for the former ones.
  virtual void forgetView();
  /// What the user chose on the page, for the settings.
  [[nodiscard]] virtual QVariantMap saveState() const = 0;
  /// `state` may be empty or of another version: what it lacks stays as it is.
  virtual void restoreState(const QVariantMap& state) = 0;

 signals:
  /// The page has something that the user asked for, or waits for: the window brings it to the
  /// front.
  void showRequested();
};

}  // namespace widgets
