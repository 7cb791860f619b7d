// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/device/case_timer.h"
#include "core/measure/comparison.h"

#include <functional>
#include <string>

namespace headroom::engine
{

/// What one piece of work costs over another, by eleven rounds in turns after two warm-ups: a figure beside a check,
/// with its n and its interval, and no case of a comparison.
struct Price
{
    Comparison comparison; ///< of times first / second: a ratio below 1 means that the second costs more
    double firstNs = 0;    ///< medians
    double secondNs = 0;
};

Price priceOf(const std::function<void()>& first, const std::function<void()>& second, CaseTimer& timer);

/// "1.21 times as long (1.18 to 1.25, n = 11), 4.9 ms against 4.05 ms", of the second against the first.
std::string toText(const Price& price);

} // namespace headroom::engine
