// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace headroom
{

/// Variances of many cases, each known from a few runs. One such variance is poor: with six degrees of freedom it is
/// off by a factor of two in one case of seven, and among 200 cases some are small by chance alone, which makes an
/// alarm of nothing. What all cases together say of a usual variance mends that: each is moderated towards it, the more
/// so the more alike they are.
///
/// Smyth, "Linear Models and Empirical Bayes Methods for Assessing Differential Expression in Microarray Experiments"
/// (Statistical Applications in Genetics and Molecular Biology 3, 2004), sections 3 and 6.2: the true variances are
/// taken to come from a scaled inverse chi-square distribution with \ref variance and \ref degrees, which the mean and
/// the variance of the logarithms of the observed ones tell. The same is in Bioconductor's limma, R/fitFDist.R and
/// R/squeezeVar.R.
struct VariancePrior
{
    double variance = 0.0; ///< what a case that nothing is known of has
    double degrees = 0.0;  ///< how many degrees of freedom that knowledge is worth: 0 nothing, infinite: all are equal

    bool operator==(const VariancePrior&) const = default;
};

/// The prior of \a variances, each with its \a degrees of freedom (any number above 0; entries with none, or that are
/// not finite, are left out). A variance of exactly zero, from a coarse clock, is lifted to 1e-5 of the median, as
/// limma does. No prior (0 degrees) with fewer than three variances, or when half of them or more are zero. \throws
/// std::invalid_argument when the two differ in length.
VariancePrior fitVariancePrior(std::span<const double> variances, std::span<const double> degrees);

/// A variance after moderation, (d0 s0^2 + d s^2) / (d0 + d), and its degrees of freedom, d0 + d: infinite where the
/// prior's are.
struct ModeratedVariance
{
    double variance = 0.0;
    double degrees = 0.0;
};

ModeratedVariance moderate(double variance, double degrees, const VariancePrior& prior);

} // namespace headroom
