// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/rules.h"

#include "core/advice/rule_parts.h"
#include "core/report/case_work.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/summary.h"
#include "core/report/sweep.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom::advice
{
namespace
{

constexpr double kSmallShare = 0.3; ///< of the arithmetic, below which attention cannot matter much

std::string gainText(const Comparison& comparison, Pass pass)
{
    return fmt::format("{} {}", Format().ratio(comparison.ratio.value_or(1), comparison.interval), inThePass(pass));
}

std::string otherPasses(const Report& report, const Headline& but)
{
    std::string text;
    for (const auto& headline : report.headlines)
    {
        if (headline.pass != but.pass && headline.best == but.best && headline.comparison.comparison.ratio)
        {
            text += ", " + gainText(headline.comparison.comparison, headline.pass);
        }
    }
    return text;
}

const CaseReport* caseOfBackend(const Report& report, std::string_view jobId, Backend backend)
{
    for (const auto* row : casesOfJob(report, jobId))
    {
        if (row->measured.backend == backend && row->outcome == Outcome::Passed)
        {
            return row;
        }
    }
    return nullptr;
}

bool isFaster(const ComparisonReport& comparison)
{
    return comparison.ranked && comparison.comparison.verdict == ComparisonVerdict::Faster;
}

/// The fastest ranked fused candidate at one point of a sweep, or null.
const ComparisonReport* bestAt(const Report& report, const SweepRow& row)
{
    const ComparisonReport* best = nullptr;
    for (const auto* measured : row.cases)
    {
        const auto* comparison = comparisonOf(report, *measured);
        if (comparison != nullptr && comparison->ranked && comparison->comparison.ratio &&
            isFused(measured->measured.backend) &&
            (best == nullptr || *comparison->comparison.ratio > *best->comparison.ratio))
        {
            best = comparison;
        }
    }
    return best;
}

/// From which point of a sweep on fused attention is faster at every point; null when not at the last one.
const SweepRow* crossover(const Report& report, const Sweep& sweep)
{
    const SweepRow* from = nullptr;
    for (auto row = sweep.rows.rbegin(); row != sweep.rows.rend(); ++row)
    {
        const auto* best = bestAt(report, *row);
        if (best == nullptr || !isFaster(*best))
        {
            break;
        }
        from = &*row;
    }
    return from;
}

} // namespace

Advices useFused(const Report& report)
{
    const Headline* best = nullptr;
    for (const auto& headline : report.headlines)
    {
        if (isFaster(headline.comparison) &&
            (best == nullptr || *headline.comparison.comparison.ratio > *best->comparison.comparison.ratio))
        {
            best = &headline;
        }
    }
    if (best == nullptr)
    {
        return {};
    }
    const bool already = defaultBackend(report) == best->best;
    auto result =
        recommend("use-fused", already ? Severity::Good : Severity::Advice, "",
                  fmt::format("It is the fastest accepted backend {}, measured against math in turns, and its "
                              "numbers are as exact as the data type allows.",
                              inThePass(best->pass)));
    result.title = already ? fmt::format("Keep {}: LibTorch chooses it by itself", toString(best->best))
                           : fmt::format("Use {} for attention", toString(best->best));
    result.gain = best->comparison.comparison.ratio;
    result.gainText = gainText(best->comparison.comparison, best->pass) + otherPasses(report, *best) + ", against math";
    result.evidence = evidenceOf(best->comparison);
    setCode(result, already ? plainCall() : preferBackend(best->best));
    return {result};
}

Advices mathIsEnough(const Report& report)
{
    Advices advices;
    for (const auto& headline : report.headlines)
    {
        const auto& comparison = headline.comparison.comparison;
        const bool same = comparison.verdict == ComparisonVerdict::Same;
        if (!same && comparison.verdict != ComparisonVerdict::Slower)
        {
            continue;
        }
        auto result = recommend(
            "math-is-enough", Severity::Advice,
            fmt::format("Math is {} here {}", same ? "as fast" : "the fastest", inThePass(headline.pass)),
            fmt::format("{}, the best fused backend, runs at {} its speed at this shape. Fused attention "
                        "gains with length.",
                        toString(headline.best), Format().ratio(comparison.ratio.value_or(1), comparison.interval)));
        result.evidence = evidenceOf(headline.comparison);
        if (!same)
        {
            result.gain = 1.0 / *comparison.ratio;
            result.gainText = fmt::format("{} {} over {}", Format().ratio(*result.gain), inThePass(headline.pass),
                                          toString(headline.best));
            setCode(result, preferBackend(Backend::Math));
        }
        else
        {
            result.gainText = "None in time; fused attention may still need less memory.";
            setCode(result, plainCall());
        }
        advices.push_back(std::move(result));
    }
    return advices;
}

Advices defaultIsSlower(const Report& report)
{
    const auto usual = defaultBackend(report);
    if (!usual)
    {
        return {};
    }
    for (const auto& headline : report.headlines)
    {
        const auto* best = candidateOf(report, headline.comparison);
        const auto* chosen = caseOfBackend(report, headline.comparison.jobId, *usual);
        if (headline.best == *usual || best == nullptr || chosen == nullptr)
        {
            continue;
        }
        const auto comparison = comparePairs(report, *chosen, *best);
        if (comparison.verdict != ComparisonVerdict::Faster)
        {
            continue;
        }
        auto result = recommend(
            "default-is-slower", Severity::Advice,
            fmt::format("Prefer {} over LibTorch's own choice, {}", toString(headline.best), toString(*usual)),
            "Left to itself LibTorch goes by a fixed order, not by what is fastest for this shape.");
        result.gain = comparison.ratio;
        result.gainText = gainText(comparison, headline.pass) + fmt::format(", against {}", toString(*usual));
        result.evidence = {best->result.caseId, chosen->result.caseId};
        setCode(result, preferBackend(headline.best));
        return {result};
    }
    return {};
}

Advices attentionIsSmall(const Report& report)
{
    const auto model = mainModel(report);
    const auto* headline = report.headlines.empty() ? nullptr : &report.headlines.front();
    if (!model || headline == nullptr)
    {
        return {};
    }
    const auto* candidate = candidateOf(report, headline->comparison);
    const double share = candidate != nullptr ? workOf(candidate->measured).attentionShare() : 1.0;
    if (share >= kSmallShare)
    {
        return {};
    }
    auto result = recommend(
        "attention-small-share", Severity::Advice,
        fmt::format("Attention is a small part of this model at sequence length {}", model->sequence),
        fmt::format("It is {} of the floating-point work {}; the rest is matrix products, which no attention backend "
                    "changes. What the fused backend gains beyond that share is memory traffic.",
                    Format().percent(share), inThePass(headline->pass)));
    result.gainText =
        "Look to the matrix products next: their precision, larger batches, compilation. --extended-benchmarks "
        "sweeps the length and shows where attention begins to count.";
    result.evidence = evidenceOf(headline->comparison);
    if (model->device == DeviceKind::Cuda && model->dtype == DType::Float32)
    {
        result.cpp = "at::globalContext().setFloat32MatmulPrecision(\"high\"); // TensorFloat-32: validate again";
        result.python = "torch.set_float32_matmul_precision(\"high\")  # TensorFloat-32: validate again";
    }
    else
    {
        result.cpp = "torch::inductor::AOTIModelPackageLoader loader(\"model.pt2\");";
        result.python = "model = torch.compile(model)";
    }
    return {result};
}

Advices longerSequences(const Report& report)
{
    for (const auto& sweep : sweepsOf(report))
    {
        const auto* from = sweep.axis == SweepAxis::Sequence ? crossover(report, sweep) : nullptr;
        if (from == nullptr)
        {
            continue;
        }
        const auto& last = sweep.rows.back();
        const auto* best = bestAt(report, last);
        const auto* winner = candidateOf(report, *best);
        const bool everywhere = from == &sweep.rows.front();
        auto result = recommend(
            "longer-sequences", Severity::Good,
            everywhere ? fmt::format("Fused attention is faster at every length from {} to {}", from->value, last.value)
                       : fmt::format("Fused attention is faster from sequence length {} on", from->value),
            fmt::format("Measured at batch {} at {} lengths{}.", sweep.fixed, sweep.rows.size(),
                        everywhere ? "" : fmt::format("; below {} it is not, or it cannot be told", from->value)));
        result.gain = best->comparison.ratio;
        result.gainText = fmt::format("{} at sequence length {} with {}", gainText(best->comparison, sweep.pass),
                                      last.value, toString(winner->measured.backend));
        result.evidence = evidenceOf(*best);
        setCode(result, plainCall());
        return {result};
    }
    return {};
}

} // namespace headroom::advice
