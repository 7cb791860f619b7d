// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/latency_charts.h"

#include "core/measure/statistics.h"
#include "core/report/format.h"
#include "core/report/report_tables.h"
#include "ui/charts/histogram.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"
#include "ui/models/chart_unit.h"
#include "ui/pages/report_legend.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace headroom::ui
{
namespace
{

constexpr int kMostBins = 60;
constexpr double kFarOut = 5; ///< times the third quartile: beyond it all else lies in a fifth of a linear axis

QString tr(const char* text)
{
    return QCoreApplication::translate("LatencyCharts", text);
}

struct LabelLook
{
    SampleLabel label;
    Ink ink;
    Marker marker;
};

/// Ordinary samples wear their backend's colour.
std::array<LabelLook, 5> looksOf(Backend backend)
{
    return {{{SampleLabel::None, backend, Marker::Circle},
             {SampleLabel::LowClock, InkRole::Caution, Marker::Triangle},
             {SampleLabel::CoreWait, InkRole::Secondary, Marker::Plus},
             {SampleLabel::Outlier, InkRole::Bad, Marker::Ring},
             {SampleLabel::OtherProcess, InkRole::Bad, Marker::Cross}}};
}

SampleLabel labelOf(const LatencySource& source, std::size_t sample)
{
    const auto& labels = source.row().labels;
    return source.clock == Clock::Device && sample < labels.size() ? labels[sample] : SampleLabel::None;
}

ChartPoint samplePoint(const LatencySource& source, std::size_t sample, const ChartUnit& unit)
{
    const auto& row = source.row();
    ChartPoint point;
    point.x = static_cast<double>(sample + 1);
    point.y = source.samples()[sample] / unit.size;
    if (source.clock == Clock::Device && sample < row.smMhz.size())
    {
        point.clockMhz = row.smMhz[sample];
    }
    return point;
}

/// A line at \a value with its interval; nothing where the report has no value.
void addLine(ChartData& chart, Qt::Orientation orientation, const QString& name, double ns,
             const std::optional<Interval>& interval, const ChartUnit& unit, const QString& source)
{
    ReferenceLine line;
    line.orientation = orientation;
    line.at = ns / unit.size;
    if (interval)
    {
        line.low = interval->low / unit.size;
        line.high = interval->high / unit.size;
    }
    line.text = tr("%1 %2").arg(name, QString::fromStdString(Format().duration(ns)));
    line.figureSource = source;
    line.figureValue = ns;
    chart.lines.push_back(line);
}

std::function<QString(const ChartPoint&)> durationText(const ChartUnit& unit, bool alongX)
{
    return [unit, alongX](const ChartPoint& point)
    {
        const double value = (alongX ? point.x : point.y) * unit.size;
        const std::optional<Interval> interval =
            std::isfinite(point.low) ? std::optional(Interval{point.low * unit.size, point.high * unit.size})
                                     : std::nullopt;
        return QString::fromStdString(Format().duration(value, interval));
    };
}

/// Logarithmic where a sample, or those of another report, are so far from the rest that this would be a flat line.
AxisScale scaleOf(const std::vector<LatencySource>& sources)
{
    double quartile = std::numeric_limits<double>::infinity();
    double longest = 0;
    for (const auto& source : sources)
    {
        const auto& samples = source.samples();
        if (std::any_of(samples.begin(), samples.end(), [](double ns) { return !(ns > 0); }))
        {
            return AxisScale::Linear; // has no logarithm
        }
        quartile = std::min(quartile, quantile(samples, 0.75).value_or(quartile));
        longest = std::max(longest, maximum(samples).value_or(longest));
    }
    return longest > kFarOut * quartile ? AxisScale::Log : AxisScale::Linear;
}

/// "ms, lower is better" and "ms, log, lower is better".
QString unitText(const ChartUnit& unit, AxisScale scale)
{
    return (scale == AxisScale::Log ? tr("%1, log, lower is better") : tr("%1, lower is better")).arg(unit.name);
}

/// Bins are of equal width on the axis of \a scale.
ChartSeries histogramSeries(const LatencySource& source, std::size_t index, bool several, const ChartUnit& unit,
                            AxisScale scale)
{
    ChartSeries series;
    const Backend backend = source.row().measured.backend;
    series.key = backendKey(backend);
    series.group = several ? reportKey(index) : QString();
    series.name = several ? source.name : backendName(backend);
    series.ink = backend;
    series.marker = markerOf(backend);
    series.style = lineStyleOf(index);
    series.kind = SeriesKind::Steps;
    series.markers = false;
    std::vector<double> places;
    std::transform(source.samples().begin(), source.samples().end(), std::back_inserter(places),
                   [scale](double ns) { return placeOf(scale, ns); });
    const Histogram histogram = histogramOf(places, kMostBins);
    constexpr double kAlike = 0.001; // equal samples are a bin that can be seen
    const double alike = scale == AxisScale::Log ? std::log10(1 + kAlike) : histogram.from * kAlike;
    const double width = histogram.width > 0 ? histogram.width : alike;
    for (std::size_t bin = 0; bin <= histogram.counts.size() && !histogram.counts.empty(); ++bin)
    {
        ChartPoint point;
        point.x = valueAt(scale, histogram.from + static_cast<double>(bin) * width) / unit.size;
        point.y = bin < histogram.counts.size() ? static_cast<double>(histogram.counts[bin]) : 0;
        series.points.push_back(point);
    }
    return series;
}

} // namespace

std::optional<LatencySummary> LatencySource::summary() const
{
    const auto& stored = clock == Clock::Device ? row().device : row().wall;
    if (!stored && !made)
    {
        made = summarizeLatency(samples());
    }
    return stored ? stored : made;
}

QString LatencySource::source(const char* member) const
{
    const auto& stored = clock == Clock::Device ? row().device : row().wall;
    if (!stored)
    {
        return {};
    }
    return casePath(*report, row(), clock == Clock::Device ? "/device/" : "/wall/") + QLatin1String(member);
}

ChartData sampleStrip(const LatencySource& source)
{
    const auto& samples = source.samples();
    const ChartUnit unit = timeUnit(samples);
    ChartData chart;
    chart.title = tr("Every sample");
    chart.y.scale = scaleOf({source});
    chart.unit = unitText(unit, chart.y.scale);
    chart.x.name = tr("in the order of sampling");
    chart.empty = tr("No sample yet.");
    for (const auto& look : looksOf(source.row().measured.backend))
    {
        ChartSeries series;
        series.key = QStringLiteral("label_") + QString::fromStdString(std::string(toString(look.label)));
        series.name =
            look.label == SampleLabel::None ? tr("sample") : QString::fromStdString(spaced(toString(look.label)));
        series.ink = look.ink;
        series.marker = look.marker;
        series.kind = SeriesKind::Points;
        for (std::size_t i = 0; i < samples.size(); ++i)
        {
            if (labelOf(source, i) == look.label)
            {
                series.points.push_back(samplePoint(source, i, unit));
            }
        }
        if (!series.points.empty())
        {
            chart.series.push_back(std::move(series));
        }
    }
    if (const auto summary = source.summary())
    {
        addLine(chart, Qt::Horizontal, tr("median"), summary->medianNs, summary->medianIntervalNs, unit,
                source.source("medianNs"));
    }
    chart.placeText = [](const ChartPoint& point)
    { return tr("sample %1").arg(QString::fromStdString(Format().count(static_cast<std::int64_t>(point.x)))); };
    chart.valueText = durationText(unit, false);
    return chart;
}

ChartData distributionChart(const std::vector<LatencySource>& sources)
{
    ChartData chart;
    chart.title = tr("Distribution");
    chart.unit = tr("samples a bin");
    chart.empty = tr("No sample yet.");
    if (sources.empty())
    {
        return chart;
    }
    const LatencySource& front = sources.front();
    const ChartUnit unit = timeUnit(front.samples());
    chart.x.scale = scaleOf(sources);
    chart.x.name = unitText(unit, chart.x.scale);
    chart.y.zero = true;
    for (std::size_t i = 0; i < sources.size(); ++i)
    {
        auto series = histogramSeries(sources[i], i, sources.size() > 1, unit, chart.x.scale);
        if (!series.points.empty())
        {
            chart.series.push_back(std::move(series));
        }
    }
    if (const auto summary = front.summary())
    {
        addLine(chart, Qt::Vertical, tr("median"), summary->medianNs, summary->medianIntervalNs, unit,
                front.source("medianNs"));
        if (summary->p95Ns.value)
        {
            addLine(chart, Qt::Vertical, tr("p95"), *summary->p95Ns.value, summary->p95Ns.interval, unit,
                    front.source("p95Ns/value"));
        }
        if (summary->p99Ns.value)
        {
            addLine(chart, Qt::Vertical, tr("p99"), *summary->p99Ns.value, summary->p99Ns.interval, unit,
                    front.source("p99Ns/value"));
        }
    }
    chart.placeText = [unit](const ChartPoint& point)
    { return tr("from %1").arg(QString::fromStdString(Format().duration(point.x * unit.size))); };
    chart.valueText = [](const ChartPoint& point)
    { return QString::fromStdString(Format().plural(static_cast<std::int64_t>(point.y), "sample")); };
    return chart;
}

ChartData backendRows(const std::vector<LatencySource>& rows)
{
    ChartData chart;
    chart.title = tr("All backends of this comparison");
    chart.hover = HoverMode::Nearest;
    chart.y.rows = true;
    chart.y.grid = false;
    std::vector<double> medians;
    for (const auto& source : rows)
    {
        medians.push_back(source.summary() ? source.summary()->medianNs : kNone);
    }
    const ChartUnit unit = timeUnit(medians);
    chart.unit = tr("%1, log, median and every sample").arg(unit.name);
    chart.x.scale = AxisScale::Log;
    for (std::size_t i = 0; i < rows.size(); ++i)
    {
        const LatencySource& source = rows[i];
        const Backend backend = source.row().measured.backend;
        const auto at = static_cast<double>(i);
        chart.y.ticks.push_back({at, source.name});
        ChartSeries cloud;
        cloud.key = backendKey(backend);
        cloud.name = source.name;
        cloud.ink = backend;
        cloud.kind = SeriesKind::Points;
        cloud.muted = true;
        cloud.listed = false;
        for (std::size_t sample = 0; sample < source.samples().size(); ++sample)
        {
            // Spread over the row by a fixed rule, so that equal times are seen as many.
            const double jitter = (static_cast<double>((sample * 7) % 11) - 5) / 18;
            ChartPoint point;
            point.x = source.samples()[sample] / unit.size;
            point.y = at + jitter;
            cloud.points.push_back(point);
        }
        ChartSeries middle = cloud;
        middle.points.clear();
        middle.marker = markerOf(backend);
        middle.muted = false;
        middle.listed = true;
        if (const auto summary = source.summary())
        {
            ChartPoint point;
            point.x = summary->medianNs / unit.size;
            point.y = at;
            if (summary->medianIntervalNs)
            {
                point.low = summary->medianIntervalNs->low / unit.size;
                point.high = summary->medianIntervalNs->high / unit.size;
            }
            point.n = summary->n;
            point.note = oddities(source.row());
            point.figureSource = source.source("medianNs");
            point.figureValue = summary->medianNs;
            middle.points.push_back(point);
        }
        chart.series.push_back(std::move(cloud));
        chart.series.push_back(std::move(middle));
    }
    chart.placeText = [](const ChartPoint&) { return tr("median"); };
    chart.valueText = durationText(unit, true);
    return chart;
}

} // namespace headroom::ui
