// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/accuracy_charts.h"

#include "core/report/format.h"
#include "ui/models/figure_paths.h"
#include "ui/models/report_words.h"
#include "ui/pages/report_legend.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace headroom::ui
{
namespace
{

QString tr(const char* text)
{
    return QCoreApplication::translate("AccuracyCharts", text);
}

QString scopeName(JudgementScope scope)
{
    switch (scope)
    {
    case JudgementScope::AttentionCall:
        return tr("attention calls");
    case JudgementScope::WholeModel:
        return tr("whole model");
    case JudgementScope::Autocast:
        return tr("under autocast");
    case JudgementScope::Compiled:
        return tr("compiled");
    }
    return {};
}

/// O, LSE, dQ, dK, dV, then the rest.
int tensorRank(const std::string& tensor)
{
    static constexpr std::array<std::string_view, 5> kOrder{"O", "LSE", "dQ", "dK", "dV"};
    return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), tensor) - kOrder.begin());
}

double shareOrNone(const JudgedTensor& judged)
{
    return judged.shareOfAllowed().value_or(-1);
}

/// The tensors of all \a sources, in their order, without repetition.
std::vector<std::string> tensorsOf(const std::vector<AccuracySource>& sources)
{
    std::vector<std::string> names;
    for (const auto& source : sources)
    {
        for (const auto& judged : worstOf(source.scope))
        {
            if (std::find(names.begin(), names.end(), judged.tensor->tensor) == names.end())
            {
                names.push_back(judged.tensor->tensor);
            }
        }
    }
    std::stable_sort(names.begin(), names.end(),
                     [](const std::string& left, const std::string& right)
                     { return tensorRank(left) < tensorRank(right); });
    return names;
}

std::vector<Backend> backendsOf(const std::vector<AccuracySource>& sources)
{
    std::vector<Backend> backends;
    for (const auto& source : sources)
    {
        for (const auto* judgement : source.scope.judgements)
        {
            if (std::find(backends.begin(), backends.end(), judgement->backend) == backends.end())
            {
                backends.push_back(judgement->backend);
            }
        }
    }
    std::sort(backends.begin(), backends.end(),
              [](Backend left, Backend right) { return backendRank(left) < backendRank(right); });
    return backends;
}

QString placeName(const Judgement& judgement)
{
    return judgement.path.empty() ? QString() : QString::fromStdString(judgement.path);
}

QString errorWords(const TensorJudgement& tensor)
{
    const Format format;
    return tr("error %1, allowed %2, yardstick %3")
        .arg(QString::fromStdString(format.error(tensor.errors.maxError)),
             QString::fromStdString(format.error(tensor.allowedMax)),
             QString::fromStdString(format.error(tensor.yardstick.maxError)));
}

/// A dot plot of the worst tensors by \a value; \a below is the figure that it is made of.
template <typename ValueOf>
ChartData dotPlot(const std::vector<AccuracySource>& sources, const char* below, const ValueOf& valueOf)
{
    ChartData chart;
    chart.hover = HoverMode::Nearest;
    chart.y.rows = true;
    chart.y.grid = false;
    chart.empty = tr("Nothing was judged.");
    const auto tensors = tensorsOf(sources);
    const auto backends = backendsOf(sources);
    for (std::size_t row = 0; row < tensors.size(); ++row)
    {
        chart.y.ticks.push_back({static_cast<double>(row), QString::fromStdString(tensors[row])});
    }
    for (std::size_t index = 0; index < sources.size(); ++index)
    {
        for (std::size_t place = 0; place < backends.size(); ++place)
        {
            ChartSeries series;
            series.key = backendKey(backends[place]);
            series.group = sources.size() > 1 ? reportKey(index) : QString();
            series.name = sources.size() > 1 ? tr("%1, %2").arg(backendName(backends[place]), sources[index].name)
                                             : backendName(backends[place]);
            series.ink = backends[place];
            series.marker = markerOf(backends[place]);
            series.kind = SeriesKind::Points;
            series.muted = index > 0; // hollow: of another report
            series.size = markerSizeOf(index);
            const double lanes = static_cast<double>(backends.size() * sources.size());
            const double lane = static_cast<double>(place * sources.size() + index);
            for (const auto& judged : worstOf(sources[index].scope))
            {
                const double value = valueOf(judged);
                if (judged.judgement->backend != backends[place] || !std::isfinite(value))
                {
                    continue;
                }
                const auto row = std::find(tensors.begin(), tensors.end(), judged.tensor->tensor) - tensors.begin();
                ChartPoint point;
                point.x = value;
                point.y = static_cast<double>(row) + (lane + 0.5) / lanes * 0.7 - 0.35;
                point.note = errorWords(*judged.tensor);
                if (!judged.judgement->path.empty())
                {
                    point.note = placeName(*judged.judgement) + QStringLiteral(": ") + point.note;
                }
                if (index == 0)
                {
                    point.figureSource = tensorPath(*sources[index].report, *judged.judgement, *judged.tensor, below);
                    point.figureValue = QLatin1String(below) == QLatin1String("/ratio")
                                            ? judged.tensor->ratio
                                            : judged.tensor->errors.maxError;
                }
                series.points.push_back(point);
            }
            if (!series.points.empty())
            {
                chart.series.push_back(std::move(series));
            }
        }
    }
    chart.placeText = [tensors](const ChartPoint& point)
    {
        const auto row = static_cast<std::size_t>(std::max(0.0, std::round(point.y)));
        return row < tensors.size() ? QString::fromStdString(tensors[row]) : QString();
    };
    return chart;
}

