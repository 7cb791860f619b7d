// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace headroom::engine
{

// The operators of a pass are numbered the same by whoever watches it: from 1 on, those that are not nested in another
// one, and the outermost ones of attention wherever they are.

/// A part of a pass, by the numbers of the operators that it begins before and ends behind; 0 is no operator.
struct OperatorSpan
{
    std::size_t first = 0;
    std::size_t last = 0;
    std::size_t attention = 0; ///< it is this one of the pass's outermost attention operators, from 1 on; 0: none

    bool operator==(const OperatorSpan&) const = default;
};

} // namespace headroom::engine
