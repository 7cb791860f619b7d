// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/roofline_charts.h"

#include "core/report/case_cells.h"
#include "core/report/case_work.h"
#include "core/report/format.h"
#include "core/report/summary.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/case_words.h"
#include "ui/models/chart_unit.h"
#include "ui/pages/report_legend.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("RooflineCharts", text);
}

/// A memory slope and a flat top.
struct RoofShape
{
    QString key;
    QString group; ///< of the report, where there are several
    QString name;  ///< in the legend
    QString label; ///< at the roof itself, where there is less room
    double bytesPerSecond = 0;
    double flopsPerSecond = 0;
    LineStyle style = LineStyle::Solid;
    Ink ink = InkRole::Text;
};

bool isPlaced(const CaseReport& row)
{
    return isMeasured(row) && row.roofline && row.roofline->flopsPerByte > 0 && row.roofline->flopsPerSecond > 0;
}

std::optional<RoofShape> measuredRoof(const std::vector<RooflineSource>& sources, std::size_t index)
{
    const auto& source = sources[index];
    if (!hasMeasuredRoof(source))
    {
        return std::nullopt;
    }
    const auto& peaks = source.report->peaks;
    const bool several = sources.size() > 1;
    RoofShape roof;
    roof.key = QStringLiteral("roof_measured%1").arg(index);
    roof.group = several ? reportKey(index) : QString();
    roof.name = several ? tr("measured, %1").arg(source.name) : tr("measured");
    roof.label = index > 0 ? source.name : tr("measured");
    roof.bytesPerSecond = peaks->copy->perSecond;
    roof.flopsPerSecond = findMatmul(*peaks, source.dtype)->rate.perSecond;
    if (index > 0) // dashed is the specification
    {
        roof.style = index % 2 == 1 ? LineStyle::DashDotted : LineStyle::Dotted;
        roof.ink = InkRole::Secondary;
    }
    return roof;
}

std::optional<RoofShape> specifiedRoof(const std::vector<RooflineSource>& sources)
{
    const auto& front = sources.front();
    const auto* device = front.report->circumstances ? front.report->circumstances->selectedDevice() : nullptr;
    const auto* specification = device != nullptr ? findSpecification(*device) : nullptr;
    const auto rate = specification != nullptr ? specifiedRate(*specification, front.dtype) : std::nullopt;
    if (!rate || specification->bytesPerSecond <= 0)
    {
        return std::nullopt;
    }
    const bool several = sources.size() > 1;
    RoofShape roof;
    roof.key = QStringLiteral("roof_specification");
    roof.group = several ? reportKey(0) : QString();
    roof.name = several ? tr("specification, %1").arg(front.name) : tr("specification");
    roof.label = tr("specification");
    roof.bytesPerSecond = specification->bytesPerSecond;
    roof.flopsPerSecond = rate->flopsPerSecond;
    roof.style = LineStyle::Dashed;
    roof.ink = InkRole::Secondary;
    return roof;
}

/// Of the report in front what was measured and the specification; of the others what was measured.
std::vector<RoofShape> roofsOf(const std::vector<RooflineSource>& sources)
{
    std::vector<RoofShape> roofs;
    for (std::size_t index = 0; index < sources.size(); ++index)
    {
        if (const auto measured = measuredRoof(sources, index))
        {
            roofs.push_back(*measured);
        }
        const auto specified = index == 0 ? specifiedRoof(sources) : std::nullopt;
        if (specified)
        {
            roofs.push_back(*specified);
        }
    }
    return roofs;
}

ChartSeries roofSeries(const RoofShape& roof, double left, double right, const ChartUnit& unit)
{
    ChartSeries series;
    series.key = roof.key;
    series.group = roof.group;
    series.name = tr("roof, %1").arg(roof.name);
    series.ink = roof.ink;
    series.style = roof.style;
    series.markers = false;
    series.listed = false;
    const double ridge = roof.flopsPerSecond / roof.bytesPerSecond;
    for (const double x : {left, std::clamp(ridge, left, right), right})
    {
        ChartPoint point;
        point.x = x;
        point.y = std::min(roof.flopsPerSecond, roof.bytesPerSecond * x) / unit.size;
        series.points.push_back(point);
    }
    return series;
}

