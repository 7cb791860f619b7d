// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/fold.h"

#include "core/report/broken_checks.h"
#include "core/report/case_figures.h"
#include "core/report/conclusion.h"
#include "core/report/fastest.h"
#include "core/report/queries.h"
#include "core/report/repro.h"
#include "core/report/summary.h"

#include <algorithm>

namespace headroom
{
namespace
{

constexpr std::string_view kUnfinished = "its job has not finished";

/// Removes the elements of \a values whose owner in \a owners is \a owner, and those owners.
template <typename T>
void dropOwnedBy(const std::string& owner, std::vector<T>& values, std::vector<std::string>& owners)
{
    for (std::size_t i = owners.size(); i-- > 0;)
    {
        if (owners[i] == owner)
        {
            const auto at = static_cast<std::ptrdiff_t>(i);
            owners.erase(owners.begin() + at);
            values.erase(values.begin() + at);
        }
    }
}

/// The earlier attempt's samples of the same case are gone by now: a job's cases begin anew with it.
void append(std::vector<double>& target, const std::vector<double>& more)
{
    target.insert(target.end(), more.begin(), more.end());
}

const CompareJob* comparisonIn(const Job* job)
{
    return job != nullptr ? std::get_if<CompareJob>(&job->work) : nullptr;
}

/// The plan knew that \a measured would not run.
bool isLeftOut(const Job* job, const Case& measured)
{
    const auto* compare = comparisonIn(job);
    return compare != nullptr && std::any_of(compare->leftOut.begin(), compare->leftOut.end(),
                                             [&](const LeftOutCase& entry) { return entry.left == measured; });
}

Cause causeOf(LeftOut why)
{
    switch (why)
    {
    case LeftOut::NotEligible:
        return Cause::NotEligible;
    case LeftOut::TooLarge:
        return Cause::OutOfMemory;
    case LeftOut::NotWanted:
        break;
    }
    return Cause::None;
}

CaseReport rowOf(const std::string& jobId, const Case& measured, Outcome outcome, Cause cause, std::string_view reason)
{
    CaseReport row;
    row.measured = measured;
    row.jobId = jobId;
    row.result.caseId = measured.id();
    row.outcome = row.result.outcome = outcome;
    row.cause = row.result.cause = cause;
    row.reason = row.result.reason = reason;
    return row;
}

void finishCase(CaseReport& row, const JobFinished& job)
{
    const auto found = std::find_if(job.cases.begin(), job.cases.end(),
                                    [&](const CaseResult& result) { return result.caseId == row.result.caseId; });
    if (found != job.cases.end())
    {
        row.result = *found;
    }
    else // the worker died, or the job ended before its cases: what is said of the job holds for them
    {
        row.result.outcome = job.outcome == Outcome::Passed ? Outcome::Skipped : job.outcome;
        row.result.cause = job.cause;
        row.result.reason = job.outcome == Outcome::Passed ? "the job says nothing of it" : job.reason;
    }
    row.outcome = row.result.outcome;
    row.cause = row.result.cause;
    row.reason = row.result.reason;
    summarizeCase(row);
}

} // namespace

void ReportFold::apply(const Event& event)
{
    if (m_report.run.empty())
    {
        m_report.run = event.run;
    }
    m_report.attempts = std::max(m_report.attempts, event.attempt);
    std::visit([&](const auto& data) { take(event, data); }, event.data);
}

void ReportFold::take(const Event& event, const RunStarted& data)
{
    if (!m_report.jobs.empty()) // a resumed run goes on with the plan that it began with
    {
        return;
    }
    m_report.startedUtc = event.utc;
    m_report.headroomVersion = data.headroomVersion;
    m_report.gitHash = data.gitHash;
    m_report.plan = data.plan;
    m_report.peaks = data.plan.peaks;
    for (const auto& job : data.plan.jobs)
    {
        JobReport row;
        row.id = job.id;
        row.stage = job.stage;
        row.title = job.title;
        m_report.jobs.push_back(std::move(row));
    }
    m_concluded = false;
}

void ReportFold::take(const Event& /*event*/, const CircumstancesSeen& data)
{
    m_report.circumstances = data.circumstances;
}

void ReportFold::take(const Event& /*event*/, const StageStarted& data)
{
    if (data.stage == Stage::Recommendations) // advice is given anew each time that a run ends
    {
        m_report.recommendations.clear();
    }
}

void ReportFold::take(const Event& event, const JobStarted& data)
{
    dropJob(event.job);
    auto& row = jobRow(event.job);
    row.started = true;
    row.finished = false;
    row.result = {};
    if (row.title.empty())
    {
        row.title = data.title;
    }
    addCases(event.job);
    m_report.recommendations.clear();
    m_report.finished.reset();
    m_report.finishedUtc.clear();
}

void ReportFold::take(const Event& event, const SamplesTaken& data)
{
    auto* row = findCase(event.job, data.caseId);
    if (row == nullptr)
    {
        return;
    }
    if (data.clock == Clock::Wall)
    {
        append(row->wallNs, data.ns);
        return;
    }
    append(row->deviceNs, data.ns);
    append(row->smMhz, data.smMhz);
    append(row->waitNs, data.waitNs);
    row->round.insert(row->round.end(), data.round.begin(), data.round.end());
}

void ReportFold::take(const Event& event, const Telemetry& data)
{
    m_report.telemetry.push_back(data);
    m_telemetryJobs.push_back(event.job);
    markShared(event.job, data.otherProcesses.value_or(0) > 0);
}

void ReportFold::take(const Event& event, const EvidenceSeen& data)
{
    if (data.layer)
    {
        m_report.layers.push_back(*data.layer);
        m_layerJobs.push_back(event.job);
    }
    if (data.run)
    {
        if (auto* row = findCase(event.job, data.run->caseId))
        {
            row->evidence = data.run;
        }
        else
        {
            m_report.observations.push_back(*data.run);
            m_observationJobs.push_back(event.job);
        }
    }
    if (data.peaks)
    {
        m_report.peaks = data.peaks;
    }
    if (data.frontier)
    {
        m_report.frontiers.push_back(*data.frontier);
        m_frontierJobs.push_back(event.job);
    }
}

void ReportFold::take(const Event& event, const Judged& data)
{
    if (data.judgement)
    {
        m_report.judgements.push_back(*data.judgement);
        m_judgementJobs.push_back(event.job);
    }
    if (data.check)
    {
        m_report.checks.push_back(*data.check);
        m_checkJobs.push_back(event.job);
    }
}

void ReportFold::take(const Event& event, const JobFinished& data)
{
    auto& row = jobRow(event.job);
    row.finished = true;
    row.result = data;
    addCases(event.job);
    const auto* job = findJob(m_report, event.job);
    for (auto& measured : m_report.cases)
    {
        if (measured.jobId == event.job && !isLeftOut(job, measured.measured))
        {
            finishCase(measured, data);
            labelCase(measured, m_report, m_shared[event.job + "/" + measured.result.caseId]);
        }
    }
    concludeCheck(event.job, data);
    addDeviceState(m_report, event.job, readingsOf(event.job));
    compareCases(m_report, event.job);
    m_concluded = false;
}

void ReportFold::take(const Event& /*event*/, const RecommendationMade& data)
{
    m_report.recommendations.push_back(data.recommendation);
}

void ReportFold::take(const Event& /*event*/, const LogLine& data)
{
    m_report.log.push_back(data);
}

void ReportFold::take(const Event& event, const RunFinished& data)
{
    m_report.finished = data;
    m_report.finishedUtc = event.utc;
    m_concluded = false;
}

JobReport& ReportFold::jobRow(const std::string& id)
{
    const auto found =
        std::find_if(m_report.jobs.begin(), m_report.jobs.end(), [&](const JobReport& row) { return row.id == id; });
    if (found != m_report.jobs.end())
    {
        return *found;
    }
    m_report.jobs.emplace_back().id = id;
    return m_report.jobs.back();
}

CaseReport* ReportFold::findCase(const std::string& job, const std::string& caseId)
{
    const auto found =
        std::find_if(m_report.cases.begin(), m_report.cases.end(),
                     [&](const CaseReport& row) { return row.jobId == job && row.result.caseId == caseId; });
    return found == m_report.cases.end() ? nullptr : &*found;
}

void ReportFold::dropJob(const std::string& id)
{
    dropOwnedBy(id, m_report.layers, m_layerJobs);
    dropOwnedBy(id, m_report.observations, m_observationJobs);
    dropOwnedBy(id, m_report.judgements, m_judgementJobs);
    dropOwnedBy(id, m_report.checks, m_checkJobs);
    dropOwnedBy(id, m_report.frontiers, m_frontierJobs);
    dropOwnedBy(id, m_report.telemetry, m_telemetryJobs);
    std::erase_if(m_shared, [&](const auto& entry) { return entry.first.starts_with(id + "/"); });
    std::erase_if(m_report.cases, [&](const CaseReport& row) { return row.jobId == id; });
    std::erase_if(m_report.comparisons, [&](const ComparisonReport& row) { return row.jobId == id; });
}

void ReportFold::addCases(const std::string& id)
{
    const auto* job = findJob(m_report, id);
    if (job == nullptr)
    {
        return;
    }
    const auto cases = casesOf(*job);
    const auto baseline = cases.empty() ? std::nullopt : std::optional(cases.front().backend);
    const auto add = [&](CaseReport row)
    {
        if (findCase(id, row.result.caseId) == nullptr)
        {
            row.repro = reproLine(m_report.plan, row.measured, baseline);
            m_report.cases.push_back(std::move(row));
        }
    };
    for (const auto& measured : cases)
    {
        add(rowOf(id, measured, Outcome::Cancelled, Cause::None, kUnfinished));
    }
    if (const auto* compare = comparisonIn(job))
    {
        for (const auto& entry : compare->leftOut)
        {
            add(rowOf(id, entry.left, Outcome::Skipped, causeOf(entry.why), entry.reason));
        }
    }
}

/// A check whose worker ended answers by that.
void ReportFold::concludeCheck(const std::string& id, const JobFinished& finished)
{
    const auto* job = findJob(m_report, id);
    const auto* check = job != nullptr ? std::get_if<CheckJob>(&job->work) : nullptr;
    if (check == nullptr)
    {
        return;
    }
    std::vector<CheckResult> given;
    for (std::size_t at = 0; at < m_checkJobs.size(); ++at)
    {
        if (m_checkJobs[at] == id)
        {
            given.push_back(m_report.checks[at]);
        }
    }
    for (auto& answer : answersOfBrokenCheck(*check, finished, given))
    {
        m_report.checks.push_back(std::move(answer));
        m_checkJobs.push_back(id);
    }
}

/// The samples that were announced since the last reading were taken while it held.
void ReportFold::markShared(const std::string& job, bool shared)
{
    for (const auto& row : m_report.cases)
    {
        if (row.jobId == job)
        {
            m_shared[job + "/" + row.result.caseId].resize(row.deviceNs.size(), shared);
        }
    }
}

std::vector<Telemetry> ReportFold::readingsOf(const std::string& job) const
{
    std::vector<Telemetry> readings;
    for (std::size_t i = 0; i < m_telemetryJobs.size(); ++i)
    {
        if (m_telemetryJobs[i] == job)
        {
            readings.push_back(m_report.telemetry[i]);
        }
    }
    return readings;
}

const Report& ReportFold::report() const
{
    if (!m_concluded)
    {
        conclude();
        m_concluded = true;
    }
    return m_report;
}

void ReportFold::conclude() const
{
    placeUnderRoof(m_report);
    verifyCases(m_report, m_judgementJobs);
    rankComparisons(m_report);
    flagCases(m_report);
    m_report.fastest = fastestCases(m_report);
    concludeReport(m_report);
}

Report foldEvents(std::span<const Event> events)
{
    ReportFold fold;
    for (const auto& event : events)
    {
        fold.apply(event);
    }
    return fold.report();
}

} // namespace headroom
