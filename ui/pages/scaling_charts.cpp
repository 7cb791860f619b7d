// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/scaling_charts.h"

#include "core/report/case_cells.h"
#include "core/report/format.h"
#include "core/report/queries.h"
#include "core/report/summary.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"
#include "ui/pages/report_legend.h"
#include "ui/models/chart_unit.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("ScalingCharts", text);
}

/// A figure of one case in the unit of the report, with its interval.
struct Value
{
    double value = kNone;
    double low = kNone;
    double high = kNone;
    QString source;
};

Value latencyOf(const Report& report, const CaseReport& row)
{
    Value value{row.device->medianNs, kNone, kNone, casePath(report, row, "/device/medianNs")};
    if (const auto& interval = row.device->medianIntervalNs)
    {
        value.low = interval->low;
        value.high = interval->high;
    }
    return value;
}

/// By the median and its interval: of a call its rate of arithmetic, else tokens a second.
Value throughputOf(const Report& report, const CaseReport& row)
{
    const bool isCall = std::holds_alternative<AttentionProblem>(row.measured.subject);
    const bool arithmetic = isCall && row.roofline;
    if (!arithmetic && !row.tokensPerSecond)
    {
        return {};
    }
    const double rate = arithmetic ? row.roofline->flopsPerSecond : *row.tokensPerSecond;
    Value value{rate, kNone, kNone,
                casePath(report, row, arithmetic ? "/roofline/flopsPerSecond" : "/tokensPerSecond")};
    if (const auto& interval = row.device->medianIntervalNs; interval && interval->low > 0)
    {
        value.low = rate * row.device->medianNs / interval->high;
        value.high = rate * row.device->medianNs / interval->low;
    }
    return value;
}

Value memoryOf(const Report& report, const CaseReport& row)
{
    return {row.result.peakBytes.value_or(kNone), kNone, kNone, casePath(report, row, "/result/peakBytes")};
}

/// The backend that speed-ups are against: the baseline of the first job. Later jobs may have another one, where the
/// first was left out.
std::optional<Backend> baselineOfGroup(const ScalingSource& source)
{
    for (const auto& line : source.group->lines)
    {
        for (const auto& point : line.points)
        {
            const auto* comparison = isMeasured(*point.row) ? comparisonOf(*source.report, *point.row) : nullptr;
            const auto* baseline = comparison != nullptr ? baselineOf(*source.report, *comparison) : nullptr;
            if (baseline != nullptr)
            {
                return baseline->measured.backend;
            }
        }
    }
    return std::nullopt;
}

Value speedupOf(const Report& report, const CaseReport& row, std::optional<Backend> against)
{
    const auto* comparison = comparisonOf(report, row);
    const auto* baseline = comparison != nullptr ? baselineOf(report, *comparison) : nullptr;
    if (baseline == nullptr || baseline->measured.backend != against || !comparison->comparison.ratio)
    {
        return {};
    }
    const auto index = comparison - report.comparisons.data();
    Value value{*comparison->comparison.ratio, kNone, kNone,
                QStringLiteral("/headroom/comparisons/%1/comparison/ratio").arg(index)};
    if (const auto& interval = comparison->comparison.interval)
    {
        value.low = interval->low;
        value.high = interval->high;
    }
    return value;
}

Value valueOf(const ScalingSource& source, const CaseReport& row, ScalingMetric metric)
{
    const Report& report = *source.report;
    switch (metric)
    {
    case ScalingMetric::Latency:
        return latencyOf(report, row);
    case ScalingMetric::Throughput:
        return throughputOf(report, row);
    case ScalingMetric::Memory:
        return memoryOf(report, row);
    case ScalingMetric::Speedup:
        return speedupOf(report, row, baselineOfGroup(source));
    }
    return {};
}

