// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>

namespace headroom
{

/// Where sizes that a user typed are multiplied, a product or sum that an int64 cannot hold becomes this value instead
/// of undefined behaviour. A result equal to it means "too large to count".
inline constexpr std::int64_t kTooLarge = std::numeric_limits<std::int64_t>::max();

/// Product of \a factors, none of which may be negative.
constexpr std::int64_t saturatingProduct(std::initializer_list<std::int64_t> factors)
{
    std::int64_t product = 1;
    bool overflowed = false;
    for (const std::int64_t factor : factors)
    {
        if (factor == 0)
        {
            return 0; // even where the factors before it overflowed
        }
        if (overflowed || product > kTooLarge / factor)
        {
            overflowed = true;
        }
        else
        {
            product *= factor;
        }
    }
    return overflowed ? kTooLarge : product;
}

/// Sum of \a terms, none of which may be negative.
constexpr std::int64_t saturatingSum(std::initializer_list<std::int64_t> terms)
{
    std::int64_t sum = 0;
    for (const std::int64_t term : terms)
    {
        sum = sum > kTooLarge - term ? kTooLarge : sum + term;
    }
    return sum;
}

} // namespace headroom
