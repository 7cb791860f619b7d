// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/measure/run_to_run.h"

#include "core/measure/false_discovery.h"
#include "core/measure/moderated_variance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <boost/math/distributions/students_t.hpp>
#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr double kPower = 0.8;
constexpr std::size_t kSides = 2; // baseline, candidate
constexpr double kFewestRuns = 2.0;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// What one side's runs have of one case.
struct Side
{
    std::vector<double> logs;      ///< run by run; NaN where there is none
    std::vector<double> distances; ///< from their mean, likewise
    double mean = kNone;
    double runs = 0.0;
};

struct CaseFit
{
    std::array<Side, kSides> sides;
    double degrees = 0.0;  ///< of the variance of this case, before the common part is taken out
    double variance = 0.0; ///< of what the runs do to this case alone
    double logEffect = 0.0;

    double logRatio() const { return sides[1].mean - sides[0].mean; }
    bool comparable() const { return sides[0].runs >= kFewestRuns && sides[1].runs >= kFewestRuns; }
    double perRun() const { return 1.0 / sides[0].runs + 1.0 / sides[1].runs; }
};

/// What the runs do to all cases.
struct RunFit
{
    std::array<std::vector<double>, kSides> effects;
    double variance = 0.0;
    double degrees = 0.0;
};

/// An estimate with its standard error and degrees of freedom, on logarithms.
struct Estimate
{
    double value = 0.0;
    double error = 0.0;
    double degrees = 0.0;
};

void requireUsable(std::span<const CaseRuns> cases, const RunToRunRule& rule)
{
    const auto inside = [](double value) { return value > 0.0 && value < 1.0; };
    if (!inside(rule.confidence) || !inside(rule.falseDiscoveryRate))
    {
        throw std::invalid_argument(
            fmt::format("the confidence ({}) and the false discovery rate ({}) of a comparison of runs lie between 0 "
                        "and 1",
                        rule.confidence, rule.falseDiscoveryRate));
    }
    for (const CaseRuns& one : cases)
    {
        const double effect = one.minimumEffect.value_or(rule.minimumEffect);
        if (!(effect >= 0.0 && std::isfinite(effect)))
        {
            throw std::invalid_argument(
                fmt::format("the minimum effect of a comparison is a share of at least 0, not {}", effect));
        }
        if (one.baselineNs.size() != cases.front().baselineNs.size() ||
            one.candidateNs.size() != cases.front().candidateNs.size())
        {
            throw std::invalid_argument("every case needs a place for each run; NaN stands for a run without it");
        }
    }
}

Side sideOf(std::span<const double> timesNs)
{
    Side side;
    double sum = 0.0;
    for (const double time : timesNs)
    {
        const bool usable = std::isfinite(time) && time > 0.0;
        side.logs.push_back(usable ? std::log(time) : kNone);
        sum += usable ? side.logs.back() : 0.0;
        side.runs += usable ? 1.0 : 0.0;
    }
    side.mean = side.runs > 0.0 ? sum / side.runs : kNone;
    std::ranges::transform(side.logs, std::back_inserter(side.distances),
                           [&side](double value) { return value - side.mean; });
    return side;
}

CaseFit fitOf(std::span<const double> baselineNs, std::span<const double> candidateNs, double minimumEffect)
{
    CaseFit fit{{sideOf(baselineNs), sideOf(candidateNs)}};
    for (const Side& side : fit.sides)
    {
        fit.degrees += std::max(side.runs - 1.0, 0.0);
    }
    fit.logEffect = std::log1p(minimumEffect);
    return fit;
}

/// The effect of each run of one side: what the middle case has in it.
std::vector<double> runEffects(std::span<const CaseFit> fits, std::size_t side, std::size_t runs)
{
    std::vector<double> effects;
    for (std::size_t run = 0; run < runs; ++run)
    {
        std::vector<double> seen;
        for (const CaseFit& fit : fits)
        {
            const double distance = fit.sides[side].distances[run];
            if (fit.sides[side].runs >= 2.0 && !std::isnan(distance)) // alone on its side, it is its own mean
            {
                seen.push_back(distance);
            }
        }
        effects.push_back(seen.empty() ? kNone : *median(seen));
    }
    return effects;
}