void addRoofs(ChartData& chart, const std::vector<RoofShape>& roofs, double left, double right, const ChartUnit& unit)
{
    const Format format;
    for (const auto& roof : roofs)
    {
        chart.series.push_back(roofSeries(roof, left, right, unit));
        ReferenceLine top;
        top.at = roof.flopsPerSecond / unit.size;
        top.text = tr("%1: %2, %3")
                       .arg(roof.label, QString::fromStdString(format.metric(roof.flopsPerSecond, "FLOP/s")),
                            QString::fromStdString(format.metric(roof.bytesPerSecond, "B/s")));
        top.ink = roof.ink;
        top.drawn = false; // the roof itself is the line
        top.key = roof.key;
        top.group = roof.group;
        chart.lines.push_back(top);
    }
}

ChartPoint pointOf(const Report& report, const CaseReport& row, bool front, const ChartUnit& unit)
{
    ChartPoint point;
    point.x = row.roofline->flopsPerByte;
    point.y = row.roofline->flopsPerSecond / unit.size;
    point.n = row.device->n;
    point.clockMhz = row.roofline->smMhz.value_or(kNone);
    point.note = caseTitle(row.measured) + QStringLiteral("\n") + headroomWords(*row.roofline);
    if (front)
    {
        point.figureSource = casePath(report, row, "/roofline/flopsPerSecond");
        point.figureValue = row.roofline->flopsPerSecond;
    }
    return point;
}

} // namespace

std::vector<const CaseReport*> RooflineSource::rows() const
{
    std::vector<const CaseReport*> found;
    for (const auto& row : report->cases)
    {
        if (isPlaced(row) && workOf(row.measured).dtype == dtype && (!pass || row.measured.pass == *pass))
        {
            found.push_back(&row);
        }
    }
    return found;
}

std::vector<DType> rooflineDtypes(const Report& report)
{
    std::vector<DType> dtypes;
    for (const auto& row : report.cases)
    {
        const DType dtype = workOf(row.measured).dtype;
        if (isPlaced(row) && std::find(dtypes.begin(), dtypes.end(), dtype) == dtypes.end())
        {
            dtypes.push_back(dtype);
        }
    }
    return dtypes;
}

std::vector<Pass> rooflinePasses(const Report& report)
{
    std::vector<Pass> passes;
    for (const auto& row : report.cases)
    {
        if (isPlaced(row) && std::find(passes.begin(), passes.end(), row.measured.pass) == passes.end())
        {
            passes.push_back(row.measured.pass);
        }
    }
    return passes;
}

ChartData rooflineChart(const std::vector<RooflineSource>& sources)
{
    ChartData chart;
    chart.title = tr("Roofline");
    chart.hover = HoverMode::Nearest;
    chart.x.scale = AxisScale::Log;
    chart.y.scale = AxisScale::Log;
    chart.x.name = tr("arithmetic intensity, FLOP a byte");
    chart.empty = tr("No case of this choice has a place under a roof.");
    std::vector<double> rates;
    std::vector<double> intensities;
    for (const auto& source : sources)
    {
        for (const auto* row : source.rows())
        {
            rates.push_back(row->roofline->flopsPerSecond);
            intensities.push_back(row->roofline->flopsPerByte);
        }
    }
    const auto roofs = roofsOf(sources);
    for (const auto& roof : roofs)
    {
        rates.push_back(roof.flopsPerSecond);
        intensities.push_back(roof.flopsPerSecond / roof.bytesPerSecond);
    }
    if (sources.empty() || intensities.empty())
    {
        return chart;
    }
    const ChartUnit unit = metricUnit(rates, QStringLiteral("FLOP/s"));
    chart.unit = tr("%1, log, higher is better").arg(unit.name);
    const auto [left, right] = paddedRange(AxisScale::Log, intensities, 0.15);
    chart.x.from = left;
    chart.x.to = right;
    addRoofs(chart, roofs, left, right, unit);
    for (std::size_t i = 0; i < sources.size(); ++i)
    {
        for (const auto* row : sources[i].rows())
        {
            const QString key = backendKey(row->measured.backend);
            const QString group = sources.size() > 1 ? reportKey(i) : QString();
            auto series = std::find_if(chart.series.begin(), chart.series.end(),
                                       [&](const ChartSeries& one) { return one.key == key && one.group == group; });
            if (series == chart.series.end())
            {
                ChartSeries made;
                made.key = key;
                made.group = group;
                made.name = sources.size() > 1 ? tr("%1, %2").arg(backendName(row->measured.backend), sources[i].name)
                                               : backendName(row->measured.backend);
                made.ink = row->measured.backend;
                made.marker = markerOf(row->measured.backend);
                made.kind = SeriesKind::Points;
                made.muted = i > 0;
                made.size = markerSizeOf(i);
                series = chart.series.insert(chart.series.end(), made);
            }
            series->points.push_back(pointOf(*sources[i].report, *row, i == 0, unit));
        }
    }
    chart.placeText = [](const ChartPoint& point)
    { return tr("%1 FLOP a byte").arg(tickLabel(std::round(point.x * 100) / 100)); };
    chart.valueText = [unit](const ChartPoint& point)
    { return QString::fromStdString(Format().metric(point.y * unit.size, "FLOP/s")); };
    return chart;
}

