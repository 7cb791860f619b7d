// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview_charts.h"

#include "core/measure/statistics.h"
#include "core/report/audit_trials.h"
#include "core/report/case_cells.h"
#include "core/report/queries.h"
#include "core/report/shared_cases.h"
#include "core/report/summary.h"
#include "ui/models/chart_unit.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/accuracy_charts.h"
#include "ui/models/rival_names.h"
#include "ui/pages/report_legend.h"
#include "ui/pages/overview_figures.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

namespace headroom::ui
{
namespace
{

/// LibTorch's choice is what an audit judges, and times a whole model with.
constexpr std::array kBackends{Backend::Cudnn, Backend::Flash, Backend::MemoryEfficient,
                               Backend::Math,  Backend::Naive, Backend::Default};
constexpr double kRoomForValues = 0.45; ///< behind the longest bar or whisker, of its length
constexpr double kFarApart = 20;        ///< times that differ by more are not read on a linear axis
constexpr double kAboveTheRing = 0.15;  ///< of a row: a bar that shares it with the rings of other reports
constexpr double kBelowTheBar = 0.32;   ///< of a row: those rings
constexpr std::array<std::string_view, 5> kTensors{"O", "LSE", "dQ", "dK", "dV"};

QString tr(const char* text)
{
    return QCoreApplication::translate("OverviewPage", text);
}

ChartPoint barOf(const Report& report, const CaseReport& row, double y, const ChartUnit& unit)
{
    ChartPoint point;
    point.x = row.device->medianNs / unit.size;
    point.y = y;
    if (const auto& interval = row.device->medianIntervalNs)
    {
        point.low = interval->low / unit.size;
        point.high = interval->high / unit.size;
    }
    point.n = row.device->n;
    point.note = textOf(whyUnranked(row));
    const Figure figure = medianOf(report, row);
    point.figureSource = figure.source;
    point.figureValue = figure.value.toDouble();
    return point;
}

ChartPoint barSoFar(const CaseReport& row, double y, const ChartUnit& unit)
{
    ChartPoint point;
    point.x = row.device->medianNs / unit.size;
    point.y = y;
    point.n = row.device->n;
    point.note = tr("its job goes on");
    return point;
}

QString whyMissing(const CaseReport& row)
{
    return textOf(whyEmpty(row));
}

/// One a backend, in their order, of the cases of \a job; of a trial the call as it is and as it is changed.
std::vector<const CaseReport*> rowsOfJob(const Report& report, const std::string& job)
{
    std::vector<const CaseReport*> rows;
    const auto cases = casesOfJob(report, job);
    if (isTrial(report, job))
    {
        return cases;
    }
    for (const Backend backend : kBackends)
    {
        const auto found = std::find_if(cases.begin(), cases.end(),
                                        [&](const CaseReport* row) { return row->measured.backend == backend; });
        if (found != cases.end())
        {
            rows.push_back(*found);
        }
    }
    return rows;
}

/// The rows of the chart, with their cases.
std::vector<const CaseReport*> rowsOf(const Report& report)
{
    const auto* main = mainCase(report);
    return main == nullptr ? std::vector<const CaseReport*>() : rowsOfJob(report, main->jobId);
}

/// The same of the job in flight, each with the median of the samples that are there so far. Empty where no run is in
/// flight, or its job has timed nothing yet.
std::vector<CaseReport> rowsSoFar(const OpenReport& open)
{
    std::vector<CaseReport> rows;
    const auto* job = jobInFlight(*open.report);
    if (!open.live || job == nullptr)
    {
        return rows;
    }
    for (const auto* row : rowsOfJob(*open.report, job->id))
    {
        CaseReport shown;
        shown.measured = row->measured;
        shown.jobId = row->jobId;
        shown.outcome = row->outcome;
        shown.cause = row->cause;
        shown.reason = row->reason;
        if (const auto middle = median(row->deviceNs))
        {
            shown.device.emplace();
            shown.device->n = static_cast<std::int64_t>(row->deviceNs.size());
            shown.device->medianNs = *middle;
        }
        rows.push_back(std::move(shown));
    }
    const bool any = std::ranges::any_of(rows, [](const CaseReport& row) { return row.device.has_value(); });
    return any ? rows : std::vector<CaseReport>();
}

double usedOf(const Judgement& judgement, const TensorJudgement& tensor)
{
    return JudgedTensor{&judgement, &tensor}.shareOfAllowed().value_or(kNone);
}

/// The judgement of \a backend in which \a tensor comes nearest to what it may be off.
std::pair<const Judgement*, const TensorJudgement*> worstOf(const Report& report, Backend backend,
                                                            std::string_view tensor)
{
    std::pair<const Judgement*, const TensorJudgement*> worst{nullptr, nullptr};
    for (const auto& judgement : report.judgements)
    {
        if (judgement.scope != JudgementScope::AttentionCall || judgement.backend != backend)
        {
            continue;
        }
        for (const auto& one : judgement.tensors)
        {
            if (one.tensor == tensor && std::isfinite(usedOf(judgement, one)) &&
                (worst.second == nullptr || usedOf(judgement, one) > usedOf(*worst.first, *worst.second)))
            {
                worst = {&judgement, &one};
            }
        }
    }
    return worst;
}

ChartSeries errorsOf(const Report& report, Backend backend, double offset)
{
    ChartSeries series;
    series.key = textOf(toString(backend));
    series.name = backendName(backend);
    series.ink = backend;
    series.marker = markerOf(backend);
    series.kind = SeriesKind::Points;
    for (std::size_t at = 0; at < kTensors.size(); ++at)
    {
        const auto [judgement, tensor] = worstOf(report, backend, kTensors[at]);
        if (tensor == nullptr)
        {
            continue;
        }
        ChartPoint point;
        point.x = usedOf(*judgement, *tensor);
        point.y = static_cast<double>(at) + offset;
        point.note = textOf(judgement->path);
        const bool byMean = isNearerByMean(*tensor);
        point.figureSource = tensorPath(report, *judgement, *tensor, byMean ? "/errors/meanError" : "/errors/maxError");
        point.figureValue = byMean ? tensor->errors.meanError : tensor->errors.maxError;
        series.points.push_back(point);
    }
    return series;
}

/// Of a report that is not in front: a ring, and no figure of the front's JSON.
void asRing(ChartSeries& series, const ReportSet& reports, std::size_t report)
{
    series.group = reportKey(report);
    series.name = tr("%1, %2").arg(series.name, reports.reports[report].name);
    series.muted = true;
    series.size = markerSizeOf(report);
    for (auto& point : series.points)
    {
        point.figureSource.clear();
        point.figureValue = kNone;
    }
}

/// A case of another report that is the same as one of the bars.
struct OtherCase
{
    const ReportSet* reports = nullptr;
    std::size_t report = 0;
    const CaseReport* row = nullptr;
    double y = 0; ///< of its row
};

std::vector<OtherCase> sameInOthers(const ReportSet& reports, const std::vector<const CaseReport*>& rows)
{
    std::vector<OtherCase> found;
    for (std::size_t at = 0; at < rows.size() && reports.reports.size() > 1; ++at)
    {
        const std::string id = meetingId(rows[at]->measured);
        for (std::size_t report = 1; report < reports.reports.size(); ++report)
        {
            const auto& cases = reports.reports[report].report->cases;
            const auto same = std::find_if(cases.begin(), cases.end(),
                                           [&](const CaseReport& row) {
                                               return row.device &&
                                                      row.measured.backend == rows[at]->measured.backend &&
                                                      meetingId(row.measured) == id;
                                           });
            if (same != cases.end())
            {
                found.push_back({&reports, report, &*same, static_cast<double>(at)});
            }
        }
    }
    return found;
}

ChartSeries ringOf(const OtherCase& other, const ChartUnit& unit)
{
    const Report& report = *other.reports->reports[other.report].report;
    ChartSeries series;
    series.key = textOf(toString(other.row->measured.backend));
    series.name = backendName(other.row->measured.backend);
    series.ink = other.row->measured.backend;
    series.kind = SeriesKind::Points;
    series.points.push_back(barOf(report, *other.row, other.y + kBelowTheBar, unit));
    asRing(series, *other.reports, other.report);
    return series;
}

/// Says what the rings are of.
void nameRings(ChartData& data, const ReportSet& reports)
{
    QStringList names;
    for (std::size_t at = 1; at < reports.reports.size(); ++at)
    {
        const QString group = reportKey(at);
        if (std::any_of(data.series.begin(), data.series.end(),
                        [&](const ChartSeries& series) { return series.group == group; }))
        {
            names << reports.reports[at].name;
        }
    }
    if (!names.isEmpty())
    {
        data.unit += (names.size() > 1 ? tr("; rings, from small to large: %1") : tr("; rings: %1"))
                         .arg(names.join(QStringLiteral(", ")));
    }
}

/// The axis of times, wide enough for all intervals and the words behind them. Logarithmic where another report is far
/// from the bars: on a linear axis its rings, or the bars, would all lie at 0. Returns the unit of the times.
ChartUnit setTimeAxis(ChartData& data, const std::vector<const CaseReport*>& rows, const std::vector<OtherCase>& others)
{
    std::vector<const CaseReport*> timed;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(timed),
                 [](const CaseReport* row) { return row->device.has_value(); });
    std::transform(others.begin(), others.end(), std::back_inserter(timed),
                   [](const OtherCase& other) { return other.row; });
    std::vector<double> medians;
    double least = std::numeric_limits<double>::infinity();
    double most = 0;
    for (const auto* row : timed)
    {
        const double median = row->device->medianNs;
        const Interval interval = row->device->medianIntervalNs.value_or(Interval{median, median});
        medians.push_back(median);
        least = std::min({least, median, interval.low});
        most = std::max({most, median, interval.high});
    }
    std::sort(medians.begin(), medians.end());
    const bool log = !others.empty() && least > 0 && medians.back() > kFarApart * medians.front();
    const ChartUnit unit = log || medians.empty() ? timeUnit(medians) : timeUnit(std::span(&medians.back(), 1));
    data.unit = medians.empty() ? QString()
                                : (log ? tr("%1, log, median with 95 % interval, lower is better")
                                       : tr("%1, median with 95 % interval, lower is better"))
                                      .arg(unit.name);
    data.x.scale = log ? AxisScale::Log : AxisScale::Linear;
    data.x.zero = !log;
    data.x.labels = log; // bars do not begin at 0
    data.x.grid = log;
    const double left = log ? placeOf(data.x.scale, least / unit.size / 2) : 0; // the shortest is a bar, too
    const double right = placeOf(data.x.scale, most / unit.size);
    data.x.from = valueAt(data.x.scale, left);
    data.x.to = most > 0 ? valueAt(data.x.scale, right + kRoomForValues * (right - left)) : 1;
    return unit;
}

QString timeText(const ChartPoint& point, const ChartUnit& unit)
{
    const std::optional<Interval> interval =
        std::isfinite(point.low) ? std::optional(Interval{point.low * unit.size, point.high * unit.size})
                                 : std::nullopt;
    return textOf(Format().duration(point.x * unit.size, interval));
}

/// "Forward by backend", and of one of many comparisons which one it is.
QString barsTitle(const Report& report, const Case& measured)
{
    const QString pass = passName(measured.pass);
    if (measured.captured)
    {
        return tr("%1 of the call as it is and changed").arg(pass);
    }
    const auto* call = std::get_if<AttentionProblem>(&measured.subject);
    return call == nullptr || report.fastest.size() <= 1 ? tr("%1 by backend").arg(pass)
                                                         : tr("%1: %2").arg(pass, shapeWords(*call));
}

} // namespace