RunFit fitRuns(std::span<const CaseFit> fits)
{
    RunFit result;
    double squares = 0.0;
    for (std::size_t side = 0; side < kSides; ++side)
    {
        auto& effects = result.effects[side];
        effects = runEffects(fits, side, fits.front().sides[side].logs.size());
        double sum = 0.0;
        double known = 0.0;
        for (const double effect : effects)
        {
            sum += std::isnan(effect) ? 0.0 : effect;
            known += std::isnan(effect) ? 0.0 : 1.0;
        }
        for (double& effect : effects) // medians do not add up to zero as means do
        {
            effect -= sum / known;
            squares += std::isnan(effect) ? 0.0 : effect * effect;
        }
        result.degrees += std::max(known - 1.0, 0.0);
    }
    result.variance = result.degrees > 0.0 ? squares / result.degrees : 0.0;
    return result;
}

/// Sets what the runs do to each case alone, over all its degrees of freedom: with few cases, a part of it went into
/// the common effects, and the sum of both variances is to be right.
void fitCases(std::span<CaseFit> fits, const RunFit& runs)
{
    for (CaseFit& fit : fits)
    {
        double squares = 0.0;
        for (std::size_t side = 0; side < kSides; ++side)
        {
            std::vector<double> left;
            double sum = 0.0;
            for (std::size_t run = 0; run < fit.sides[side].distances.size(); ++run)
            {
                const double rest = fit.sides[side].distances[run] - runs.effects[side][run];
                if (!std::isnan(rest))
                {
                    left.push_back(rest);
                    sum += rest;
                }
            }
            for (const double rest : left)
            {
                squares += std::pow(rest - sum / static_cast<double>(left.size()), 2.0);
            }
        }
        fit.variance = fit.degrees > 0.0 ? squares / fit.degrees : 0.0;
    }
}

/// Case by case, with moderated variances; an entry of a case that is not comparable is of no use.
std::vector<Estimate> estimates(std::span<const CaseFit> fits, const RunFit& runs)
{
    // Taking out the common effects costs each case its share of the degrees of freedom; all of them where it is the
    // only one.
    const auto kept = 1.0 - 1.0 / static_cast<double>(fits.size());
    std::vector<double> variances;
    std::vector<double> degrees;
    double all = 0.0;
    for (const CaseFit& fit : fits)
    {
        variances.push_back(fit.variance);
        degrees.push_back(fit.degrees * kept);
        all += degrees.back();
    }
    const VariancePrior prior = fitVariancePrior(variances, degrees);
    std::vector<Estimate> result;
    for (std::size_t at = 0; at < fits.size(); ++at)
    {
        ModeratedVariance own = moderate(variances[at], degrees[at], prior);
        own.degrees = std::min(own.degrees, all); // no more than all cases together have, as limma's eBayes
        const double sum = own.variance + runs.variance;
        const double spent = (own.degrees > 0.0 ? own.variance * own.variance / own.degrees : 0.0) +
                             (runs.degrees > 0.0 ? runs.variance * runs.variance / runs.degrees : 0.0);
        result.push_back({fits[at].logRatio(), std::sqrt(sum * fits[at].perRun()),
                          spent > 0.0 ? sum * sum / spent : fits[at].degrees});
    }
    return result;
}

double tQuantile(double probability, double degrees)
{
    return quantile(boost::math::students_t_distribution<double>(degrees), probability);
}

/// P-value of "above \a limit".
double pAbove(const Estimate& estimate, double limit)
{
    if (!(estimate.error > 0.0))
    {
        return estimate.value > limit ? 0.0 : 1.0;
    }
    const boost::math::students_t_distribution<double> distribution(estimate.degrees);
    return cdf(complement(distribution, (estimate.value - limit) / estimate.error));
}

Interval intervalOf(const Estimate& estimate, double confidence)
{
    const double half =
        estimate.error > 0.0 ? tQuantile(0.5 + confidence / 2.0, estimate.degrees) * estimate.error : 0.0;
    return {std::exp(estimate.value - half), std::exp(estimate.value + half)};
}

