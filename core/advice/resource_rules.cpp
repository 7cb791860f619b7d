// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/rules.h"

#include "core/advice/rule_parts.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/sweep.h"

#include <fmt/format.h>

namespace headroom::advice
{
namespace
{

constexpr double kWorthyMemoryRatio = 1.1;
constexpr double kLaunchBound = 1.5; ///< wall time over device time

} // namespace

Advices savesMemory(const Report& report)
{
    const ComparisonReport* best = nullptr;
    for (const auto& headline : report.headlines)
    {
        const auto& ratio = headline.comparison.memoryRatio;
        if (ratio && *ratio >= kWorthyMemoryRatio && (best == nullptr || *ratio > *best->memoryRatio))
        {
            best = &headline.comparison;
        }
    }
    const auto* candidate = best != nullptr ? candidateOf(report, *best) : nullptr;
    const auto* baseline = best != nullptr ? baselineOf(report, *best) : nullptr;
    if (candidate == nullptr || baseline == nullptr)
    {
        return {};
    }
    const Format format;
    auto result =
        recommend("saves-memory", Severity::Good,
                  fmt::format("{} needs {} less memory than math {}", toString(candidate->measured.backend),
                              format.percent(1.0 - 1.0 / *best->memoryRatio), inThePass(candidate->measured.pass)),
                  fmt::format("The peak was {} instead of {}: the score matrix is never written.",
                              format.bytes(candidate->result.peakBytes), format.bytes(baseline->result.peakBytes)));
    result.gainText = fmt::format("{} less at the peak: room for a larger batch or a longer sequence.",
                                  format.bytes(*baseline->result.peakBytes - *candidate->result.peakBytes));
    result.evidence = evidenceOf(*best);
    setCode(result, defaultBackend(report) == candidate->measured.backend ? plainCall()
                                                                          : preferBackend(candidate->measured.backend));
    return {result};
}

Advices fitsWhereMathDoesNot(const Report& report)
{
    std::vector<std::string> evidence;
    std::string places;
    std::optional<Backend> backend;
    for (const auto& row : report.cases)
    {
        const auto cases = casesOfJob(report, row.jobId);
        const auto* baseline = cases.front();
        const bool fits = row.outcome == Outcome::Passed && row.accuracy == AccuracyVerdict::Passed && row.device &&
                          isFused(row.measured.backend);
        if (!fits || baseline->measured.backend != Backend::Math || baseline->cause != Cause::OutOfMemory ||
            backend.value_or(row.measured.backend) != row.measured.backend)
        {
            continue;
        }
        const auto* job = findJobReport(report, row.jobId);
        backend = row.measured.backend;
        places += fmt::format("{}{}", places.empty() ? "" : "; ", job != nullptr ? job->title : row.jobId);
        evidence.push_back(row.result.caseId);
        evidence.push_back(baseline->result.caseId);
    }
    if (!backend)
    {
        return {};
    }
    auto result = recommend("fits-where-math-does-not", Severity::Good,
                            fmt::format("{} runs where math does not fit in memory", toString(*backend)),
                            fmt::format("Math ran out of memory and {} did not: {}.", toString(*backend), places));
    result.gainText = "Sizes that this machine could not run otherwise.";
    result.evidence = std::move(evidence);
    setCode(result, defaultBackend(report) == backend ? plainCall() : preferBackend(*backend));
    return {result};
}

Advices launchBound(const Report& report)
{
    if (report.plan.device.kind != DeviceKind::Cuda)
    {
        return {};
    }
    for (const auto pass : {Pass::Forward, Pass::TrainingStep})
    {
        const auto* comparison = mainComparison(report, pass);
        const auto* row = comparison != nullptr ? candidateOf(report, *comparison) : nullptr;
        if (row == nullptr || !row->device || !row->wall || row->wall->medianNs < kLaunchBound * row->device->medianNs)
        {
            continue;
        }
        const Format format;
        auto result =
            recommend("launch-bound", Severity::Advice,
                      fmt::format("The GPU waits for the CPU {}: record the work as a CUDA graph", inThePass(pass)),
                      fmt::format("From launch to end it takes {}, of which the device works {}.",
                                  format.duration(row->wall->medianNs), format.duration(row->device->medianNs)));
        result.gainText = fmt::format("At most {}, if all waiting went away; not measured.",
                                      format.ratio(row->wall->medianNs / row->device->medianNs));
        result.evidence = {row->result.caseId};
        result.cpp = "at::cuda::CUDAGraph graph;\ngraph.capture_begin();\nauto output = model->forward(tokens);\n"
                     "graph.capture_end();\ngraph.replay();";
        result.python = "model = torch.compile(model, mode=\"reduce-overhead\")";
        return {result};
    }
    return {};
}

Advices noisyRun(const Report& report)
{
    for (const auto& headline : report.headlines)
    {
        const auto& comparison = headline.comparison.comparison;
        if (comparison.verdict != ComparisonVerdict::CannotTell)
        {
            continue;
        }
        auto result = recommend("noisy-run", Severity::Advice, "Measure again with less noise: the answer is open",
                                fmt::format("{} against math {}: {}", toString(headline.best), inThePass(headline.pass),
                                            comparison.reason));
        const bool cuda = report.plan.device.kind == DeviceKind::Cuda;
        result.gainText = fmt::format("End what else runs here{}, and run with --preset thorough.",
                                      cuda ? ", lock the clocks (nvidia-smi --lock-gpu-clocks)"
                                           : ", keep to the physical cores (OMP_NUM_THREADS)");
        result.evidence = evidenceOf(headline.comparison);
        if (!cuda)
        {
            setCode(result, {"at::set_num_threads(1); // or the number of physical cores",
                             "torch.set_num_threads(1)  # or the number of physical cores"});
        }
        return {result};
    }
    return {};
}

Advices oddFigures(const Report& report)
{
    std::vector<std::string> cases;
    std::string first;
    for (const auto& row : report.cases)
    {
        if (!row.flags.empty())
        {
            cases.push_back(row.result.caseId);
            first = first.empty() ? fmt::format("{}: {}", describe(row.measured), row.flags.front()) : first;
        }
    }
    if (cases.empty())
    {
        return {};
    }
    auto result = recommend("odd-figures", Severity::Advice,
                            fmt::format("Look twice at {}: {} odd",
                                        Format().plural(static_cast<std::int64_t>(cases.size()), "figure"),
                                        cases.size() == 1 ? "it is" : "they are"),
                            first + (cases.size() > 1 ? "; the others are marked in their tables." : "."));
    result.gainText = "A second run tells whether it is the kernel or was the moment.";
    result.evidence = std::move(cases);
    return {result};
}

} // namespace headroom::advice