ChartData timeByBackend(const ReportSet& reports)
{
    const Report& report = *reports.front().report;
    ChartData data;
    data.title = tr("Time by backend");
    data.empty = tr("A bar for each backend, as soon as two were compared.");
    data.y.rows = true;
    data.y.grid = false;
    data.valueLabels = true;
    data.hover = HoverMode::Nearest;
    const auto soFar = rowsSoFar(reports.front());
    std::vector<const CaseReport*> rows;
    std::ranges::transform(soFar, std::back_inserter(rows), [](const CaseReport& row) { return &row; });
    rows = soFar.empty() ? rowsOf(report) : rows;
    const auto others = soFar.empty() ? sameInOthers(reports, rows) : std::vector<OtherCase>();
    const ChartUnit unit = setTimeAxis(data, rows, others);
    data.valueText = [unit](const ChartPoint& point) { return timeText(point, unit); };
    data.valueBrief = [unit](const ChartPoint& point) { return textOf(Format().duration(point.x * unit.size)); };
    if (!rows.empty())
    {
        data.title = barsTitle(report, rows.front()->measured);
    }
    if (!soFar.empty())
    {
        data.unit = tr("%1, median of the samples so far").arg(unit.name);
    }
    for (std::size_t at = 0; at < rows.size(); ++at)
    {
        const CaseReport& row = *rows[at];
        const double y = static_cast<double>(at) - (others.empty() ? 0 : kAboveTheRing);
        data.y.ticks.push_back({y, rivalName(report, row)});
        if (!row.device)
        {
            ChartMark mark;
            mark.key = textOf(toString(row.measured.backend));
            mark.x = *data.x.from;
            mark.y = y;
            const bool waits = !soFar.empty() && row.outcome == Outcome::Cancelled; // until its job has finished
            mark.text = waits ? tr("its turn comes") : whyMissing(row);
            mark.ink = waits ? InkRole::Secondary : InkRole::Bad;
            mark.detail = textOf(row.reason);
            data.marks.push_back(mark);
            continue;
        }
        ChartSeries series;
        series.key = textOf(toString(row.measured.backend));
        series.name = rivalName(report, row);
        series.ink = row.measured.backend;
        series.kind = SeriesKind::Bars;
        series.muted = !soFar.empty() || !whyUnranked(row).empty();
        series.points.push_back(soFar.empty() ? barOf(report, row, y, unit) : barSoFar(row, y, unit));
        data.series.push_back(series);
    }
    for (const auto& other : others)
    {
        data.series.push_back(ringOf(other, unit));
    }
    nameRings(data, reports);
    return data;
}

