// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/live_pace.h"

#include <algorithm>

namespace headroom::desktop
{
namespace
{

constexpr qint64 kLeastRestMs = 90;
constexpr qint64 kRestShare = 9; ///< of what drawing took

} // namespace

LivePace::LivePace(std::function<void()> draw, QObject* parent) : QObject(parent), m_draw(std::move(draw))
{
    for (QTimer* timer : {&m_painted, &m_rest})
    {
        timer->setSingleShot(true);
    }
    connect(&m_painted, &QTimer::timeout, this, &LivePace::measure);
    connect(&m_rest, &QTimer::timeout, this, &LivePace::rest);
}

void LivePace::request()
{
    m_wanted = true;
    if (!m_painted.isActive() && !m_rest.isActive())
    {
        draw();
    }
}

void LivePace::draw()
{
    m_wanted = false;
    m_took.start();
    m_draw();
    m_painted.start(0);
}

void LivePace::measure()
{
    m_rest.start(static_cast<int>(std::max(kLeastRestMs, kRestShare * m_took.elapsed())));
}

void LivePace::rest()
{
    if (m_wanted)
    {
        draw();
    }
}

} // namespace headroom::desktop