std::string whyNotComparable(const CaseFit& fit)
{
    for (const auto& [side, name] : {std::pair{0U, "baseline"}, std::pair{1U, "candidate"}})
    {
        if (!(fit.sides[side].runs > 0.0))
        {
            return fmt::format("no {} run has a time of it", name);
        }
        if (fit.sides[side].runs < kFewestRuns)
        {
            return fmt::format("needs one more {} run: a single one may be a bad one", name);
        }
    }
    return {};
}

std::string reasonFor(const RunToRunChange& change, double logEffect, const RunToRunRule& rule, std::size_t tests)
{
    const std::string seen = fmt::format("{:.4g} times the time, {:.4g} % interval {:.4g} to {:.4g}", *change.timeRatio,
                                         rule.confidence * 100.0, change.interval->low, change.interval->high);
    const std::string effect = fmt::format("{:.4g} %", std::expm1(logEffect) * 100.0);
    switch (change.verdict)
    {
    case ComparisonVerdict::Same:
        return seen + ": all of it within " + effect + " of equal";
    case ComparisonVerdict::Slower:
        return seen + fmt::format(": slower by more than {} (adjusted p {:.2g})", effect, *change.adjustedP);
    case ComparisonVerdict::Faster:
        return seen + fmt::format(": faster by more than {} (adjusted p {:.2g})", effect, *change.adjustedPFaster);
    case ComparisonVerdict::CannotTell:
        break;
    }
    if (change.interval->low > std::exp(logEffect) || change.interval->high < std::exp(-logEffect))
    {
        return seen + fmt::format(": a change by itself, but among {} cases chance alone may make one like it; more "
                                  "runs would tell",
                                  tests);
    }
    return seen + ": neither a change by more than " + effect + " nor its absence is certain";
}

CommonShift shiftOf(std::span<const CaseFit> fits, const RunFit& runs, double confidence)
{
    std::vector<double> ratios;
    for (const CaseFit& fit : fits)
    {
        if (fit.comparable())
        {
            ratios.push_back(fit.logRatio());
        }
    }
    CommonShift shift;
    const double middle = median(ratios).value_or(0.0);
    shift.timeRatio = std::exp(middle);
    shift.runSpread = std::expm1(std::sqrt(runs.variance));
    const auto share = [](std::span<const double> effects) { return 1.0 / static_cast<double>(effects.size()); };
    if (!ratios.empty() && runs.degrees > 0.0)
    {
        const double perRun = share(runs.effects[0]) + share(runs.effects[1]);
        shift.interval = intervalOf({middle, std::sqrt(runs.variance * perRun), runs.degrees}, confidence);
    }
    for (const auto& [target, effects] :
         {std::pair{&shift.baselineRuns, &runs.effects[0]}, std::pair{&shift.candidateRuns, &runs.effects[1]}})
    {
        std::ranges::transform(*effects, std::back_inserter(*target),
                               [](double effect) { return std::isnan(effect) ? 1.0 : std::exp(effect); });
    }
    return shift;
}

ComparisonVerdict verdictOf(const RunToRunChange& change, double logEffect, double rate)
{
    if (*change.adjustedP <= rate)
    {
        return ComparisonVerdict::Slower;
    }
    if (*change.adjustedPFaster <= rate)
    {
        return ComparisonVerdict::Faster;
    }
    // A share more, for the rounding of equal values.
    const double limit = std::exp(logEffect) * (1.0 + 1e-12);
    const bool within = change.interval->high <= limit && change.interval->low >= 1.0 / limit;
    return within ? ComparisonVerdict::Same : ComparisonVerdict::CannotTell;
}

/// What is found in four of five by a test that is the only one among \a tests with anything to find.
double detectable(const Estimate& estimate, double logEffect, const RunToRunRule& rule, std::size_t tests)
{
    const double lone = rule.falseDiscoveryRate / static_cast<double>(tests);
    const double quantiles =
        estimate.error > 0.0 ? tQuantile(1.0 - lone, estimate.degrees) + tQuantile(kPower, estimate.degrees) : 0.0;
    return std::expm1(logEffect + quantiles * estimate.error);
}

