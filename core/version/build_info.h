// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace headroom
{

/// Which Headroom this is.
struct BuildInfo
{
    std::string version; ///< "0.1.0"
    std::string gitHash; ///< 12 digits; empty when built outside a git checkout
    bool gitDirty = false;
};

BuildInfo buildInfo();

} // namespace headroom
