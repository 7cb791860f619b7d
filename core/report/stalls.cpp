// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/stalls.h"

#include "core/measure/core_waits.h"
#include "core/measure/stalled_samples.h"
#include "core/measure/waited_pairs.h"
#include "core/report/case_work.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr const char* kRemedy = "repeat it on a machine with less load, or with fewer threads (OMP_NUM_THREADS)";

bool isOnCpu(const CaseReport& row)
{
    return std::visit([](const auto& subject) { return subject.device; }, row.measured.subject) == DeviceKind::Cpu;
}

std::string waitingText(const CaseReport& row)
{
    return fmt::format("{:.0f} % of the median", *row.waitedShare * 100);
}

bool hasWaits(const CaseReport& row)
{
    return std::any_of(row.waitNs.begin(), row.waitNs.end(), [](double ns) { return ns > 0; });
}

void takeBack(Comparison& comparison, std::string why)
{
    if (!why.empty())
    {
        comparison.verdict = ComparisonVerdict::CannotTell;
        comparison.reason = std::move(why);
    }
}

/// The geometric mean of what is left of the medians without waits; NaN without any.
double meanRest(std::span<const RunMedian> runs)
{
    double logs = 0;
    double count = 0;
    for (const RunMedian& one : runs)
    {
        if (one.restNs > 0)
        {
            logs += std::log(one.restNs);
            count += 1;
        }
    }
    return std::exp(logs / count);
}

/// "A" or "B" of an A/B comparison, the call without and with its fix; elsewhere it is backends that are compared.
std::string nameOf(const CaseReport& row)
{
    if (row.measured.captured)
    {
        return row.measured.captured->change == CallChange::None ? "the unchanged call" : "the changed call";
    }
    return std::string(row.measured.side ? letter(*row.measured.side) : toString(row.measured.backend));
}

/// "67 % of the median of A and 50 % of the median of B is waiting for a core", of the sides that the scheduler tells
/// of.
std::string whoWaited(const CaseReport& baseline, const CaseReport& candidate, Stall a, Stall b)
{
    const std::string ofA = a == Stall::ByWaits ? waitingText(baseline) + " of " + nameOf(baseline) : std::string();
    const std::string ofB = b == Stall::ByWaits ? waitingText(candidate) + " of " + nameOf(candidate) : std::string();
    return fmt::format("{}{}{} is waiting for a core", ofA, !ofA.empty() && !ofB.empty() ? " and " : "", ofB);
}

std::string whyStalled(const CaseReport& baseline, const CaseReport& candidate, Stall a, Stall b)
{
    const bool known = a == Stall::ByWaits || b == Stall::ByWaits;
    return known ? fmt::format("the process was kept from its cores: {}, and not the call; {}",
                               whoWaited(baseline, candidate, a, b), kRemedy)
                 : fmt::format("the process was kept from its cores: most samples of {} are waits for one, and not the "
                               "call; {}",
                               a != Stall::None && b != Stall::None ? "both sides"
                               : a != Stall::None                   ? nameOf(baseline)
                                                                    : nameOf(candidate),
                               kRemedy);
}

/// Whether a verdict cannot be given on sides that are stalled, where it is all that is asked for.
bool isTooStalled(ComparisonVerdict verdict, Stall a, Stall b)
{
    switch (verdict)
    {
    case ComparisonVerdict::Same:
        return a != Stall::None || b != Stall::None;
    case ComparisonVerdict::Faster:
        return a == Stall::ByPattern || b == Stall::ByPattern;
    case ComparisonVerdict::Slower:
        return a == Stall::ByPattern;
    case ComparisonVerdict::CannotTell:
        break;
    }
    return false;
}

} // namespace

Stall stallOf(const CaseReport& row)
{
    if (!isOnCpu(row))
    {
        return Stall::None;
    }
    if (!row.waitedShare)
    {
        return mostlyStalled(row.deviceNs, workOf(row.measured).totalFlops) ? Stall::ByPattern : Stall::None;
    }
    // The time that a hypervisor takes is in no account of this machine, so the ratio is looked at too.
    return *row.waitedShare > kStalledShare ? Stall::ByWaits
           : mostlyStalled(row.deviceNs)    ? Stall::ByPattern
                                            : Stall::None;
}

std::optional<std::string> flagStall(const CaseReport& row)
{
    switch (stallOf(row))
    {
    case Stall::ByWaits:
        return fmt::format("{} is waiting for a core that others had, and not the call; {}", waitingText(row), kRemedy);
    case Stall::ByPattern:
        return fmt::format("most samples look like waits for a core, and not like the call; {}", kRemedy);
    case Stall::None:
        break;
    }
    return std::nullopt;
}