void addLimit(ChartData& chart, double at, const QString& text)
{
    ReferenceLine limit;
    limit.orientation = Qt::Vertical;
    limit.at = at;
    limit.text = text;
    limit.ink = InkRole::Bad;
    limit.style = LineStyle::Solid;
    chart.lines.push_back(limit);
}

double shareOf(double error, double allowed)
{
    return allowed > 0 ? error / allowed : (error > 0 ? std::numeric_limits<double>::infinity() : 0.0);
}

} // namespace

double allowedLargestOf(const TensorJudgement& tensor)
{
    return std::min(tensor.allowedMax, tensor.absoluteLimit.value_or(tensor.allowedMax));
}

bool isNearerByMean(const TensorJudgement& tensor)
{
    return shareOf(tensor.errors.meanError, tensor.allowedMean) >
           shareOf(tensor.errors.maxError, allowedLargestOf(tensor));
}

std::optional<double> JudgedTensor::shareOfAllowed() const
{
    if (tensor->verdict == AccuracyVerdict::Unverified)
    {
        return std::nullopt;
    }
    if (tensor->verdict == AccuracyVerdict::NotFinite)
    {
        return std::numeric_limits<double>::infinity();
    }
    return std::max(shareOf(tensor->errors.maxError, allowedLargestOf(*tensor)),
                    shareOf(tensor->errors.meanError, tensor->allowedMean));
}

std::vector<AccuracyScope> accuracyScopesOf(const Report& report)
{
    std::vector<AccuracyScope> scopes;
    for (const auto& judgement : report.judgements)
    {
        auto found = std::find_if(scopes.begin(), scopes.end(),
                                  [&](const AccuracyScope& scope) { return scope.scope == judgement.scope; });
        if (found == scopes.end())
        {
            found = scopes.insert(scopes.end(), {judgement.scope, scopeName(judgement.scope), {}});
        }
        found->judgements.push_back(&judgement);
    }
    std::stable_sort(scopes.begin(), scopes.end(),
                     [](const AccuracyScope& left, const AccuracyScope& right) { return left.scope < right.scope; });
    return scopes;
}

std::vector<JudgedTensor> worstOf(const AccuracyScope& scope)
{
    std::vector<JudgedTensor> worst;
    for (const auto* judgement : scope.judgements)
    {
        for (const auto& tensor : judgement->tensors)
        {
            const JudgedTensor judged{judgement, &tensor};
            const auto found = std::find_if(worst.begin(), worst.end(),
                                            [&](const JudgedTensor& other) {
                                                return other.judgement->backend == judgement->backend &&
                                                       other.tensor->tensor == tensor.tensor;
                                            });
            if (found == worst.end())
            {
                worst.push_back(judged);
            }
            else if (shareOrNone(judged) > shareOrNone(*found))
            {
                *found = judged;
            }
        }
    }
    std::stable_sort(worst.begin(), worst.end(),
                     [](const JudgedTensor& left, const JudgedTensor& right)
                     { return tensorRank(left.tensor->tensor) < tensorRank(right.tensor->tensor); });
    return worst;
}

std::optional<JudgedTensor> worstOfAll(const AccuracyScope& scope)
{
    std::optional<JudgedTensor> worst;
    for (const auto& judged : worstOf(scope))
    {
        if (judged.shareOfAllowed() && (!worst || shareOrNone(judged) > shareOrNone(*worst)))
        {
            worst = judged;
        }
    }
    return worst;
}

