// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/config/interpretation.h"

#include <QString>

namespace headroom::ui
{

/// What an empty \a field means, for its placeholder: the number that follows from others, or what the sweep preset
/// says. Empty where it means nothing.
QString placeholderOf(Field field, const Interpretation& interpretation, DeviceKind device);

} // namespace headroom::ui
