// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/dashboard_charts.h"

#include "core/report/format.h"
#include "ui/charts/ink.h"
#include "ui/models/chart_unit.h"
#include "ui/models/history_table_model.h"
#include "ui/models/report_words.h"
#include "ui/pages/report_legend.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <functional>
#include <tuple>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostMarkers = 60;  ///< of one line: more would hide it
constexpr std::int64_t kMostCounted = 12; ///< repetitions that each have their number on the axis

QString tr(const char* text)
{
    return QCoreApplication::translate("DashboardPage", text);
}

/// A value with its interval, of one point; NaN where it has none.
struct Reading
{
    double value = kNone;
    double low = kNone;
    double high = kNone;
};

using Reader = std::function<Reading(const MonitorPoint&)>;

/// The cases that stand beside the main one: of its subject and pass.
std::vector<const MonitorCase*> besideMain(const MonitorState& state)
{
    std::vector<const MonitorCase*> beside;
    if (const MonitorCase* main = mainCase(state))
    {
        for (const MonitorCase& one : state.cases)
        {
            Case alike = one.measured;
            alike.backend = main->measured.backend;
            if (alike == main->measured)
            {
                beside.push_back(&one);
            }
        }
    }
    return beside;
}

ChartSeries seriesOf(const MonitorCase& one, const Reader& read)
{
    const Backend backend = one.measured.backend;
    ChartSeries series;
    series.key = backendKey(backend);
    series.name = backendName(backend);
    series.ink = backend;
    series.marker = markerOf(backend);
    series.markers = one.points.size() <= kMostMarkers;
    series.muted = one.accuracy != AccuracyVerdict::Passed;
    for (const MonitorPoint& known : one.points)
    {
        const Reading reading = read(known);
        if (std::isfinite(reading.value))
        {
            ChartPoint point;
            point.x = static_cast<double>(known.repetition);
            point.y = reading.value;
            point.low = reading.low;
            point.high = reading.high;
            point.clockMhz = known.smMhz.value_or(kNone);
            point.note = localTime(known.utc);
            series.points.push_back(std::move(point));
        }
    }
    return series;
}

ChartData chartOf(const MonitorState& state, const Reader& read)
{
    ChartData data;
    data.direct = true;
    data.x.name = tr("repetition");
    if (const auto runs = state.runs.all(); runs > 0 && runs <= kMostCounted) // there is no half of one
    {
        for (std::int64_t run = 1; run <= runs; ++run)
        {
            data.x.ticks.push_back({static_cast<double>(run), QString::number(run)});
        }
    }
    data.placeText = [](const ChartPoint& point)
    { return tr("repetition %1, %2").arg(QString::number(point.x, 'f', 0), point.note); };
    for (const MonitorCase* one : besideMain(state))
    {
        ChartSeries series = seriesOf(*one, read);
        if (!series.points.empty())
        {
            data.series.push_back(std::move(series));
        }
    }
    return data;
}

/// Where the verdicts changed.
void addAlarms(ChartData& data, const MonitorState& state)
{
    for (const MonitorAlarm& alarm : state.alarms)
    {
        ReferenceLine line;
        line.orientation = Qt::Vertical;
        line.at = static_cast<double>(alarm.repetition);
        line.ink = alarm.raised ? InkRole::Bad : InkRole::Good;
        const bool known = std::ranges::any_of(data.lines, [&](const ReferenceLine& one)
                                               { return one.at == line.at && one.ink == line.ink; });
        if (!known)
        {
            data.lines.push_back(std::move(line));
        }
    }
}

void scale(ChartData& data, double by)
{
    for (ChartSeries& series : data.series)
    {
        for (ChartPoint& point : series.points)
        {
            point.y /= by;
            point.low /= by;
            point.high /= by;
        }
    }
}

std::vector<double> valuesOf(const ChartData& data)
{
    std::vector<double> values;
    for (const ChartSeries& series : data.series)
    {
        for (const ChartPoint& point : series.points)
        {
            values.push_back(point.y);
        }
    }
    return values;
}

} // namespace

const MonitorCase* mainCase(const MonitorState& state)
{
    const MonitorCase* best = nullptr;
    const auto rank = [](const MonitorCase& one)
    {
        return std::tuple(one.accuracy != AccuracyVerdict::Passed, !isFused(one.measured.backend),
                          one.measured.pass != Pass::TrainingStep, *one.points.back().medianNs);
    };
    for (const MonitorCase& one : state.cases)
    {
        const bool timed = !one.points.empty() && one.points.back().medianNs.has_value();
        if (timed && (best == nullptr || rank(one) < rank(*best)))
        {
            best = &one;
        }
    }
    return best;
}

ChartData watchLatency(const MonitorState& state)
{
    ChartData data = chartOf(state,
                             [](const MonitorPoint& point)
                             {
                                 Reading reading{point.medianNs.value_or(kNone), kNone, kNone};
                                 if (point.intervalNs)
                                 {
                                     reading.low = point.intervalNs->low;
                                     reading.high = point.intervalNs->high;
                                 }
                                 return reading;
                             });
    const ChartUnit unit = timeUnit(valuesOf(data));
    scale(data, unit.size);
    addAlarms(data, state);
    data.title = tr("Attention latency");
    data.unit = data.hasPoints() ? tr("%1, median with 95 % interval, lower is better").arg(unit.name) : QString();
    data.empty = tr("A line for each backend, from the first repetition on.");
    data.valueText = [size = unit.size](const ChartPoint& point)
    {
        const std::optional<Interval> interval =
            std::isfinite(point.low) ? std::optional(Interval{point.low * size, point.high * size}) : std::nullopt;
        return textOf(Format().duration(point.y * size, interval));
    };
    return data;
}

ChartData watchThroughput(const MonitorState& state)
{
    const MonitorCase* main = mainCase(state);
    const bool tokens = main == nullptr || main->points.back().tokensPerSecond.has_value();
    const char* base = tokens ? "tok/s" : "FLOP/s";
    ChartData data = chartOf(state,
                             [tokens](const MonitorPoint& point)
                             {
                                 const auto& rate = tokens ? point.tokensPerSecond : point.flopsPerSecond;
                                 return Reading{rate.value_or(kNone), kNone, kNone};
                             });
    const ChartUnit unit = metricUnit(valuesOf(data), QLatin1String(base));
    scale(data, unit.size);
    data.title = tr("Throughput");
    data.unit = data.hasPoints() ? tr("%1, higher is better").arg(unit.name) : QString();
    data.y.zero = true;
    data.empty = tr("Tokens a second of each backend, from the first repetition on.");
    data.valueText = [size = unit.size, base](const ChartPoint& point)
    { return textOf(Format().metric(point.y * size, base)); };
    return data;
}

ChartData watchClocks(const MonitorState& state)
{
    ChartData data = chartOf(state,
                             [](const MonitorPoint& point) {
                                 return Reading{point.smMhz.value_or(kNone), kNone, kNone};
                             });
    const bool told = data.hasPoints() || mainCase(state) == nullptr;
    data.title = told ? tr("SM clock while sampling") : tr("Clock while sampling"); // a processor has no SM
    data.unit = told ? tr("MHz, median") : QString();
    data.empty = mainCase(state) == nullptr ? tr("The clock that each case was timed at.")
                                            : tr("This device does not tell the clock of a sample.");
    data.valueText = [](const ChartPoint& point)
    { return QStringLiteral("%1 MHz").arg(textOf(Format().count(std::llround(point.y)))); };
    return data;
}

} // namespace headroom::ui
