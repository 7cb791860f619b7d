// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <optional>
#include <vector>

namespace headroom
{

/// For each case of \a report the worst ratio of a tensor's largest error to that of the yardstick, among the
/// judgements of its backend (LibTorch's own choice: of the one that was seen to run) on its subject, other sizes of
/// the same model included; gradients count for passes that make some. Nothing where it was not judged, where the
/// yardstick is exact, and in all of a report whose judgements cannot be told apart by job: it holds them in the order
/// of its Judge jobs and does not name these.
std::vector<std::optional<double>> errorRatiosOf(const Report& report);

} // namespace headroom
