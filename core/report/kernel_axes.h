// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>
#include <vector>

namespace headroom
{

/// The measured cases of one backend that differ in one size alone, ascending: what the guard against figures that
/// cannot be (core/validate/plausibility.h) looks along.
struct KernelAxis
{
    struct Point
    {
        double value = 0;
        std::size_t row = 0; ///< into Report::cases
    };

    std::string name; ///< "batch", "sequence", "sequence at 16384 tokens", "keys"
    std::vector<Point> points;
};

/// The axes of a sweep over attention calls with at least two points: batch; sequence (query and keys alike) at one
/// batch, and at one product of batch and sequence; keys at one query length (decoding). Everything else of a case,
/// backend, pass, launch, L2, mask, heads and head dims, is the same along an axis.
std::vector<KernelAxis> kernelAxesOf(const Report& report);

} // namespace headroom
