// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"

#include <QColor>

#include <optional>

namespace headroom::ui
{

class Theme;

/// What a line or a mark is drawn with where it is no backend's.
enum class InkRole
{
    Text,
    Secondary,
    Accent,
    Good,
    Caution,
    Bad
};

/// The colour of something in a chart, by what it means; the theme says which colour that is.
struct Ink
{
    std::optional<Backend> backend;
    InkRole role = InkRole::Text; ///< where there is no backend

    Ink() = default;
    Ink(Backend backend_) : backend(backend_) {}
    Ink(InkRole role_) : role(role_) {}

    bool operator==(const Ink&) const = default;
};

/// Shapes repeat what colours say.
enum class Marker
{
    Circle,
    Square,
    Triangle,
    Diamond,
    Cross,
    Plus,
    Ring,
    None ///< a line alone
};

/// How a line is drawn: the report in front is solid.
enum class LineStyle
{
    Solid,
    Dashed,
    Dotted,
    DashDotted,
    None ///< markers alone
};

QColor colourOf(const Ink& ink, const Theme& theme);

/// The one shape of \a backend, as its colour is its own.
Marker markerOf(Backend backend);

/// The line of the report at \a index of those that are open; the fifth is drawn as the first again.
LineStyle lineStyleOf(std::size_t index);

/// In which order backends are listed: the fused ones, math, then Headroom's own.
int backendRank(Backend backend);

Qt::PenStyle penStyle(LineStyle style);

} // namespace headroom::ui
