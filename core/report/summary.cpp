// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/summary.h"

#include "core/hardware/roofline.h"
#include "core/measure/core_waits.h"
#include "core/measure/sample_labels.h"
#include "core/measure/sequential_comparison.h"
#include "core/report/case_figures.h"
#include "core/report/case_work.h"
#include "core/report/fastest.h"
#include "core/report/format.h"
#include "core/report/kernel_axes.h"
#include "core/report/queries.h"
#include "core/report/stalls.h"
#include "core/report/sweep.h"
#include "core/validate/plausibility.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

/// More samples with a low clock than this share make a case's figures doubtful (nvbench's 5 %).
constexpr double kLowClockSamples = 0.05;

/// Of \a baselineNs and \a candidateNs, a time for each sample of two cases, those of the rounds that both have.
CasePairs pairsOf(const CaseReport& baseline, const std::vector<double>& baselineNs, const CaseReport& candidate,
                  const std::vector<double>& candidateNs)
{
    std::map<std::int64_t, std::vector<double>> rounds;
    for (std::size_t i = 0; i < std::min(baselineNs.size(), baseline.round.size()); ++i)
    {
        rounds[baseline.round[i]].push_back(baselineNs[i]);
    }
    std::map<std::int64_t, std::size_t> used;
    CasePairs pairs;
    for (std::size_t i = 0; i < std::min(candidateNs.size(), candidate.round.size()); ++i)
    {
        const auto found = rounds.find(candidate.round[i]);
        const std::size_t place = used[candidate.round[i]]++;
        if (found != rounds.end() && place < found->second.size())
        {
            pairs.baselineNs.push_back(found->second[place]);
            pairs.candidateNs.push_back(candidateNs[i]);
        }
    }
    return pairs;
}

ComparisonReport compareWith(const Report& report, const CaseReport& baseline, const CaseReport& candidate)
{
    ComparisonReport result;
    result.jobId = candidate.jobId;
    result.baselineCase = baseline.result.caseId;
    result.candidateCase = candidate.result.caseId;
    result.comparison = comparePairs(report, baseline, candidate);
    const auto& ours = candidate.result.peakBytes;
    const auto& theirs = baseline.result.peakBytes;
    if (ours && theirs && *ours > 0)
    {
        result.memoryRatio = *theirs / *ours;
    }
    return result;
}

void flagClock(CaseReport& row)
{
    const auto low = countLabel(row, SampleLabel::LowClock);
    if (static_cast<double>(low) > kLowClockSamples * static_cast<double>(row.labels.size()))
    {
        row.flags.push_back(fmt::format("{} of {} samples ran with the SM clock below {:.0f} % of its default", low,
                                        row.labels.size(), 100 * kLowClockShare));
    }
}

void flagPeak(CaseReport& row, const Report& report)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    if (device == nullptr || !row.roofline)
    {
        return;
    }
    const auto work = workOf(row.measured);
    const auto limit =
        highestPlausibleRate(work.dtype, *device, report.peaks ? &*report.peaks : nullptr, row.roofline->smMhz);
    if (limit)
    {
        if (auto flag = flagAbovePeak(work.totalFlops, row.device->medianNs, limit->flopsPerSecond, limit->source))
        {
            row.flags.push_back(std::move(*flag));
        }
    }
}

/// Half the width of the median's interval over the median; 0 without one.
double noiseOf(const CaseReport& row)
{
    const auto& interval = row.device->medianIntervalNs;
    return interval && row.device->medianNs > 0 ? 0.5 * (interval->high - interval->low) / row.device->medianNs : 0.0;
}

bool isTimed(const CaseReport& row)
{
    return row.outcome == Outcome::Passed && row.device.has_value();
}

/// A cold cache that makes a case faster was not cold, or the warm one was disturbed.
void flagCold(CaseReport& cold, const Report& report)
{
    if (!isTimed(cold) || cold.measured.l2 != L2State::Cold)
    {
        return;
    }
    auto same = cold.measured;
    same.l2 = L2State::Warm;
    for (const auto& warm : report.cases)
    {
        if (isTimed(warm) && warm.measured == same)
        {
            if (auto flag = flagSwitch("a cold L2", warm.device->medianNs, cold.device->medianNs,
                                       noiseOf(warm) + noiseOf(cold), SwitchRule::MayBeFree))
            {
                cold.flags.push_back(std::move(*flag));
            }
            return;
        }
    }
}

void flagSweeps(Report& report)
{
    for (const auto& sweep : sweepsOf(report))
    {
        for (const auto backend : kSdpaBackends)
        {
            std::vector<SweepPoint> points;
            std::vector<std::size_t> places;
            for (const auto& row : sweep.rows)
            {
                const auto* measured = caseOf(row, backend);
                if (measured != nullptr && isTimed(*measured))
                {
                    points.push_back({static_cast<double>(row.value), measured->device->medianNs,
                                      workOf(measured->measured).totalFlops, noiseOf(*measured)});
                    places.push_back(static_cast<std::size_t>(measured - report.cases.data()));
                }
            }
            const std::string_view axis = sweep.axis == SweepAxis::Batch      ? "batch"
                                          : sweep.axis == SweepAxis::Sequence ? "sequence"
                                                                              : "sequence at one number of tokens";
            for (const auto& flag : flagSweep(points))
            {
                report.cases[places[flag.point]].flags.push_back(fmt::format("along {}: {}", axis, flag.reason));
            }
        }
    }
}

