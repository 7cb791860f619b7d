// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/findings.h"

#include "core/report/case_work.h"
#include "core/report/conclusion.h"
#include "core/report/format.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

/// Below this share of the arithmetic, attention cannot carry a 2x of the whole (1 / (1 - 0.3) = 1.43).
constexpr double kSmallShare = 0.3;

/// The wording of an explicit target: reached, missed, or not to be told by the interval.
void judgeTarget(const Report& report, const Headline& headline, Findings& findings)
{
    const auto& comparison = headline.comparison.comparison;
    const Format format;
    const double target = *report.plan.targetSpeedup;
    const std::string figure =
        fmt::format("{} runs at {} the speed of math {}", toString(headline.best),
                    format.ratio(comparison.ratio.value_or(0), comparison.interval), inThePass(headline.pass));
    const std::string wanted = fmt::format("the target of {}", format.ratio(target));
    if (!comparison.interval || (comparison.interval->low < target && comparison.interval->high >= target))
    {
        findings.cannotTell.push_back(
            sentence(fmt::format("{}: whether that reaches {} cannot be told", figure, wanted)));
    }
    else if (comparison.interval->high < target)
    {
        const std::string why = whyBelowTarget(report, headline.pass);
        findings.failed.push_back(
            sentence(fmt::format("{}, below {}{}{}", figure, wanted, why.empty() ? "" : ": ", why)));
    }
    else
    {
        findings.said.push_back(sentence(fmt::format("{}, which reaches {}", figure, wanted)));
    }
}

void sayUsualTarget(const Report& report, const Headline& headline, Findings& findings)
{
    const auto& comparison = headline.comparison.comparison;
    if (!comparison.ratio || *comparison.ratio >= kUsualTarget)
    {
        return;
    }
    const std::string why = whyBelowTarget(report, headline.pass);
    findings.said.push_back(
        fmt::format("Below the usual 2× {}{}{}.", inThePass(headline.pass), why.empty() ? "" : ": ", why));
}

bool anyFusedTaken(const Report& report)
{
    return std::any_of(kFusedBackends.begin(), kFusedBackends.end(),
                       [&](Backend backend) { return takesAllLayers(report, backend).value_or(false); });
}

void findMissingHeadline(const Report& report, Pass pass, Findings& findings)
{
    const auto* job = findJobReport(report, pass == Pass::Forward ? kForwardJob : kTrainingJob);
    if (job == nullptr || !job->finished || job->result.outcome != Outcome::Passed || hasNoAttention(report))
    {
        return;
    }
    const auto* main = mainComparison(report, pass);
    if (main == nullptr)
    {
        if (!anyFusedTaken(report))
        {
            findings.said.push_back(
                fmt::format("No fused backend takes this shape, so math has no rival {}.", inThePass(pass)));
            return;
        }
        findings.cannotTell.push_back(fmt::format("No fused backend could be compared with math {}.", inThePass(pass)));
        return;
    }
    const std::string text = sentence(fmt::format("No winner {}: {}", inThePass(pass), main->whyUnranked));
    const bool onDemand = isSkipped(report, Stage::Accuracy) && !report.plan.targetSpeedup;
    (onDemand ? findings.said : findings.cannotTell).push_back(text);
}

void findSpeed(const Report& report, Findings& findings)
{
    if (isSkipped(report, Stage::Performance))
    {
        if (report.plan.targetSpeedup)
        {
            findings.cannotTell.emplace_back("A target speed-up was asked for, but the performance stage was skipped.");
        }
        return;
    }
    for (const auto pass : {Pass::Forward, Pass::TrainingStep})
    {
        const auto* headline = findHeadline(report, pass);
        if (headline == nullptr)
        {
            findMissingHeadline(report, pass, findings);
            continue;
        }
        const auto& comparison = headline->comparison.comparison;
        if (report.plan.targetSpeedup)
        {
            judgeTarget(report, *headline, findings);
            continue;
        }
        if (comparison.verdict == ComparisonVerdict::CannotTell)
        {
            findings.cannotTell.push_back(sentence(
                fmt::format("{} against math {}: {}", toString(headline->best), inThePass(pass), comparison.reason)));
        }
        sayUsualTarget(report, *headline, findings);
    }
}

} // namespace

std::string whyBelowTarget(const Report& report, Pass pass)
{
    const auto model = mainModel(report);
    if (!model)
    {
        return {};
    }
    if (model->device == DeviceKind::Cuda && model->dtype == DType::Float32 && !model->autocast)
    {
        return "the inputs are float32, which flash and cudnn do not take on CUDA";
    }
    const double share = workOf(Case{*model, Backend::Math, pass, Launch::Eager, L2State::Warm}).attentionShare();
    if (share < kSmallShare)
    {
        return fmt::format("at sequence length {} attention is only {} of the model's floating-point work",
                           model->sequence, Format().percent(share));
    }
    return {};
}

void findUnmeasured(const Report& report, Findings& findings)
{
    for (const auto id : {kForwardJob, kTrainingJob})
    {
        const auto* row = findJobReport(report, id);
        if (row == nullptr || !row->finished || row->result.outcome == Outcome::Failed)
        {
            continue; // a failure is said where it belongs
        }
        const auto cases = casesOfJob(report, id);
        const bool anyMeasured = std::any_of(cases.begin(), cases.end(),
                                             [](const CaseReport* measured)
                                             { return measured->outcome == Outcome::Passed && measured->device; });
        if (!cases.empty() && !anyMeasured)
        {
            findings.cannotTell.push_back(fmt::format("Nothing could be measured for {}.", row->title));
        }
    }
}

void findInSpeed(const Report& report, Findings& findings)
{
    findUnmeasured(report, findings);
    findSpeed(report, findings);
}

} // namespace headroom