double spreadOf(const Estimate& estimate, const CaseFit& fit)
{
    return std::expm1(estimate.error / std::sqrt(fit.perRun()));
}

void judge(RunToRunChange& change, const Estimate& estimate, double logEffect, const RunToRunRule& rule,
           std::size_t tests)
{
    change.minimumDetectableEffect = detectable(estimate, logEffect, rule, tests);
    change.interval = intervalOf(estimate, rule.confidence);
    change.degreesOfFreedom = estimate.degrees;
    change.verdict = verdictOf(change, logEffect, rule.falseDiscoveryRate);
    change.reason = reasonFor(change, logEffect, rule, tests);
}

} // namespace

RunToRunComparison compareRuns(std::span<const CaseRuns> cases, const RunToRunRule& rule)
{
    requireUsable(cases, rule);
    RunToRunComparison result;
    if (cases.empty())
    {
        return result;
    }
    std::vector<CaseFit> fits;
    for (const CaseRuns& one : cases)
    {
        fits.push_back(fitOf(one.baselineNs, one.candidateNs, one.minimumEffect.value_or(rule.minimumEffect)));
    }
    const RunFit runs = fitRuns(fits);
    fitCases(fits, runs);
    const std::vector<Estimate> found = estimates(fits, runs);
    std::vector<double> slower(fits.size(), kNone);
    std::vector<double> faster(fits.size(), kNone);
    std::size_t tests = 0;
    for (std::size_t at = 0; at < fits.size(); ++at)
    {
        if (fits[at].comparable())
        {
            slower[at] = pAbove(found[at], fits[at].logEffect);
            faster[at] = pAbove({-found[at].value, found[at].error, found[at].degrees}, fits[at].logEffect);
            ++tests;
        }
    }
    slower = falseDiscoveryAdjusted(slower);
    faster = falseDiscoveryAdjusted(faster);
    for (std::size_t at = 0; at < fits.size(); ++at)
    {
        RunToRunChange change;
        const double ratio = std::exp(fits[at].logRatio());
        change.timeRatio = std::isnan(ratio) ? std::nullopt : std::optional(ratio);
        if (fits[at].comparable())
        {
            change.adjustedP = slower[at];
            change.adjustedPFaster = faster[at];
            change.runToRunSpread = spreadOf(found[at], fits[at]);
            judge(change, found[at], fits[at].logEffect, rule, tests);
        }
        else
        {
            change.reason = whyNotComparable(fits[at]);
        }
        result.cases.push_back(std::move(change));
    }
    if (fits.size() > 1)
    {
        result.shift = shiftOf(fits, runs, rule.confidence);
    }
    return result;
}

std::vector<std::optional<RunSpread>> forecastRuns(std::span<const CaseRuns> cases, std::int64_t candidateRuns,
                                                   const RunToRunRule& rule)
{
    requireUsable(cases, rule);
    std::vector<std::optional<RunSpread>> result(cases.size());
    if (cases.empty())
    {
        return result;
    }
    std::vector<CaseFit> fits;
    for (const CaseRuns& one : cases)
    {
        fits.push_back(fitOf(one.baselineNs, {}, one.minimumEffect.value_or(rule.minimumEffect)));
    }
    const RunFit runs = fitRuns(fits);
    fitCases(fits, runs);
    for (CaseFit& fit : fits)
    {
        fit.sides[1].runs = static_cast<double>(candidateRuns); // which are to come
    }
    const std::vector<Estimate> found = estimates(fits, runs);
    const auto tests = static_cast<std::size_t>(std::ranges::count_if(fits, &CaseFit::comparable));
    for (std::size_t at = 0; at < fits.size(); ++at)
    {
        if (fits[at].comparable())
        {
            result[at] =
                RunSpread{spreadOf(found[at], fits[at]), detectable(found[at], fits[at].logEffect, rule, tests)};
        }
    }
    return result;
}

} // namespace headroom
