// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report.h"

#include <string>
#include <vector>

namespace headroom
{

/// The answer in one sentence that a person could repeat: "flash is 1.32× (1.30 – 1.34) faster than math in the forward
/// pass and 2.51× (2.48 – 2.55) in the training step, and as exact as bfloat16 allows." Where it cannot be told, the
/// sentence says so and what is missing.
std::string answerOf(const Report& report, const Format& format);

/// The reasons of the conclusion, without the one that is the answer already.
std::vector<std::string> furtherReasons(const Report& report, const Format& format);

} // namespace headroom
