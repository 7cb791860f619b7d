// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/original_report.h"
#include "core/report/report.h"

#include <string_view>

namespace headroom
{

/// The command of a plan that nobody ran: that of claimsOf().
inline constexpr std::string_view kOriginalCommand = "original";

/// What a report of the original tool claims, as a Report to lay over others: its means and percentiles as unverified
/// cases of LibTorch's own choice, without samples, evidence or judgements, so that nothing of it can win. What its
/// file does not hold is taken as the tool's own default, a BenchmarkTransformer in float32 with batch 4 and sequence
/// 128. The conclusion's reasons say what it is and what to know of it. \throws std::invalid_argument for a model of
/// another kind or size, whose shape the file does not hold.
Report claimsOf(const OriginalReport& original);

bool isOriginal(const Report& report);

} // namespace headroom