bool isFlops(const std::vector<ScalingSource>& sources)
{
    const auto& lines = sources.front().group->lines;
    return !lines.empty() && !lines.front().points.empty() &&
           std::holds_alternative<AttentionProblem>(lines.front().points.front().row->measured.subject);
}

bool isAnyMeasured(const ScalingLine& line)
{
    return std::any_of(line.points.begin(), line.points.end(),
                       [](const ScalingPoint& point) { return isMeasured(*point.row); });
}

bool isAnyMeasured(const std::vector<ScalingSource>& sources)
{
    return std::any_of(sources.begin(), sources.end(),
                       [](const ScalingSource& source)
                       {
                           return std::any_of(source.group->lines.begin(), source.group->lines.end(),
                                              [](const ScalingLine& line) { return isAnyMeasured(line); });
                       });
}

ChartUnit unitOf(const std::vector<ScalingSource>& sources, ScalingMetric metric)
{
    std::vector<double> values;
    for (const auto& source : sources)
    {
        for (const auto& line : source.group->lines)
        {
            for (const auto& point : line.points)
            {
                values.push_back(isMeasured(*point.row) ? valueOf(source, *point.row, metric).value : kNone);
            }
        }
    }
    switch (metric)
    {
    case ScalingMetric::Latency:
        return timeUnit(values);
    case ScalingMetric::Throughput:
        return metricUnit(values, isFlops(sources) ? QStringLiteral("FLOP/s") : QStringLiteral(" tokens/s"));
    case ScalingMetric::Memory:
        return byteUnit(values);
    case ScalingMetric::Speedup:
        return {1, QStringLiteral("×")};
    }
    return {};
}

/// The value of a point in words, by the one unit that makes text of numbers.
QString textOf(const ChartPoint& point, ScalingMetric metric, const ChartUnit& unit, bool flops)
{
    const Format format;
    const std::optional<Interval> interval =
        std::isfinite(point.low) ? std::optional(Interval{point.low * unit.size, point.high * unit.size})
                                 : std::nullopt;
    const double value = point.y * unit.size;
    std::string text;
    switch (metric)
    {
    case ScalingMetric::Latency:
        text = format.duration(value, interval);
        break;
    case ScalingMetric::Throughput:
        text = flops ? format.metric(value, "FLOP/s") : format.rate(value, "tokens/s");
        text += interval ? " ± " + format.percent((interval->high - interval->low) / (2 * value)) : "";
        break;
    case ScalingMetric::Memory:
        text = format.bytes(value);
        break;
    case ScalingMetric::Speedup:
        text = format.ratio(value, interval);
        break;
    }
    return QString::fromStdString(text);
}

QString failureText(const CaseReport& row, const QString& size)
{
    if (row.cause == Cause::OutOfMemory)
    {
        return tr("out of memory at %1").arg(size);
    }
    if (row.outcome == Outcome::Failed)
    {
        return tr("failed at %1").arg(size);
    }
    return row.cause == Cause::NotEligible ? tr("not eligible at %1").arg(size) : tr("not timed from %1 on").arg(size);
}

QString sizeText(ScalingAxis axis, double size)
{
    const auto whole = static_cast<std::int64_t>(size);
    return axis == ScalingAxis::Batch ? QString::number(whole) : sizeLabel(whole);
}

bool isFailure(const CaseReport& row)
{
    return !isMeasured(row) && row.outcome != Outcome::Passed && row.outcome != Outcome::Cancelled;
}

