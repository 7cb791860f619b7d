// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/chip.h"

#include <QPainter>

namespace headroom::ui
{

Chip::Chip(const QString& text, const Theme& theme, Tone tone, QWidget* parent)
    : Label(text, theme, TextRole::Note, parent)
{
    setStrong(true);
    setTone(tone);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    applyMargins();
    connect(&theme, &Theme::changed, this, &Chip::applyMargins);
}

void Chip::paintEvent(QPaintEvent* event)
{
    QPainter painter(this);
    painter.setClipRect(rect()); // as in Card
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().colours().selected);
    painter.drawRoundedRect(rect(), height() / 2.0, height() / 2.0);
    Label::paintEvent(event);
}

void Chip::applyMargins()
{
    const int side = theme().space(2);
    setContentsMargins(side, theme().space(1) / 2, side, theme().space(1) / 2);
}

} // namespace headroom::ui
