// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/measure/sequential_comparison.h"

#include <cstdint>
#include <optional>
#include <span>

namespace headroom
{

/// Samples of one side of a comparison, and how much of each is waiting for a core (core_waits.h). Index i of both
/// sides is of round i.
struct WaitedSamples
{
    std::span<const double> ns;
    std::span<const double> waitNs; ///< nothing is known of where there are fewer than samples
};

/// The middle ratio of the pairs, baseline over candidate; of those that have one.
std::optional<double> middleRatio(std::span<const double> baselineNs, std::span<const double> candidateNs);

/// Whether there is a \a ratio, and \a verdict can be said of it.
bool holdsFor(ComparisonVerdict verdict, std::optional<double> ratio, double minimumEffect);

/// Whether \a verdict stands for all that the scheduler told of waits for a core: it holds for the times without them,
/// and sides of which one waited for more than kStalledShare of its median are not called the same. True where nobody
/// waited, or nothing is known. O(n log n).
bool standsWithoutWaits(ComparisonVerdict verdict, double minimumEffect, const WaitedSamples& baseline,
                        const WaitedSamples& candidate);

/// A SequentialComparison that goes on where waits for cores would take its verdict back: a machine that is busy now
/// may not be in a moment. To look at them takes all samples, so a verdict's are looked at anew when there are a
/// twentieth more pairs. For one thread.
class WaitedComparison
{
public:
    /// \throws std::invalid_argument for a rule out of its range.
    explicit WaitedComparison(const ComparisonRule& rule);

    /// The last round of both, all of whose samples are given.
    void addLast(const WaitedSamples& baseline, const WaitedSamples& candidate);

    bool isDecided() const { return m_verdict && m_stands; }

private:
    SequentialComparison m_comparison;
    double m_minimumEffect;
    std::optional<ComparisonVerdict> m_verdict;
    bool m_stands = false;
    std::int64_t m_nextLook = 0; ///< pairs
};

} // namespace headroom
