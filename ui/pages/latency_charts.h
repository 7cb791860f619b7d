// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/charts/chart_data.h"

#include <QString>

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom::ui
{

/// One case of one report, as the latency page shows it.
struct LatencySource
{
    QString name; ///< of the report
    const Report* report = nullptr;
    std::size_t index = 0; ///< of the case
    Clock clock = Clock::Device;
    mutable std::optional<LatencySummary> made{}; ///< what summary() made of the samples, kept

    const CaseReport& row() const { return report->cases[index]; }
    const std::vector<double>& samples() const { return clock == Clock::Device ? row().deviceNs : row().wallNs; }

    /// The report's, or made of the samples so far while the case is in flight.
    std::optional<LatencySummary> summary() const;

    /// Where a figure of the summary stands; empty while the report has none.
    QString source(const char* member) const;
};

/// Every sample in the order in which it was taken, those with a label by shape and colour, with the median. The
/// axis of times is logarithmic where the longest is far from the rest.
ChartData sampleStrip(const LatencySource& source);

/// How often each time was seen, with median, p95 and p99 and their intervals; the same case of other reports over it.
/// On a logarithmic axis, with bins of equal width on it, where any of the samples is far from the rest.
ChartData distributionChart(const std::vector<LatencySource>& sources);

/// A row a case: all samples, and the median with its interval.
ChartData backendRows(const std::vector<LatencySource>& rows);

} // namespace headroom::ui
