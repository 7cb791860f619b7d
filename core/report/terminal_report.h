// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <string>

namespace headroom
{

/// The report as plain text of at most layout.width columns, for the end of a run and for `headroom-cli report`: the
/// answer, its reasons, the tables in their compact form, the recommendations, the circumstances. Readable without
/// colour.
std::string writeTerminalReport(const Report& report, const Format& format, const TextLayout& layout = {});

} // namespace headroom