std::vector<double> withoutWaits(const CaseReport& row)
{
    std::vector<double> rest = row.deviceNs;
    if (row.waitNs.size() == rest.size())
    {
        std::transform(rest.begin(), rest.end(), row.waitNs.begin(), rest.begin(), std::minus());
    }
    return rest;
}

void doubtStalls(Comparison& comparison, const ComparisonRule& rule, const CasePairs& withoutWaits,
                 const CaseReport& baseline, const CaseReport& candidate, bool forVerdict)
{
    if (comparison.verdict == ComparisonVerdict::CannotTell)
    {
        return;
    }
    const Stall a = stallOf(baseline);
    const Stall b = stallOf(candidate);
    std::string why =
        forVerdict && isTooStalled(comparison.verdict, a, b) ? whyStalled(baseline, candidate, a, b) : std::string();
    const bool waited = hasWaits(baseline) || hasWaits(candidate);
    const auto ratio = waited ? middleRatio(withoutWaits.baselineNs, withoutWaits.candidateNs) : std::nullopt;
    if (why.empty() && waited && !holdsFor(comparison.verdict, ratio, rule.minimumEffect))
    {
        why = fmt::format("the process was kept from its cores, and \"{}\" does not hold for the times without the "
                          "waits{}; {}",
                          toString(comparison.verdict), ratio ? fmt::format(" ({:.4g} times as fast)", *ratio) : "",
                          kRemedy);
    }
    if (why.empty() && (a == Stall::ByWaits || b == Stall::ByWaits))
    {
        comparison.reason += fmt::format("; {}: \"{}\" holds without the waits too ({:.4g} times as fast), but by how "
                                         "much is not known",
                                         whoWaited(baseline, candidate, a, b), toString(comparison.verdict), *ratio);
    }
    takeBack(comparison, std::move(why));
}

void doubtStalls(Comparison& comparison, const ComparisonRule& rule, const CaseReport& first, const CaseReport& second)
{
    if (comparison.verdict == ComparisonVerdict::CannotTell)
    {
        return;
    }
    const bool a = stallOf(first) != Stall::None;
    const bool b = stallOf(second) != Stall::None;
    if (a || b)
    {
        takeBack(comparison, fmt::format("the process was kept from its cores in {}: most of these times is waiting "
                                         "for one, and not the call",
                                         a && b ? "both runs"
                                         : a    ? "the first run"
                                                : "the second run"));
        return;
    }
    const auto ours = median(withoutWaits(first));
    const auto theirs = median(withoutWaits(second));
    const bool waited = hasWaits(first) || hasWaits(second);
    if (waited && ours && theirs && !holdsFor(comparison.verdict, *ours / *theirs, rule.minimumEffect))
    {
        takeBack(comparison,
                 fmt::format("the process was kept from its cores, and \"{}\" does not hold for the times without the "
                             "waits ({:.4g} times as fast)",
                             toString(comparison.verdict), *ours / *theirs));
    }
}

RunMedian runMedianOf(const CaseReport& row)
{
    const double ns = row.device->medianNs;
    return {ns, ns * (1 - row.waitedShare.value_or(0)), stallOf(row) != Stall::None};
}

std::string whyStalledRuns(std::span<const RunMedian> runs)
{
    const auto measured = std::ranges::count_if(runs, [](const RunMedian& one) { return std::isfinite(one.ns); });
    const auto stalled = std::ranges::count_if(runs, &RunMedian::stalled);
    return stalled > 0 && 2 * stalled >= measured
               ? fmt::format("in {} of {} runs its samples are waits for a core that others had", stalled, measured)
               : std::string();
}

std::string whyOnlyWaits(std::span<const RunMedian> baseline, std::span<const RunMedian> candidate,
                         double minimumEffect)
{
    if (auto why = whyStalledRuns(candidate); !why.empty())
    {
        return why;
    }
    const double before = meanRest(baseline);
    const double now = meanRest(candidate);
    return now / before <= 1 + minimumEffect
               ? fmt::format("without the waits for a core it takes {:.4g} times as long", now / before)
               : std::string();
}

void doubtWaits(RunToRunChange& change, const std::string& why)
{
    if (!why.empty())
    {
        change.verdict = ComparisonVerdict::CannotTell;
        change.reason += "; but " + why;
    }
}

} // namespace headroom
