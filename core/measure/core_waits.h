// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace headroom
{

/// What the scheduler says of a thread since its start: schedstat of Linux (Documentation/scheduler/sched-stats.rst).
struct ThreadTurns
{
    double ranNs = 0;       ///< on a core
    double waitedNs = 0;    ///< ready to run, and without a core
    std::int64_t turns = 0; ///< how often it was given one

    bool operator==(const ThreadTurns&) const = default;
};

/// So long a thread that is woken takes to its core, even where nobody else wants that. A passive thread of OpenMP is
/// woken in each parallel region: the call pays for that on a machine of its own too.
constexpr double kWakeUpNs = 25e3;

/// How long others kept a process from its cores while it made one call, in nanoseconds. A call goes on with its last
/// thread, so that is at least the longest wait of any of them. Waits of several threads follow each other or coincide:
/// it is their sum at most, and at most what the thread that ran longest leaves of the call, for all that ran without a
/// wait would have taken that long too. The larger of the two is given. Of each thread kWakeUpNs a turn are taken off.
/// 0 where more of its own threads than \a cores took part: these wait for each other, which the call costs
/// on an idle machine too. A thread takes part that ran for 1 % of the call, and ran or waited for 10 %; the one that
/// reads the requests does not.
/// \a before and \a after are of the same threads, in the same order; a thread that began within the call has zeros
/// before.
double coreWaitNs(std::span<const ThreadTurns> before, std::span<const ThreadTurns> after, double callNs, int cores);

/// Which part of the median of \a samplesNs is waiting for a core: 1 - median(ns - wait) / median(ns). Waits in fewer
/// than half of the samples leave the median, and this, nearly as they are. Nothing unless each sample has its wait, or
/// where the median is no positive number.
std::optional<double> waitedShare(std::span<const double> samplesNs, std::span<const double> waitsNs);

/// Above this share a median says more about the machine's other users than about the call: a difference of 2 % then
/// shows as one of 1.6 %.
constexpr double kStalledShare = 0.2;

} // namespace headroom