/// The first point of \a line after which nothing was measured, as a mark at the end of \a series.
void markFailure(ChartData& chart, const ScalingLine& line, const ChartSeries& series, ScalingAxis axis)
{
    const auto failed = std::find_if(line.points.begin(), line.points.end(),
                                     [](const ScalingPoint& point) { return isFailure(*point.row); });
    if (failed == line.points.end() || series.points.empty())
    {
        return; // what was never measured is said below the charts
    }
    ChartMark mark;
    mark.key = series.key;
    mark.group = series.group;
    mark.x = static_cast<double>(failed->value);
    mark.text = tr("%1: %2").arg(backendName(line.backend), failureText(*failed->row, sizeText(axis, mark.x)));
    mark.ink = failed->row->outcome == Outcome::Failed || failed->row->cause == Cause::OutOfMemory ? InkRole::Bad
                                                                                                   : InkRole::Secondary;
    mark.detail = QString::fromStdString(failed->row->reason);
    const auto after = std::find_if(series.points.begin(), series.points.end(),
                                    [&](const ChartPoint& point) { return point.x > mark.x; });
    const ChartPoint& beside = after == series.points.begin() ? *after : *std::prev(after);
    mark.y = beside.y;
    mark.fromX = beside.x;
    mark.fromY = beside.y;
    chart.marks.push_back(mark);
}

/// Where the baseline was not measured, no speed-up goes on: a mark on its line at 1 says why.
void markBaseline(ChartData& chart, const ScalingSource& source, std::optional<Backend> against, ScalingAxis axis)
{
    for (const auto& line : source.group->lines)
    {
        ChartSeries itself;
        itself.key = backendKey(line.backend);
        const auto measured = std::find_if(line.points.begin(), line.points.end(),
                                           [](const ScalingPoint& point) { return isMeasured(*point.row); });
        if (line.backend == against && measured != line.points.end())
        {
            ChartPoint point;
            point.x = static_cast<double>(measured->value);
            point.y = 1;
            itself.points.push_back(point);
            markFailure(chart, line, itself, axis);
            return;
        }
    }
}

ChartSeries seriesOf(const std::vector<ScalingSource>& sources, std::size_t index, const ScalingLine& line,
                     ScalingMetric metric, const ChartUnit& unit)
{
    const auto& source = sources[index];
    const bool several = sources.size() > 1;
    ChartSeries series;
    series.key = backendKey(line.backend);
    series.group = several ? reportKey(index) : QString();
    series.name = several ? tr("%1, %2").arg(backendName(line.backend), source.name) : backendName(line.backend);
    series.ink = line.backend;
    series.marker = markerOf(line.backend);
    series.style = lineStyleOf(index);
    bool anyRanked = false;
    for (const auto& point : line.points)
    {
        if (!isMeasured(*point.row))
        {
            continue;
        }
        const Value value = valueOf(source, *point.row, metric);
        if (!std::isfinite(value.value))
        {
            continue;
        }
        ChartPoint drawn;
        drawn.x = static_cast<double>(point.value);
        drawn.y = value.value / unit.size;
        drawn.low = value.low / unit.size;
        drawn.high = value.high / unit.size;
        drawn.n = point.row->device->n;
        drawn.clockMhz = point.row->roofline && point.row->roofline->smMhz ? *point.row->roofline->smMhz : kNone;
        drawn.note = oddities(*point.row);
        drawn.figureSource = index == 0 ? value.source : QString();
        drawn.figureValue = value.value;
        series.points.push_back(drawn);
        anyRanked = anyRanked || whyUnranked(*point.row).empty();
    }
    series.muted = !anyRanked;
    return series;
}

void titleChart(ChartData& chart, const ScalingGroup& group, ScalingMetric metric, const ChartUnit& unit)
{
    const QString capital = passName(group.pass);
    switch (metric)
    {
    case ScalingMetric::Latency:
        chart.title = tr("%1 latency").arg(capital);
        chart.unit = tr("%1, log, lower is better").arg(unit.name);
        chart.y.scale = AxisScale::Log;
        chart.empty = tr("No median was recorded here.");
        break;
    case ScalingMetric::Throughput:
        chart.title = tr("%1 throughput").arg(capital);
        chart.unit = tr("%1, higher is better").arg(unit.name.trimmed());
        chart.y.zero = true;
        chart.empty = tr("No rate was recorded here: the work of these cases is not counted.");
        break;
    case ScalingMetric::Memory:
        chart.title = tr("%1 peak memory").arg(capital);
        chart.unit = tr("%1, log, lower is better").arg(unit.name);
        chart.y.scale = AxisScale::Log;
        chart.empty = tr("No peak of memory was recorded: the device keeps no count of it.");
        break;
    case ScalingMetric::Speedup:
        chart.title = tr("%1 speed-up").arg(capital);
        chart.y.scale = AxisScale::Log;
        chart.empty = tr("Nothing was timed against a baseline here.");
        break;
    }
}

