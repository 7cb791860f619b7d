// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/advice/trial.h"

#include "core/audit/audit_finding.h"
#include "core/plan/audit_plan.h"
#include "core/plan/preset.h"
#include "core/plan/validation_plan.h"
#include "core/report/audit_trials.h"
#include "core/report/queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace headroom
{
namespace
{

/// The request that the plan of \a report was made of, as far as a plan keeps it.
std::optional<ValidationRequest> requestOf(const Report& report)
{
    const auto model = mainModel(report);
    if (!model)
    {
        return std::nullopt;
    }
    ValidationRequest request;
    request.input = *model;
    request.device = report.plan.device;
    request.preset = fromString<Preset>(report.plan.preset).value_or(Preset::Standard);
    request.measurement = report.plan.measurement;
    request.accuracy = report.plan.accuracy;
    request.seed = report.plan.seed;
    request.weightsFile = report.plan.weightsFile;
    request.modelFile = report.plan.modelFile;
    request.inspection = report.plan.inspection;
    return request;
}

std::optional<Trial> validation(const Report& report, const ValidationRequest& request, std::string title,
                                std::string what)
{
    const auto* device = report.circumstances ? report.circumstances->selectedDevice() : nullptr;
    if (device == nullptr || !problemsWith(request).empty())
    {
        return std::nullopt;
    }
    return Trial{fmt::format("{}: batch {}, sequence {}", title, request.input.batch, request.input.sequence),
                 std::move(what), true, makeValidationPlan(request, *device)};
}

std::optional<Trial> inBfloat16(const Report& report)
{
    auto request = requestOf(report);
    if (!request || request->modelFile) // a model from a file must be looked at again in another data type
    {
        return std::nullopt;
    }
    request->input.dtype = DType::BFloat16;
    return validation(report, *request, "In bfloat16",
                      "The same model with bfloat16 weights: compare its step and its accuracy with this report.");
}

std::optional<Trial> withLessNoise(const Report& report)
{
    auto request = requestOf(report);
    if (!request)
    {
        return std::nullopt;
    }
    request->preset = Preset::Thorough;
    request->measurement = measurementPolicyOf(Preset::Thorough);
    return validation(report, *request, "Thorough",
                      "The same run with at least half a second a case, and intervals as narrow as that allows.");
}

std::optional<Trial> atOtherLengths(const Report& report, bool beyond)
{
    auto request = requestOf(report);
    const bool fixed = request && request->input.model.outline && request->input.model.outline->fixedSequence;
    if (!request || !request->weightsFile.empty() || fixed)
    {
        return std::nullopt;
    }
    const std::int64_t from = std::max<std::int64_t>(request->input.sequence, 64);
    request->extendedBenchmarks = true;
    request->batchSizes = {request->input.batch};
    request->scalingBatch = request->input.batch;
    request->scalingSequence = request->input.sequence;
    request->sequenceLengths =
        beyond ? std::vector{2 * from, 4 * from} : std::vector{from, 2 * from, 4 * from, 8 * from};
    return validation(report, *request, "At longer sequences",
                      "The forward pass at longer sequences: shows where attention begins to count, and who wins "
                      "there.");
}

bool holdsOneOf(const Job& job, const std::set<std::string>& ids)
{
    const auto cases = casesOf(job);
    return std::any_of(cases.begin(), cases.end(), [&](const Case& one) { return ids.contains(one.id()); });
}

/// Whether \a judge is of what one of \a jobs times on a captured call.
bool judgesOneOf(const JudgeJob& judge, const std::vector<Job>& jobs)
{
    return std::any_of(jobs.begin(), jobs.end(),
                       [&](const Job& job)
                       {
                           const auto cases = casesOf(job);
                           return std::any_of(cases.begin(), cases.end(),
                                              [&](const Case& one) { return one.captured == judge.captured; });
                       });
}

/// The jobs of the report's own plan that hold its evidence, each with the judgement that its cases need to be ranked.
std::optional<Trial> again(const Report& report, const Recommendation& recommendation)
{
    const std::set<std::string> ids(recommendation.evidence.begin(), recommendation.evidence.end());
    Trial trial{"Again: " + recommendation.title,
                "The cases that this rests on, measured again by the same rules: a second run tells whether it holds.",
                false, report.plan};
    std::vector<Job> jobs;
    std::vector<Subject> subjects;
    for (const Job& job : report.plan.jobs)
    {
        if (holdsOneOf(job, ids))
        {
            subjects.push_back(casesOf(job).front().subject);
            jobs.push_back(job);
        }
    }
    if (jobs.empty())
    {
        return std::nullopt;
    }
    std::vector<Job> before;
    for (const Job& job : report.plan.jobs)
    {
        const auto* judge = std::get_if<JudgeJob>(&job.work);
        const bool judged = judge != nullptr && (judge->captured ? judgesOneOf(*judge, jobs)
                                                                 : subjects.size() == 1 || mainModel(report) ||
                                                                       std::find(subjects.begin(), subjects.end(),
                                                                                 judge->subject) != subjects.end());
        if (judged || std::holds_alternative<ProbeJob>(job.work))
        {
            before.push_back(job);
        }
    }
    before.insert(before.end(), jobs.begin(), jobs.end());
    trial.plan.jobs = std::move(before);
    trial.plan.peaks = report.peaks;
    return trial;
}

/// The fix of a finding on the captured calls once more: its judges and its comparisons with the calls as they are, on
/// the same model file. Nothing where no change of a call is the fix.
std::optional<Trial> fixApplied(const Report& report, const Recommendation& recommendation)
{
    std::set<std::string> ids;
    const auto calls = report.plan.inspection ? report.plan.inspection->calls.size() : 0;
    for (std::int64_t call = 0; call < static_cast<std::int64_t>(calls); ++call)
    {
        ids.insert({judgeJobId(recommendation.rule, call), trialJobId(recommendation.rule, call, Pass::Forward),
                    trialJobId(recommendation.rule, call, Pass::TrainingStep)});
    }
    Trial trial{"Applied again: " + recommendation.title,
                "The fix on the tensors that flowed there, judged, and timed in turns with the call as the model makes "
                "it: a second run tells whether the gain holds.",
                true, report.plan};
    std::erase_if(trial.plan.jobs, [&](const Job& job) { return !ids.contains(job.id); });
    trial.plan.peaks = report.peaks;
    trial.plan.projection.reset();
    return trial.plan.jobs.empty() ? std::nullopt : std::optional(std::move(trial));
}

std::optional<Trial> judgedAgain(const Report& report)
{
    Trial trial{"Accuracy again", "Every backend judged again by the same rules, and nothing timed.", false,
                report.plan};
    std::erase_if(trial.plan.jobs, [](const Job& job) { return job.stage == Stage::Performance; });
    trial.plan.skippedStages.push_back(Stage::Performance);
    return trial.plan.jobs.empty() ? std::nullopt : std::optional(trial);
}

} // namespace

std::optional<Trial> trialOf(const Report& report, const Recommendation& recommendation)
{
    const std::string& rule = recommendation.rule;
    if (rule == "use-bfloat16")
    {
        return inBfloat16(report);
    }
    if (rule == "noisy-run")
    {
        return withLessNoise(report);
    }
    if (rule == "attention-small-share" || rule == "math-is-enough" || rule == "longer-sequences")
    {
        return atOtherLengths(report, rule == "longer-sequences");
    }
    if (rule == "do-not-use-backend")
    {
        return judgedAgain(report);
    }
    if (isAudit(report) && !undoOfAuditRule(rule).empty())
    {
        return fixApplied(report, recommendation);
    }
    const bool ofOwnCode = rule == "launch-bound" || rule == "backend-refused" || rule == "non-deterministic";
    return ofOwnCode ? std::nullopt : again(report, recommendation);
}

std::string undoOf(const Recommendation& recommendation)
{
    const std::string& rule = recommendation.rule;
    if (recommendation.cpp.empty() && recommendation.python.empty())
    {
        return {};
    }
    if (const auto undo = undoOfAuditRule(rule); !undo.empty())
    {
        return std::string(undo);
    }
    if (rule == "use-bfloat16")
    {
        return "To undo it leave autocast off: the weights stay in float32.";
    }
    if (rule == "non-deterministic")
    {
        return "To undo it set deterministic algorithms to false again.";
    }
    if (rule == "do-not-use-backend")
    {
        return "To undo it switch the backend on again; the switch holds for the whole process.";
    }
    if (rule == "default-is-slower" || rule == "use-fused" || rule == "math-is-enough")
    {
        return recommendation.severity == Severity::Good ? std::string("Nothing to undo: it is LibTorch's own choice.")
                                                         : "To undo it take the lines out: LibTorch chooses by itself "
                                                           "again.";
    }
    return {};
}

} // namespace headroom
