// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

/// What is less likely than this moves no tail that anybody asks for.
constexpr double kNegligible = 1e-16;

/// A median that a draw may have.
struct PossibleMedian
{
    double value = 0;
    double probability = 0;
};

/// The medians of all draws of n values from n, with their probabilities. Ranks i and j count from 1; of a draw's n
/// ranks in ascending order, R is the m-th and, for even n = 2m, S the one behind it.
class MedianDistribution
{
public:
    explicit MedianDistribution(std::span<const double> values)
        : m_ascending(values.begin(), values.end()), m_n(static_cast<double>(values.size())),
          m_half(std::floor((m_n + 1) / 2))
    {
        std::ranges::sort(m_ascending);
        // By Hoeffding's inequality the rest has a probability of at most 2 exp(-50).
        const auto reach = static_cast<std::size_t>(5 * std::sqrt(m_n)) + 1;
        const auto middle = static_cast<std::size_t>(m_half);
        double before = 0;
        for (std::size_t i = middle > reach ? middle - reach : 1; i <= std::min(middle + reach, values.size()); ++i)
        {
            const double upTo = atMost(i);
            if (const double ofRank = upTo - before; ofRank > kNegligible)
            {
                values.size() % 2 == 1 ? add(i, i, ofRank) : addPairs(i, ofRank);
            }
            before = upTo;
        }
        std::ranges::sort(m_medians, {}, &PossibleMedian::value);
    }

    /// The first value, from one end, up to which more than \a tail lies.
    Interval within(double tail) const
    {
        return {firstBeyond(m_medians.begin(), m_medians.end(), tail),
                firstBeyond(m_medians.rbegin(), m_medians.rend(), tail)};
    }

private:
    /// P(R <= i): at least m of n draws have a rank up to i.
    double atMost(std::size_t i) const
    {
        return boost::math::ibeta(m_half, m_n - m_half + 1, static_cast<double>(i) / m_n);
    }

    void add(std::size_t i, std::size_t j, double probability)
    {
        m_medians.push_back({std::midpoint(m_ascending[i - 1], m_ascending[j - 1]), probability});
    }

    /// For R = i each S from i on. R = i and S >= j mean that m draws lie at or below i, not all of them below it, and
    /// the other m at or above j.
    void addPairs(std::size_t i, double ofRank)
    {
        const auto rank = static_cast<double>(i);
        const double notAllBelow = -std::expm1(m_half * std::log((rank - 1) / rank));
        const double logCount = std::lgamma(m_n + 1) - 2 * std::lgamma(m_half + 1);
        const auto atLeast = [&](std::size_t j)
        {
            const double above = m_n - static_cast<double>(j) + 1;
            return above > 0
                       ? notAllBelow * std::exp(logCount + m_half * (std::log(rank / m_n) + std::log(above / m_n)))
                       : 0.0;
        };
        double beyond = atLeast(i + 1);
        add(i, i, std::max(0.0, ofRank - beyond));
        for (std::size_t j = i + 1; beyond > kNegligible; ++j)
        {
            const double next = atLeast(j + 1);
            add(i, j, beyond - next);
            beyond = next;
        }
    }

    template <typename Iterator> static double firstBeyond(Iterator at, Iterator end, double tail)
    {
        double passed = at->probability;
        while (passed <= tail && at + 1 != end)
        {
            ++at;
            passed += at->probability;
        }
        return at->value;
    }

    std::vector<double> m_ascending;
    double m_n = 0;
    double m_half = 0; ///< m
    std::vector<PossibleMedian> m_medians;
};

double expandedTail(std::size_t n, double confidence)
{
    const auto count = static_cast<double>(n);
    const boost::math::students_t_distribution<double> student(count - 1.0);
    const double t = quantile(complement(student, (1.0 - confidence) / 2.0));
    const boost::math::normal_distribution<double> normal;
    return cdf(normal, -std::sqrt(count / (count - 1.0)) * t);
}

} // namespace

std::optional<Interval> bootstrapMedianInterval(std::span<const double> values, double confidence)
{
    if (!(confidence > 0.0 && confidence < 1.0))
    {
        throw std::invalid_argument(fmt::format("a bootstrap needs a confidence between 0 and 1, not {}", confidence));
    }
    if (values.size() < 2 || !std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
    {
        return std::nullopt;
    }
    return MedianDistribution(values).within(expandedTail(values.size(), confidence));
}

} // namespace headroom