bool hasMeasuredRoof(const RooflineSource& source)
{
    const auto& peaks = source.report->peaks;
    return peaks && peaks->copy && findMatmul(*peaks, source.dtype) != nullptr;
}

std::vector<LegendEntry> rooflineLegend(const std::vector<RooflineSource>& sources)
{
    std::vector<LegendEntry> entries;
    for (const auto& source : sources)
    {
        for (const auto* row : source.rows())
        {
            const QString key = backendKey(row->measured.backend);
            if (std::none_of(entries.begin(), entries.end(),
                             [&](const LegendEntry& entry) { return entry.key == key; }))
            {
                entries.push_back({key,
                                   backendName(row->measured.backend),
                                   row->measured.backend,
                                   markerOf(row->measured.backend),
                                   LineStyle::None,
                                   {}});
            }
        }
    }
    std::stable_sort(entries.begin(), entries.end(),
                     [](const LegendEntry& left, const LegendEntry& right)
                     { return backendRank(*left.ink.backend) < backendRank(*right.ink.backend); });
    for (const auto& roof : roofsOf(sources))
    {
        entries.push_back({roof.key, tr("roof, %1").arg(roof.name), roof.ink, Marker::None, roof.style, {}});
    }
    addReportEntries(entries, namesOf(sources), ReportLook::Hollow);
    return entries;
}

std::vector<const CaseReport*> bestUnderRoof(const RooflineSource& source)
{
    std::vector<const CaseReport*> best;
    for (const auto* row : source.rows())
    {
        if (!row->roofline->shareOfAttainable || !whyUnranked(*row).empty())
        {
            continue;
        }
        const auto found =
            std::find_if(best.begin(), best.end(),
                         [&](const CaseReport* other) { return other->measured.backend == row->measured.backend; });
        if (found == best.end())
        {
            best.push_back(row);
        }
        else if (*row->roofline->shareOfAttainable > *(*found)->roofline->shareOfAttainable)
        {
            *found = row;
        }
    }
    std::stable_sort(best.begin(), best.end(),
                     [](const CaseReport* left, const CaseReport* right)
                     { return *left->roofline->shareOfAttainable > *right->roofline->shareOfAttainable; });
    return best;
}

QString headroomWords(const Roofline& roofline)
{
    const Format format;
    if (!roofline.shareOfAttainable || *roofline.shareOfAttainable <= 0)
    {
        return tr("no measured roof to hold it against");
    }
    const double share = *roofline.shareOfAttainable;
    const QString percent = QString::fromStdString(format.percent(share));
    const QString bound = !roofline.boundBy                    ? QString()
                          : *roofline.boundBy == Roof::Compute ? tr(", bound by arithmetic")
                                                               : tr(", bound by memory");
    if (share >= 1)
    {
        return tr("%1 of the measured roof%2: nothing is left").arg(percent, bound);
    }
    return tr("%1 of what is attainable here%2: %3 is left")
        .arg(percent, bound, QString::fromStdString(format.ratio(1 / share)));
}

} // namespace headroom::ui
