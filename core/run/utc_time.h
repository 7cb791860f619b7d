// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace headroom
{

/// Now, as events carry it: "2026-11-23T05:23:11.123Z".
std::string utcNow();

} // namespace headroom