/// The two fastest of \a cases against each other, where neither is the baseline.
void compareFastest(Report& report, std::vector<const CaseReport*> cases)
{
    const CaseReport* const baseline = cases.front();
    std::erase_if(cases, [](const CaseReport* row) { return !row->device; });
    if (cases.size() < 2)
    {
        return;
    }
    std::partial_sort(cases.begin(), cases.begin() + 2, cases.end(),
                      [](const CaseReport* left, const CaseReport* right)
                      { return left->device->medianNs < right->device->medianNs; });
    if (cases[0] != baseline && cases[1] != baseline)
    {
        report.comparisons.push_back(compareWith(report, *cases[1], *cases[0]));
    }
}

/// Along each axis of a sweep over attention calls.
void flagKernelAxes(Report& report)
{
    for (const auto& axis : kernelAxesOf(report))
    {
        std::vector<SweepPoint> points;
        for (const auto& point : axis.points)
        {
            const auto& row = report.cases[point.row];
            points.push_back({point.value, row.device->medianNs, workOf(row.measured).totalFlops});
        }
        for (const auto& flag : flagSweep(points))
        {
            report.cases[axis.points[flag.point].row].flags.push_back(
                fmt::format("along {}: {}", axis.name, flag.reason));
        }
    }
}

} // namespace

void summarizeCase(CaseReport& row)
{
    row.device = summarizeLatency(row.deviceNs);
    row.wall = summarizeLatency(row.wallNs);
    row.waitedShare = waitedShare(row.deviceNs, row.waitNs);
    row.samplesPerSecond.reset();
    row.tokensPerSecond.reset();
    if (row.device && row.device->medianNs > 0)
    {
        row.samplesPerSecond = static_cast<double>(batchOf(row.measured.subject)) / (row.device->medianNs * 1e-9);
        row.tokensPerSecond = *row.samplesPerSecond * static_cast<double>(sequenceOf(row.measured.subject));
    }
}

Comparison comparePairs(const Report& report, const CaseReport& baseline, const CaseReport& candidate)
{
    const auto pairs = pairsOf(baseline, baseline.deviceNs, candidate, candidate.deviceNs);
    ComparisonRule rule;
    rule.confidence = report.plan.measurement.confidence;
    rule.minimumEffect = report.plan.measurement.minimumEffect;
    const bool untilVerdict = report.plan.measurement.untilVerdict;
    Comparison result = untilVerdict ? compareSequentially(pairs.baselineNs, pairs.candidateNs, rule)
                                     : comparePaired(pairs.baselineNs, pairs.candidateNs, rule);
    if (report.plan.device.kind == DeviceKind::Cpu)
    {
        // The verdict on a trial of a fix becomes a finding's gain, and waits must not make one.
        doubtStalls(result, rule, pairsOf(baseline, withoutWaits(baseline), candidate, withoutWaits(candidate)),
                    baseline, candidate, untilVerdict || baseline.measured.captured.has_value());
    }
    return result;
}

void compareCases(Report& report, const std::string& jobId)
{
    std::erase_if(report.comparisons, [&](const ComparisonReport& old) { return old.jobId == jobId; });
    const auto* job = findJob(report, jobId);
    const auto cases = casesOfJob(report, jobId);
    if (job == nullptr || !std::holds_alternative<CompareJob>(job->work) || cases.empty())
    {
        return;
    }
    for (std::size_t i = 1; i < cases.size(); ++i)
    {
        if (!cases[0]->deviceNs.empty() && !cases[i]->deviceNs.empty())
        {
            report.comparisons.push_back(compareWith(report, *cases[0], *cases[i]));
        }
    }
    if (isKernelSweep(report))
    {
        compareFastest(report, cases);
    }
}

void flagCases(Report& report)
{
    for (auto& row : report.cases)
    {
        row.flags.clear();
        // LibTorch's own choice may be another one from call to call: names of several backends prove none, and are
        // right.
        const bool several = row.evidence && row.evidence->requested == Backend::Default && !row.evidence->ran &&
                             !row.evidence->operators.empty();
        if (row.evidence && !several)
        {
            if (auto flag =
                    flagKernels(row.evidence->requested, row.evidence->ran, attentionCallsOf(row.measured.subject)))
            {
                row.flags.push_back(std::move(*flag));
            }
        }
        flagClock(row);
        if (auto flag = flagStall(row))
        {
            row.flags.push_back(std::move(*flag));
        }
        flagPeak(row, report);
        flagCold(row, report);
    }
    isKernelSweep(report) ? flagKernelAxes(report) : flagSweeps(report);
}

} // namespace headroom
