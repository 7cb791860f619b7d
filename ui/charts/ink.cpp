// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ink.h"

#include "ui/theme/theme.h"

#include <algorithm>
#include <array>

namespace headroom::ui
{

QColor colourOf(const Ink& ink, const Theme& theme)
{
    if (ink.backend)
    {
        return theme.backendColour(*ink.backend);
    }
    const Colours& colours = theme.colours();
    switch (ink.role)
    {
    case InkRole::Text:
        return colours.text;
    case InkRole::Secondary:
        return colours.secondary;
    case InkRole::Accent:
        return colours.accent;
    case InkRole::Good:
        return colours.good;
    case InkRole::Caution:
        return colours.caution;
    case InkRole::Bad:
        return colours.bad;
    }
    return colours.text;
}

Marker markerOf(Backend backend)
{
    switch (backend)
    {
    case Backend::Cudnn:
        return Marker::Circle;
    case Backend::Flash:
        return Marker::Square;
    case Backend::MemoryEfficient:
        return Marker::Triangle;
    case Backend::Math:
        return Marker::Diamond;
    case Backend::Naive:
        return Marker::Cross;
    case Backend::Fp64:
        return Marker::Plus;
    case Backend::Default:
        break;
    }
    return Marker::Ring;
}

LineStyle lineStyleOf(std::size_t index)
{
    static constexpr LineStyle kStyles[] = {LineStyle::Solid, LineStyle::Dashed, LineStyle::Dotted,
                                            LineStyle::DashDotted};
    return kStyles[index % 4];
}

int backendRank(Backend backend)
{
    static constexpr std::array kOrder{Backend::Default, Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient,
                                       Backend::Math,    Backend::Naive, Backend::Fp64};
    return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), backend) - kOrder.begin());
}

Qt::PenStyle penStyle(LineStyle style)
{
    switch (style)
    {
    case LineStyle::Solid:
        return Qt::SolidLine;
    case LineStyle::Dashed:
        return Qt::DashLine;
    case LineStyle::Dotted:
        return Qt::DotLine;
    case LineStyle::DashDotted:
        return Qt::DashDotLine;
    case LineStyle::None:
        return Qt::NoPen;
    }
    return Qt::SolidLine;
}

} // namespace headroom::ui
