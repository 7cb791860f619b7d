// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/format.h"
#include "core/report/report.h"
#include "core/report/table.h"

#include <string>

namespace headroom
{

/// Cells that the tables of timed cases share.

bool isMeasured(const CaseReport& row);

/// Its numbers were judged and are wrong.
bool isRejected(const CaseReport& row);

/// Why a case has no figure, in two words.
std::string whyEmpty(const CaseReport& row);

/// Good where the candidate is faster, caution where it cannot be told.
Tone toneOf(ComparisonVerdict verdict);

/// "1.32× (1.30 – 1.34) faster", muted where it is not ranked.
Cell comparisonCell(const ComparisonReport& comparison, const Format& format);

} // namespace headroom
