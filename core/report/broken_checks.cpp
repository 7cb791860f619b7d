// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/broken_checks.h"

#include "core/plan/defects.h"

#include <fmt/format.h>

#include <algorithm>

namespace headroom
{
namespace
{

bool wasKilled(const JobFinished& finished)
{
    return finished.cause == Cause::WorkerDied && finished.reason.find("SIGKILL") != std::string::npos;
}

bool crashed(const JobFinished& finished)
{
    return (finished.cause == Cause::WorkerDied && !wasKilled(finished)) || finished.cause == Cause::DeviceLost;
}

CheckResult answerOf(const CheckJob& job, Backend backend, CheckStatus status, std::string summary)
{
    CheckResult result;
    result.check = job.check;
    result.backend = backend;
    result.status = status;
    result.summary = std::move(summary);
    result.item = job.item;
    if (job.check == CheckKind::Ladder)
    {
        result.subject = describe(job.subject);
    }
    return result;
}

std::string wordsOf(const JobFinished& finished)
{
    return wasKilled(finished) ? finished.reason + " (so does the system when memory runs out)" : finished.reason;
}

std::vector<CheckResult> answersOfDefect(const CheckJob& job, const JobFinished& finished,
                                         const std::vector<CheckResult>& given)
{
    if (!given.empty())
    {
        return {};
    }
    const auto* defect = findDefect(job.item);
    const bool present = crashed(finished) && defect != nullptr && defect->crashes;
    return {answerOf(job, job.backends.size() == 1 ? job.backends.front() : Backend::Default,
                     present ? CheckStatus::Failed : CheckStatus::CouldNotTell, wordsOf(finished))};
}

std::vector<CheckResult> answersOfStep(const CheckJob& job, const JobFinished& finished,
                                       const std::vector<CheckResult>& given)
{
    std::vector<CheckResult> answers;
    std::string culprit;
    for (const auto backend : job.backends)
    {
        const bool answered = std::any_of(given.begin(), given.end(),
                                          [&](const CheckResult& result) { return result.backend == backend; });
        if (answered)
        {
            continue;
        }
        if (culprit.empty())
        {
            culprit = toString(backend);
            const bool failed = crashed(finished) || finished.cause == Cause::Deadline;
            answers.push_back(
                answerOf(job, backend, failed ? CheckStatus::Failed : CheckStatus::CouldNotTell, wordsOf(finished)));
        }
        else
        {
            answers.push_back(answerOf(job, backend, CheckStatus::CouldNotTell,
                                       fmt::format("not run: the step had ended with {}", culprit)));
        }
    }
    return answers;
}

} // namespace

bool isAnswerOfCheck(const CheckJob& job, Cause cause)
{
    const bool ofOneCall = job.check == CheckKind::Ladder || job.check == CheckKind::Defect;
    return ofOneCall && (cause == Cause::WorkerDied || cause == Cause::DeviceLost || cause == Cause::Deadline ||
                         cause == Cause::Error || cause == Cause::OutOfMemory);
}

std::vector<CheckResult> answersOfBrokenCheck(const CheckJob& job, const JobFinished& finished,
                                              const std::vector<CheckResult>& given)
{
    if (!isAnswerOfCheck(job, finished.cause))
    {
        return {};
    }
    return job.check == CheckKind::Defect ? answersOfDefect(job, finished, given) : answersOfStep(job, finished, given);
}

} // namespace headroom
