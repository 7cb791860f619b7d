// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/advice/code_lines.h"
#include "core/report/report.h"

#include <optional>
#include <string>
#include <vector>

namespace headroom::advice
{

/// What several rules need to write a recommendation.

Recommendation recommend(std::string rule, Severity severity, std::string title, std::string why);
void setCode(Recommendation& recommendation, const CodeLines& code);
std::vector<std::string> evidenceOf(const ComparisonReport& comparison);

/// What LibTorch takes by itself, as LibTorch says or else as the rules predict; nothing without attention.
std::optional<Backend> defaultBackend(const Report& report);

} // namespace headroom::advice
