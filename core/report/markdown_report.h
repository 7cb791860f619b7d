// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <string>

namespace headroom
{

/// The report as a Markdown document that one would send to a colleague: the answer in one sentence, what is behind it,
/// then the tables and the circumstances. GitHub-flavoured.
std::string writeMarkdownReport(const Report& report);

} // namespace headroom
