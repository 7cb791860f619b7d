// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_progress.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace headroom
{
namespace
{

/// Estimates are good to a factor of three, and one job that was far off must not carry the rest along.
constexpr double kLeastCorrection = 0.2;
constexpr double kMostCorrection = 5;

/// Seconds of imagined work that went exactly as estimated, so that the first short job does not decide.
constexpr double kTrustInEstimates = 5;

/// A job that is past its time is taken to need this share of its estimate still.
constexpr double kLateShare = 0.1;

} // namespace

RunProgress::RunProgress(const Plan& plan, std::span<const Event> earlier) : m_plan(plan)
{
    for (const Event& event : earlier)
    {
        const auto* finished = std::get_if<JobFinished>(&event.data);
        if (finished != nullptr)
        {
            finish(event.job, *finished);
        }
    }
}

void RunProgress::finish(const std::string& id, const JobFinished& finished)
{
    m_current = nullptr;
    if (finished.outcome != Outcome::Cancelled)
    {
        m_done.insert(id);
    }
    if (finished.outcome == Outcome::Passed)
    {
        m_seconds[id] = finished.seconds;
    }
}

void RunProgress::take(const Event& event, double now)
{
    if (!m_began)
    {
        m_began = true;
        m_beganAt = now;
    }
    if (std::holds_alternative<JobStarted>(event.data))
    {
        const auto found =
            std::find_if(m_plan.jobs.begin(), m_plan.jobs.end(), [&](const Job& job) { return job.id == event.job; });
        m_current = found == m_plan.jobs.end() ? nullptr : &*found;
        m_startedAt = now;
        m_caseBackends.clear();
        for (const Case& timed : m_current != nullptr ? casesOf(*m_current) : std::vector<Case>{})
        {
            m_caseBackends[timed.id()] = toString(timed.backend);
        }
        m_backend.clear();
        m_samples = 0;
        m_round = -1;
    }
    else if (const auto* samples = std::get_if<SamplesTaken>(&event.data); samples != nullptr && m_current != nullptr)
    {
        takeSamples(*samples);
    }
    else if (const auto* finished = std::get_if<JobFinished>(&event.data))
    {
        finish(event.job, *finished);
    }
}

void RunProgress::takeSamples(const SamplesTaken& samples)
{
    if (const auto timed = m_caseBackends.find(samples.caseId); timed != m_caseBackends.end())
    {
        m_backend = timed->second;
    }
    m_samples += samples.ns.size();
    m_round = samples.round.empty() ? -1 : std::max(m_round, samples.round.back());
}

std::string RunProgress::sampling() const
{
    if (m_backend.empty())
    {
        return {};
    }
    return m_round >= 0 ? fmt::format("round {}", m_round + 1)
                        : fmt::format("{}, {} sample{}", m_backend, m_samples, m_samples == 1 ? "" : "s");
}

double RunProgress::correction() const
{
    double took = kTrustInEstimates;
    double estimated = kTrustInEstimates;
    for (const Job& job : m_plan.jobs)
    {
        if (const auto seconds = m_seconds.find(job.id); seconds != m_seconds.end())
        {
            took += seconds->second;
            estimated += job.estimateSeconds;
        }
    }
    return std::clamp(took / estimated, kLeastCorrection, kMostCorrection);
}

double RunProgress::remainingSeconds(double now) const
{
    const double factor = correction();
    double left = 0;
    for (const Job& job : m_plan.jobs)
    {
        if (m_done.contains(job.id))
        {
            continue;
        }
        const double whole = factor * job.estimateSeconds;
        left += &job == m_current ? std::max(whole - age(now), kLateShare * whole) : whole;
    }
    if (m_plan.maxSeconds && m_began)
    {
        left = std::min(left, std::max(0.0, *m_plan.maxSeconds - (now - m_beganAt)));
    }
    return left;
}

bool RunProgress::isOverdue(double now) const
{
    return m_current != nullptr && age(now) > correction() * m_current->estimateSeconds;
}

std::string roughDuration(double seconds)
{
    const auto whole = static_cast<long>(std::lround(std::max(0.0, seconds)));
    if (whole < 100)
    {
        return fmt::format("{} s", whole);
    }
    if (whole < 3600)
    {
        return fmt::format("{} min {:02} s", whole / 60, whole % 60 / 10 * 10);
    }
    return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

} // namespace headroom
