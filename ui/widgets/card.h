// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/table.h"

#include <QFrame>

class QHBoxLayout;
class QPushButton;
class QVBoxLayout;

namespace headroom::ui
{

class Label;
class Theme;

/// Something to do: what, why, what it brings, how, and buttons. Its left edge has the colour of its tone.
class Card : public QFrame
{
    Q_OBJECT

public:
    Card(const QString& title, Tone tone, const Theme& theme, QWidget* parent = nullptr);

    /// A line of \a role under what is there already.
    Label* addText(const QString& text, Tone tone = Tone::Muted, bool strong = false);
    void addWidget(QWidget* widget);

    /// A button in the last line, from the left; from the right where \a atRight is set.
    QPushButton* addAction(const QString& text, const QString& objectName, bool atRight = false);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void applySpacing();

    const Theme& m_theme;
    Tone m_tone;
    QVBoxLayout* m_layout;
    QHBoxLayout* m_actions;
    int m_leftActions = 0;
};

} // namespace headroom::ui
