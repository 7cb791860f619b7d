// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace headroom
{

/// Adjusted p-values that control the false discovery rate: when every test with an adjusted value of at most q is
/// called a finding, the share of findings that are false is q at most on average, and where nothing at all is true,
/// the chance of any finding is q at most. Benjamini and Hochberg, "Controlling the False Discovery Rate" (Journal of
/// the Royal Statistical Society B 57, 1995): with the m p-values in order, the i-th becomes the least of m p_j / j
/// over j >= i, 1 at most. It holds for independent tests and for those that rise and fall together, as the cases of
/// one run do (Benjamini and Yekutieli, The Annals of Statistics 29, 2001).
///
/// The result stands in the order of \a pValues. NaN stands for a test that was not made: it stays NaN and does not
/// count among the m. Ties get the same value. \throws std::invalid_argument for a p-value outside 0 to 1.
std::vector<double> falseDiscoveryAdjusted(std::span<const double> pValues);

} // namespace headroom