/// A chart without a point has no unit, and one sentence. Why nothing was timed is said once, below the charts.
void explainEmpty(ChartData& chart, const std::vector<ScalingSource>& sources)
{
    if (chart.hasPoints())
    {
        return;
    }
    chart.unit.clear();
    if (!isAnyMeasured(sources))
    {
        chart.empty = tr("No case was timed here.");
    }
}

} // namespace

ChartData scalingChart(const std::vector<ScalingSource>& sources, ScalingMetric metric)
{
    ChartData chart;
    if (sources.empty())
    {
        return chart;
    }
    const ScalingGroup& group = *sources.front().group;
    const ChartUnit unit = unitOf(sources, metric);
    const bool flops = isFlops(sources);
    titleChart(chart, group, metric, unit);
    chart.x.scale = AxisScale::Log;
    chart.x.name = axisName(group.axis);
    std::set<std::int64_t> sizes;
    for (std::size_t i = 0; i < sources.size(); ++i)
    {
        for (const auto& line : sources[i].group->lines)
        {
            for (const auto& point : line.points)
            {
                sizes.insert(point.value);
            }
            auto series = seriesOf(sources, i, line, metric, unit);
            markFailure(chart, line, series, group.axis);
            if (!series.points.empty())
            {
                chart.series.push_back(std::move(series));
            }
        }
    }
    for (const std::int64_t size : sizes)
    {
        chart.x.ticks.push_back({static_cast<double>(size), sizeText(group.axis, static_cast<double>(size))});
    }
    // The same range in all charts of the page, whoever has points where.
    const std::vector<double> values(sizes.begin(), sizes.end());
    std::tie(chart.x.from, chart.x.to) = paddedRange(AxisScale::Log, values, 0.04);
    if (metric == ScalingMetric::Speedup)
    {
        const auto against = baselineOfGroup(sources.front());
        const QString baseline = against ? backendName(*against) : QString();
        chart.unit = baseline.isEmpty() ? QString() : tr("× against %1, log, higher is better").arg(baseline);
        if (chart.hasPoints())
        {
            ReferenceLine one;
            one.at = 1;
            one.text = baseline;
            chart.lines.push_back(one);
            markBaseline(chart, sources.front(), against, group.axis);
        }
    }
    explainEmpty(chart, sources);
    chart.placeText = [axis = group.axis](const ChartPoint& point) {
        return tr("%1 %2").arg(axisName(axis),
                               QString::fromStdString(Format().count(static_cast<std::int64_t>(point.x))));
    };
    chart.valueText = [metric, unit, flops](const ChartPoint& point) { return textOf(point, metric, unit, flops); };
    return chart;
}

std::vector<LegendEntry> scalingLegend(const std::vector<ScalingSource>& sources)
{
    std::vector<LegendEntry> entries;
    for (const auto& source : sources)
    {
        for (const auto& line : source.group->lines)
        {
            const QString key = backendKey(line.backend);
            if (isAnyMeasured(line) && std::none_of(entries.begin(), entries.end(),
                                                    [&](const LegendEntry& entry) { return entry.key == key; }))
            {
                entries.push_back(
                    {key, backendName(line.backend), line.backend, markerOf(line.backend), LineStyle::Solid, {}});
            }
        }
    }
    addReportEntries(entries, namesOf(sources), ReportLook::Lines);
    return entries;
}

} // namespace headroom::ui
