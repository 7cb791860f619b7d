// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/moderated_variance.h"

#include "core/measure/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr std::size_t kFewestVariances = 3;
constexpr double kLeastShareOfMedian = 1e-5;

/// The x with trigamma(x) = \a value, above 0: Newton's method on 1 / trigamma, which is nearly straight (Smyth 2004,
/// appendix), from a start below the solution, so that it rises to it.
double trigammaInverse(double value)
{
    if (value > 1e7)
    {
        return 1.0 / std::sqrt(value);
    }
    if (value < 1e-6)
    {
        return 1.0 / value;
    }
    double x = 0.5 + 1.0 / value;
    for (int step = 0; step < 50; ++step)
    {
        const double there = boost::math::trigamma(x);
        const double change = there * (1.0 - there / value) / boost::math::polygamma(2, x);
        x += change;
        if (std::abs(change) < 1e-10 * x)
        {
            break;
        }
    }
    return x;
}

struct Known
{
    std::vector<double> variances;
    std::vector<double> degrees;
};

Known knownOf(std::span<const double> variances, std::span<const double> degrees)
{
    Known known;
    for (std::size_t at = 0; at < variances.size(); ++at)
    {
        if (std::isfinite(variances[at]) && variances[at] >= 0.0 && std::isfinite(degrees[at]) && degrees[at] > 0.0)
        {
            known.variances.push_back(variances[at]);
            known.degrees.push_back(degrees[at]);
        }
    }
    return known;
}

} // namespace

VariancePrior fitVariancePrior(std::span<const double> variances, std::span<const double> degrees)
{
    if (variances.size() != degrees.size())
    {
        throw std::invalid_argument(
            fmt::format("{} variances cannot have {} degrees of freedom", variances.size(), degrees.size()));
    }
    const Known known = knownOf(variances, degrees);
    const auto count = known.variances.size();
    const double middle = median(known.variances).value_or(0.0);
    if (count < kFewestVariances || !(middle > 0.0))
    {
        return {};
    }
    // The logarithm of s^2 / (s0^2 F) has mean digamma(d/2) - log(d/2) less the same of d0, and variance
    // trigamma(d/2) + trigamma(d0/2).
    std::vector<double> logs(count);
    double explained = 0.0;
    for (std::size_t at = 0; at < count; ++at)
    {
        const double half = known.degrees[at] / 2.0;
        logs[at] = std::log(std::max(known.variances[at], kLeastShareOfMedian * middle)) - boost::math::digamma(half) +
                   std::log(half);
        explained += boost::math::trigamma(half) / static_cast<double>(count);
    }
    const double meanLog = *mean(logs);
    const double left = std::pow(*sampleStandardDeviation(logs), 2.0) - explained;
    if (!(left > 0.0))
    {
        return {*mean(known.variances), std::numeric_limits<double>::infinity()};
    }
    const double half = trigammaInverse(left);
    return {std::exp(meanLog + boost::math::digamma(half) - std::log(half)), 2.0 * half};
}

ModeratedVariance moderate(double variance, double degrees, const VariancePrior& prior)
{
    if (std::isinf(prior.degrees))
    {
        return {prior.variance, prior.degrees};
    }
    const double total = prior.degrees + degrees;
    return total > 0.0 ? ModeratedVariance{(prior.degrees * prior.variance + degrees * variance) / total, total}
                       : ModeratedVariance{variance, 0.0};
}

} // namespace headroom
