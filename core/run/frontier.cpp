// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/frontier.h"

#include "core/attention/flops.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace headroom
{
namespace
{

double flopsOf(const AttentionProblem& problem, Pass pass)
{
    return (pass == Pass::Backward ? 0.0 : forwardFlops(problem).convention) +
           (pass == Pass::Forward ? 0.0 : backwardFlops(problem).convention);
}

bool fits(const FrontierTry& tried)
{
    return tried.outcome == TryOutcome::Ran || tried.outcome == TryOutcome::PredictedToFit;
}

bool isPrediction(const FrontierTry& tried)
{
    return tried.outcome == TryOutcome::PredictedToFit || tried.outcome == TryOutcome::PredictedNotToFit;
}

class Search
{
public:
    Search(FrontierResult& result, const FrontierLimits& limits, const FrontierRun& run)
        : m_result(result), m_limits(limits), m_run(run), m_rate(limits.guessedFlopsPerSecond)
    {
    }

    void go()
    {
        const std::int64_t asked = m_result.problem.queryLength;
        if (attempt(asked))
        {
            m_low ? climb(asked) : descend(asked);
        }
        bisect();
        conclude();
    }

private:
    AttentionProblem at(std::int64_t length) const
    {
        auto problem = m_result.problem;
        const double ratio = static_cast<double>(problem.kvLength) / static_cast<double>(problem.queryLength);
        problem.queryLength = length;
        problem.kvLength = std::max<std::int64_t>(1, std::llround(ratio * static_cast<double>(length)));
        return problem;
    }

    double predictedAt(std::int64_t length) const
    {
        const auto use = useOf(m_result.pass);
        return static_cast<double>(predictMemory(at(length), m_result.backend, use, m_limits.threads).peakBytes);
    }

    /// Settles \a length and keeps it as a new end of the bracket. False when the search must stop.
    bool attempt(std::int64_t length)
    {
        if (static_cast<int>(m_result.tries.size()) >= m_limits.mostTries)
        {
            m_result.reason = fmt::format("the search ended after {} tries", m_limits.mostTries);
            return false;
        }
        const auto problem = at(length);
        const double predicted = predictedAt(length);
        const bool expectedToFit = predicted <= m_result.availableBytes;
        const double seconds = flopsOf(problem, m_result.pass) / m_rate;
        const double left = std::min(m_limits.mostSecondsOfRun, m_limits.mostSeconds - m_secondsRun);
        FrontierTry tried;
        if ((expectedToFit || m_limits.runBeyondMemory) && seconds <= left)
        {
            tried = m_run(problem);
            m_secondsRun += tried.seconds;
        }
        else
        {
            tried.outcome = expectedToFit ? TryOutcome::PredictedToFit : TryOutcome::PredictedNotToFit;
        }
        tried.queryLength = problem.queryLength;
        tried.kvLength = problem.kvLength;
        tried.predictedBytes = predicted;
        return keep(tried, flopsOf(problem, m_result.pass));
    }

    bool keep(const FrontierTry& tried, double flops)
    {
        m_result.tries.push_back(tried);
        if (tried.outcome == TryOutcome::Refused)
        {
            m_result.reason = tried.reason;
            return false;
        }
        if (tried.outcome == TryOutcome::Ran && tried.seconds > 0)
        {
            m_rate = flops / tried.seconds;
        }
        (fits(tried) ? m_low : m_high) = tried;
        return true;
    }

    /// From a length that fits to twice one that does.
    void climb(std::int64_t asked)
    {
        std::int64_t candidate = 2 * asked;
        while (predictedAt(2 * candidate) <= m_result.availableBytes)
        {
            candidate *= 2;
        }
        while (attempt(candidate))
        {
            const std::int64_t low = m_low->queryLength;
            if (m_high && m_high->queryLength <= 2 * low)
            {
                return;
            }
            candidate = m_high ? m_high->queryLength / 2 : 2 * low;
        }
    }

    void descend(std::int64_t asked)
    {
        for (std::int64_t candidate = asked / 2; candidate >= 1 && !m_low && attempt(candidate); candidate /= 2)
        {
        }
        if (!m_low && m_result.reason.empty())
        {
            m_result.reason = "not even the shortest length fits";
        }
    }

    void bisect()
    {
        while (m_result.reason.empty() && m_low && m_high)
        {
            const std::int64_t low = m_low->queryLength;
            const std::int64_t gap = m_high->queryLength - low;
            if (gap <= std::max<std::int64_t>(1, low / 8) || !attempt(low + gap / 2))
            {
                return;
            }
        }
    }

    void conclude()
    {
        if (m_low)
        {
            m_result.longest = m_low->queryLength;
        }
        if (m_high)
        {
            m_result.shortestNot = m_high->queryLength;
        }
        m_result.predicted = (m_low && isPrediction(*m_low)) || (m_high && isPrediction(*m_high));
    }

    FrontierResult& m_result;
    const FrontierLimits& m_limits;
    const FrontierRun& m_run;
    double m_rate;
    double m_secondsRun = 0;
    std::optional<FrontierTry> m_low;
    std::optional<FrontierTry> m_high;
};

} // namespace

FrontierResult searchFrontier(const AttentionProblem& problem, Backend backend, Pass pass, double availableBytes,
                              const FrontierLimits& limits, const FrontierRun& run)
{
    FrontierResult result;
    result.problem = problem;
    result.backend = backend;
    result.pass = pass;
    result.availableBytes = availableBytes;
    Search(result, limits, run).go();
    return result;
}

} // namespace headroom
