// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// Folds events into a Report, one at a time, so that a live view and a reopened file can never disagree.
///
/// A job that is started again (after a crash or a resume) begins anew: what its earlier attempt left is dropped, and
/// so are recommendations and the end of an earlier attempt. Summaries and comparisons of a job are made when it
/// finishes; what looks at all of the run (verdicts of cases, ranks, headlines, flags, the conclusion) when the report
/// is asked for, so that a journal of hundreds of jobs is folded in one go. For one thread.
class ReportFold
{
public:
    void apply(const Event& event);
    /// Up to date with all events so far. The reference lives as long as the fold, and changes with the next event.
    const Report& report() const;

private:
    void take(const Event& event, const RunStarted& data);
    void take(const Event& event, const CircumstancesSeen& data);
    void take(const Event& event, const StageStarted& data);
    void take(const Event& event, const JobStarted& data);
    void take(const Event& event, const SamplesTaken& data);
    void take(const Event& event, const Telemetry& data);
    void take(const Event& event, const EvidenceSeen& data);
    void take(const Event& event, const Judged& data);
    void take(const Event& event, const JobFinished& data);
    void take(const Event& event, const RecommendationMade& data);
    void take(const Event& event, const LogLine& data);
    void take(const Event& event, const RunFinished& data);

    JobReport& jobRow(const std::string& id);
    CaseReport* findCase(const std::string& job, const std::string& caseId);
    void dropJob(const std::string& id);
    void addCases(const std::string& id);
    void concludeCheck(const std::string& id, const JobFinished& finished);
    void markShared(const std::string& job, bool shared);
    std::vector<Telemetry> readingsOf(const std::string& job) const;
    void conclude() const;

    mutable Report m_report;
    mutable bool m_concluded = true; ///< false: the parts that look at all of the run are behind
    std::vector<std::string> m_layerJobs;
    std::vector<std::string> m_observationJobs; ///< the job of each of the report's layers
    std::vector<std::string> m_judgementJobs;   ///< and of each judgement
    std::vector<std::string> m_checkJobs;       ///< and of each check
    std::vector<std::string> m_frontierJobs;
    std::vector<std::string> m_telemetryJobs;
    std::map<std::string, std::vector<bool>> m_shared; ///< by job and case: sample by sample, with another process
};

/// The report of a whole journal.
Report foldEvents(std::span<const Event> events);

} // namespace headroom
