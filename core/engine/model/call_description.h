// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/inspect_model.h"

#include <vector>

namespace headroom::engine
{

/// The attention calls of \a watched as values: where each stands in the tree of modules, who attends to what, what is
/// really in its mask and in its key and value heads, and which backend its operators and kernels prove. Looks at the
/// tensors; the pass is over.
std::vector<WatchedCall> describedCalls(const WatchedModel& watched);

} // namespace headroom::engine
