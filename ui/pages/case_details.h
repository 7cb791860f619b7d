// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"

#include <QString>

namespace headroom::ui
{

/// All that is known of one case, as rich text: its times and what stopped the sampling, what was seen to run, its
/// accuracy, its flags, and why there is no figure where there is none.
QString caseDetails(const Report& report, const CaseReport& row);

} // namespace headroom::ui
