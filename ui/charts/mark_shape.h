// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_marks.h"

namespace headroom::ui
{

/// A cross for what failed or is missing. What is merely to come is in secondary ink, and has its words alone.
inline Marker markerOf(const ChartMark& mark)
{
    return mark.ink == Ink(InkRole::Secondary) ? Marker::None : Marker::Cross;
}

} // namespace headroom::ui
