// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/chart_series.h"

namespace headroom::ui
{

/// Something that has no figure: failed, or out of memory.
struct ChartMark
{
    QString key;   ///< of the series that it belongs to
    QString group; ///< likewise
    double x = 0;
    double y = kNone; ///< NaN: at the bottom of the chart
    QString text;     ///< "out of memory at 8k"
    Ink ink = InkRole::Bad;
    double fromX = kNone; ///< a faint line leads there from this point, where both are set
    double fromY = kNone;
    QString detail; ///< the reason in full, for the read-out
};

/// A limit, a median, a roof that is flat.
struct ReferenceLine
{
    Qt::Orientation orientation = Qt::Horizontal;
    double at = 0;
    double low = kNone; ///< of its interval: a band beside the line
    double high = kNone;
    QString text;
    Ink ink = InkRole::Secondary;
    LineStyle style = LineStyle::Dashed;
    bool drawn = true; ///< false: only its text is
    QString figureSource;
    double figureValue = kNone;
    QString key;   ///< of the series that it belongs to, and is hidden with; empty: none
    QString group; ///< likewise
};

/// A stretch of the x axis, over the whole height.
struct ChartSpan
{
    double from = 0;
    double to = 0;
    QString text;
    Ink ink = InkRole::Caution;
};

} // namespace headroom::ui
