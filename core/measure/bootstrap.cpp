// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::int64_t kFewestResamples = 100;
constexpr std::size_t kMostValues = 0xFFFF'FFFF;

/// Uniform draws from 0 to bound - 1, where bound is below 2^32: Lemire, "Fast Random Integer Generation in an
/// Interval", ACM TOMACS 29, 2019. std::uniform_int_distribution may differ between standard libraries, whereas the
/// engine's numbers are laid down by the standard.
class BoundedDraw
{
public:
    BoundedDraw(std::uint64_t seed, std::uint64_t bound)
        : m_engine(seed), m_bound(bound), m_threshold((kLowerHalf + 1) % bound)
    {
    }

    std::size_t operator()()
    {
        std::uint64_t product = (m_engine() >> 32U) * m_bound;
        while ((product & kLowerHalf) < m_threshold) // the incomplete stretch, which would favour some results
        {
            product = (m_engine() >> 32U) * m_bound;
        }
        return static_cast<std::size_t>(product >> 32U);
    }

private:
    static constexpr std::uint64_t kLowerHalf = 0xFFFF'FFFF;

    std::mt19937_64 m_engine;
    std::uint64_t m_bound;
    std::uint64_t m_threshold;
};

/// Medians of sets drawn with replacement from the same values. A drawn value is counted at its rank, and the middle
/// is found by walking over the counts, which is several times as fast as partitioning a copy.
class ResampledMedian
{
public:
    ResampledMedian(std::span<const double> values, std::uint64_t seed)
        : m_draw(seed, values.size()), m_ascending(values.begin(), values.end()), m_ranks(values.size()),
          m_counts(values.size())
    {
        std::vector<std::size_t> order(values.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, {}, [&](std::size_t index) { return values[index]; });
        for (std::size_t rank = 0; rank < order.size(); ++rank)
        {
            m_ranks[order[rank]] = rank;
        }
        std::ranges::sort(m_ascending);
    }

    double operator()()
    {
        const std::size_t n = m_ranks.size();
        std::ranges::fill(m_counts, std::size_t{0});
        for (std::size_t i = 0; i < n; ++i)
        {
            ++m_counts[m_ranks[m_draw()]];
        }
        std::size_t rank = 0;
        std::size_t passed = m_counts[0];
        const auto advanceTo = [&](std::size_t position)
        {
            while (passed <= position)
            {
                passed += m_counts[++rank];
            }
            return m_ascending[rank];
        };
        const double lower = advanceTo((n - 1) / 2);
        return std::midpoint(lower, advanceTo(n / 2));
    }

private:
    BoundedDraw m_draw;
    std::vector<double> m_ascending;
    std::vector<std::size_t> m_ranks; ///< of the value at each index, ties in any order
    std::vector<std::size_t> m_counts;
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

std::optional<Interval> bootstrapMedianInterval(std::span<const double> values, double confidence, std::uint64_t seed,
                                                std::int64_t resamples)
{
    if (!(confidence > 0.0 && confidence < 1.0) || resamples < kFewestResamples)
    {
        throw std::invalid_argument(fmt::format("a bootstrap needs a confidence between 0 and 1 and at least {} "
                                                "resamples, not {} and {}",
                                                kFewestResamples, confidence, resamples));
    }
    if (values.size() < 2 || values.size() > kMostValues ||
        !std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
    {
        return std::nullopt;
    }
    std::vector<double> medians(static_cast<std::size_t>(resamples));
    std::ranges::generate(medians, ResampledMedian(values, seed));
    std::ranges::sort(medians);
    const double tail = expandedTail(values.size(), confidence) * static_cast<double>(resamples);
    const auto outside = static_cast<std::size_t>(tail); // below half of them, since the tail is below 1/2
    return Interval{medians[outside], medians[medians.size() - 1 - outside]};
}

} // namespace headroom
