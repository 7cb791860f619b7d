// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audit/call_change.h"

#include <string>

namespace headroom
{

/// How a change of a call is written in a model's own code.
struct ChangeCode
{
    std::string python;
    std::string cpp;
};

/// \a watched gives the sizes that stand in the lines. Empty for CallChange::None.
ChangeCode codeOf(CallChange change, const WatchedCall& watched);

} // namespace headroom