ChartData headroomChart(const std::vector<AccuracySource>& sources)
{
    ChartData chart = dotPlot(sources, "/errors/maxError",
                              [](const JudgedTensor& judged) { return judged.shareOfAllowed().value_or(kNone) * 100; });
    chart.title = tr("How much of the allowed error is used");
    chart.unit = tr("%, lower is better, where each is worst");
    chart.x.zero = true;
    addLimit(chart, 100, tr("limit"));
    chart.valueText = [](const ChartPoint& point)
    { return tr("%1 used").arg(QString::fromStdString(Format().percent(point.x / 100))); };
    return chart;
}

ChartData yardstickChart(const std::vector<AccuracySource>& sources)
{
    ChartData chart = dotPlot(sources, "/ratio", [](const JudgedTensor& judged) { return judged.tensor->ratio; });
    chart.title = tr("Against naive attention in the same data type");
    chart.unit = tr("largest error ÷ yardstick's, lower is better");
    chart.x.zero = true;
    if (!sources.empty())
    {
        const double limit = sources.front().report->plan.accuracy.maxErrorRatio;
        addLimit(chart, limit, tr("%1, and the floor").arg(QString::fromStdString(Format().ratio(limit))));
    }
    chart.valueText = [](const ChartPoint& point) { return QString::fromStdString(Format().ratio(point.x)); };
    return chart;
}

ChartData placesChart(const AccuracySource& source)
{
    ChartData chart;
    chart.title = tr("Place by place");
    chart.unit = tr("% of the allowed error, worst tensor, lower is better");
    chart.y.zero = true;
    chart.empty = tr("There is one place alone.");
    std::vector<QString> names;
    std::vector<std::pair<Backend, ChartSeries>> lines;
    std::vector<std::int64_t> seen; // places of a backend so far, where places have no name
    for (const auto* judgement : source.scope.judgements)
    {
        auto line = std::find_if(lines.begin(), lines.end(),
                                 [&](const auto& entry) { return entry.first == judgement->backend; });
        if (line == lines.end())
        {
            ChartSeries series;
            series.key = backendKey(judgement->backend);
            series.name = backendName(judgement->backend);
            series.ink = judgement->backend;
            series.marker = markerOf(judgement->backend);
            line = lines.insert(lines.end(), {judgement->backend, series});
        }
        const TensorJudgement* worst = nullptr;
        double most = -1;
        for (const auto& tensor : judgement->tensors)
        {
            const double share = shareOrNone({judgement, &tensor});
            if (share > most)
            {
                most = share;
                worst = &tensor;
            }
        }
        const auto place = line->second.points.size();
        ChartPoint point;
        point.x = static_cast<double>(place + 1);
        point.y = worst != nullptr && std::isfinite(most) && most >= 0 ? most * 100 : kNone;
        if (worst != nullptr)
        {
            point.note = tr("%1: %2").arg(QString::fromStdString(worst->tensor), errorWords(*worst));
        }
        line->second.points.push_back(point);
        if (place >= names.size())
        {
            names.push_back(judgement->path.empty() ? tr("call %1").arg(place + 1) : placeName(*judgement));
        }
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const auto& left, const auto& right)
                     { return backendRank(left.first) < backendRank(right.first); });
    for (auto& [backend, series] : lines)
    {
        if (names.size() > 1)
        {
            chart.series.push_back(std::move(series));
        }
    }
    chart.x.name = source.scope.scope == JudgementScope::AttentionCall ? tr("attention call, in the order of judging")
                                                                       : tr("place");
    if (!chart.series.empty())
    {
        ReferenceLine limit;
        limit.at = 100;
        limit.text = tr("limit");
        limit.ink = InkRole::Bad;
        limit.style = LineStyle::Solid;
        chart.lines.push_back(limit);
    }
    for (std::size_t i = 0; i < names.size(); ++i)
    {
        chart.x.ticks.push_back({static_cast<double>(i + 1), QString::number(i + 1)});
    }
    chart.placeText = [names](const ChartPoint& point)
    {
        const auto place = static_cast<std::size_t>(point.x) - 1;
        return place < names.size() ? names[place] : QString();
    };
    chart.valueText = [](const ChartPoint& point)
    {
        return std::isfinite(point.y) ? tr("%1 used").arg(QString::fromStdString(Format().percent(point.y / 100)))
                                      : tr("not judged");
    };
    return chart;
}

std::vector<LegendEntry> accuracyLegend(const std::vector<AccuracySource>& sources)
{
    std::vector<LegendEntry> entries;
    for (const Backend backend : backendsOf(sources))
    {
        entries.push_back(
            {backendKey(backend), backendName(backend), backend, markerOf(backend), LineStyle::Solid, {}});
    }
    addReportEntries(entries, namesOf(sources), ReportLook::Hollow);
    return entries;
}

} // namespace headroom::ui
