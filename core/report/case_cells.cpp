// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/case_cells.h"

#include "core/report/report_tables.h"

namespace headroom
{

bool isMeasured(const CaseReport& row)
{
    return row.outcome == Outcome::Passed && row.device.has_value();
}

bool isRejected(const CaseReport& row)
{
    return row.accuracy == AccuracyVerdict::Failed || row.accuracy == AccuracyVerdict::NotFinite;
}

std::string whyEmpty(const CaseReport& row)
{
    if (row.cause != Cause::None && row.cause != Cause::Error)
    {
        return spaced(toString(row.cause));
    }
    return row.outcome == Outcome::Passed ? "no samples" : spaced(toString(row.outcome));
}

Tone toneOf(ComparisonVerdict verdict)
{
    switch (verdict)
    {
    case ComparisonVerdict::Faster:
        return Tone::Good;
    case ComparisonVerdict::Slower:
        return Tone::Bad;
    case ComparisonVerdict::CannotTell:
        return Tone::Caution;
    case ComparisonVerdict::Same:
        break;
    }
    return Tone::Plain;
}

Cell comparisonCell(const ComparisonReport& comparison, const Format& format)
{
    const auto& value = comparison.comparison;
    std::string text = value.ratio ? format.ratio(*value.ratio, value.interval) + " " : std::string();
    text += spaced(toString(value.verdict));
    if (!comparison.ranked)
    {
        return {text + ", not ranked", Tone::Muted};
    }
    switch (value.verdict)
    {
    case ComparisonVerdict::Faster:
        return {text, Tone::Good};
    case ComparisonVerdict::Slower:
    case ComparisonVerdict::CannotTell:
        return {text, Tone::Caution};
    case ComparisonVerdict::Same:
        break;
    }
    return {text};
}

} // namespace headroom
