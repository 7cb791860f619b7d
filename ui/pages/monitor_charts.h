// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report.h"
#include "ui/charts/chart_data.h"

#include <QString>

#include <vector>

namespace headroom::ui
{

/// What the device says of itself.
enum class Reading
{
    Clock,
    Power,
    Temperature,
    Memory,
    Utilisation
};

struct MonitorSource
{
    QString name; ///< of the report
    const Report* report = nullptr;
};

/// It was measured on a processor, whose readings are of the whole machine.
bool isOfProcessor(const Report& report);

/// Seconds since the first reading, reading by reading. A worker that was replaced begins its clock anew: its readings
/// follow those before it.
std::vector<double> timesOf(const Report& report);

/// \a reading over time, with the stretches in which something held the device back.
ChartData monitorChart(const std::vector<MonitorSource>& sources, Reading reading);

/// The stretches alone: from, to and the reasons.
std::vector<ChartSpan> throttleSpans(const Report& report);

/// "NVIDIA H100 was held back in 65 of 178 readings (power cap); at most 689 W and 61 °C."
QString monitorSentence(const Report& report);

} // namespace headroom::ui