ChartData errorByTensor(const ReportSet& reports)
{
    const Report& report = *reports.front().report;
    ChartData data;
    const auto dtype = mainDtype(report);
    data.title =
        dtype ? tr("How much of the error that %1 allows is used").arg(textOf(toString(*dtype))) : tr("Accuracy");
    data.unit = tr("share, left is better");
    data.empty = tr("A point for each backend and tensor, as soon as one was judged.");
    data.y.rows = true;
    data.x.zero = true;
    data.hover = HoverMode::Nearest;
    data.direct = false;
    for (std::size_t at = 0; at < kTensors.size(); ++at)
    {
        data.y.ticks.push_back({static_cast<double>(at), textOf(kTensors[at])});
    }
    double offset = -0.24;
    for (const Backend backend : kBackends)
    {
        auto series = errorsOf(report, backend, offset);
        if (series.points.empty() || backend == Backend::Naive)
        {
            continue;
        }
        data.series.push_back(std::move(series));
        for (std::size_t at = 1; at < reports.reports.size(); ++at)
        {
            auto other = errorsOf(*reports.reports[at].report, backend, offset + 0.05);
            asRing(other, reports, at);
            if (!other.points.empty())
            {
                data.series.push_back(std::move(other));
            }
        }
        offset += 0.16;
    }
    nameRings(data, reports);
    const Format format;
    data.valueText = [format](const ChartPoint& point) { return textOf(format.percent(point.x)); };
    data.placeText = [](const ChartPoint& point) { return point.note; };
    if (!data.series.empty())
    {
        ReferenceLine limit;
        limit.orientation = Qt::Vertical;
        limit.at = 1;
        limit.text = tr("limit");
        limit.ink = InkRole::Bad;
        limit.style = LineStyle::Solid;
        data.lines.push_back(limit);
    }
    return data;
}

} // namespace headroom::ui
