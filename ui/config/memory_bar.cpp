// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/config/memory_bar.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>

namespace headroom::ui
{

MemoryBar::MemoryBar(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void MemoryBar::setShare(std::optional<double> share)
{
    m_share = share;
    update();
}

QSize MemoryBar::sizeHint() const
{
    return {m_theme.space(20), m_theme.space(2)};
}

void MemoryBar::paintEvent(QPaintEvent*)
{
    const auto& colours = m_theme.colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const QRectF whole = rect();
    const double radius = whole.height() / 2;
    painter.setBrush(colours.line);
    painter.drawRoundedRect(whole, radius, radius);
    if (m_share)
    {
        constexpr double kTight = 0.9;
        painter.setBrush(*m_share > 1 ? colours.bad : *m_share > kTight ? colours.caution : colours.accent);
        const double width = std::max(whole.height(), whole.width() * std::min(1.0, *m_share));
        painter.drawRoundedRect(QRectF(whole.left(), whole.top(), width, whole.height()), radius, radius);
    }
}

} // namespace headroom::ui
