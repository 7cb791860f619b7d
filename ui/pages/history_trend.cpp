// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/history_trend.h"

#include "core/report/format.h"
#include "core/report/unlike_circumstances.h"
#include "ui/charts/chart_view.h"
#include "ui/models/chart_unit.h"
#include "ui/models/history_table_model.h"
#include "ui/models/report_words.h"
#include "ui/theme/theme.h"
#include "ui/widgets/label.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/table_grid.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace headroom::ui
{
namespace
{

constexpr std::size_t kMostCases = 1000;    ///< to choose from
constexpr std::size_t kMostMarkers = 80;    ///< of the line: more would hide it
constexpr std::size_t kMostDateTicks = 6;   ///< below the chart
constexpr std::size_t kMostDifferences = 4; ///< of one change
constexpr std::size_t kMostChanges = 12;

QString dateOf(const std::string& utc)
{
    return textOf(utc).left(10);
}

/// "1.8 % slower", of the time.
QString changeText(const ChangePoint& change)
{
    const Format format;
    return change.ratio > 1 ? HistoryTrend::tr("%1 slower").arg(textOf(format.percent(change.ratio - 1)))
                            : HistoryTrend::tr("%1 faster").arg(textOf(format.percent(1 / change.ratio - 1)));
}

std::string reasonsOf(const TrendChange& change)
{
    QStringList reasons;
    if (change.ranBefore != change.ranAfter)
    {
        reasons << HistoryTrend::tr("%1 ran, and %2 before").arg(textOf(change.ranAfter), textOf(change.ranBefore));
    }
    for (std::size_t at = 0; at < std::min(kMostDifferences, change.differences.size()); ++at)
    {
        const CircumstanceDifference& difference = change.differences[at];
        const auto valueOf = [&](const std::string& value)
        { return textOf(circumstanceValue(difference.name, value, Format())); };
        reasons << QStringLiteral("%1: %2 → %3")
                       .arg(textOf(circumstanceName(difference.name)), valueOf(difference.first),
                            valueOf(difference.second));
    }
    if (change.differences.size() > kMostDifferences)
    {
        reasons << HistoryTrend::tr("%1 more").arg(change.differences.size() - kMostDifferences);
    }
    if (!change.unknown.empty())
    {
        reasons << textOf(change.unknown);
    }
    return reasons.isEmpty() ? HistoryTrend::tr("nothing that is recorded").toStdString()
                             : reasons.join(QStringLiteral(" · ")).toStdString();
}

/// Dates at a few of the points.
std::vector<AxisTick> dateTicks(const std::vector<DatedFigure>& points)
{
    std::vector<AxisTick> ticks;
    const std::size_t step = std::max<std::size_t>(1, (points.size() + kMostDateTicks - 1) / kMostDateTicks);
    for (std::size_t at = 0; at < points.size(); at += step)
    {
        ticks.push_back({static_cast<double>(at), dateOf(points[at].startedUtc)});
    }
    return ticks;
}

} // namespace

ChartData trendChart(const Trend& trend)
{
    ChartData data;
    data.title = HistoryTrend::tr("Device time, run by run");
    data.empty = HistoryTrend::tr("No run that the line above lets pass has a figure of this case.");
    std::vector<double> medians;
    for (const DatedFigure& point : trend.points)
    {
        medians.push_back(point.figure.medianNs);
    }
    const ChartUnit unit = timeUnit(medians);
    data.unit = HistoryTrend::tr("%1, median with 95 % interval, lower is better").arg(unit.name);
    data.x.ticks = dateTicks(trend.points);
    ChartSeries series;
    series.key = QStringLiteral("trend");
    series.name = textOf(trend.title);
    series.ink = trend.points.empty() ? Ink(InkRole::Accent) : Ink(trend.points.back().figure.backend);
    series.markers = trend.points.size() <= kMostMarkers;
    for (std::size_t at = 0; at < trend.points.size(); ++at)
    {
        const RunFigure& figure = trend.points[at].figure;
        ChartPoint point;
        point.x = static_cast<double>(at);
        point.y = figure.medianNs / unit.size;
        if (figure.intervalNs)
        {
            point.low = figure.intervalNs->low / unit.size;
            point.high = figure.intervalNs->high / unit.size;
        }
        point.n = figure.n;
        point.clockMhz = figure.smMhz.value_or(kNone);
        point.note = localTime(trend.points[at].startedUtc);
        series.points.push_back(std::move(point));
    }
    data.series.push_back(std::move(series));
    for (const TrendChange& change : trend.changes)
    {
        ReferenceLine line;
        line.orientation = Qt::Vertical;
        line.at = static_cast<double>(change.point.index) - 0.5;
        line.text = changeText(change.point);
        line.ink = change.point.ratio > 1 ? InkRole::Bad : InkRole::Good;
        data.lines.push_back(std::move(line));
    }
    data.placeText = [](const ChartPoint& point) { return point.note; };
    data.valueText = [size = unit.size](const ChartPoint& point)
    {
        const std::optional<Interval> interval =
            point.low == point.low ? std::optional(Interval{point.low * size, point.high * size}) : std::nullopt;
        return textOf(Format().duration(point.y * size, interval));
    };
    return data;
}

HistoryTrend::HistoryTrend(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_case(new QComboBox), m_sentence(new Label(theme, TextRole::Note)),
      m_chart(new ChartView(theme)), m_changePanel(new Panel(tr("What changed there"), {}, theme)),
      m_changes(new TableGrid(theme))
{
    m_case->setObjectName(QStringLiteral("trendCase"));
    m_case->setAccessibleName(tr("The case that is followed"));
    m_case->setToolTip(tr("A case with its figures in how many runs"));
    m_case->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_case->setMinimumContentsLength(30);
    m_sentence->setObjectName(QStringLiteral("trendSentence"));
    m_sentence->setWordWrap(true);
    m_chart->setObjectName(QStringLiteral("trendChart"));
    m_chart->setMinimumHeight(theme.space(50));
    m_changes->setObjectName(QStringLiteral("trendChanges"));
    m_changePanel->body()->addWidget(m_changes);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.space(2));
    column->addWidget(m_case);
    column->addWidget(m_sentence);
    column->addWidget(m_chart, 1);
    column->addWidget(m_changePanel);
    connect(m_case, &QComboBox::currentIndexChanged, this, &HistoryTrend::caseChosen);
    connect(m_chart, &ChartView::pointActivated, this,
            [this](std::size_t, std::size_t point)
            {
                if (m_trend && point < m_trend->points.size())
                {
                    Q_EMIT runActivated(m_trend->points[point].file);
                }
            });
    setTrend(std::make_shared<const Trend>());
}

void HistoryTrend::setCases(const std::vector<IndexedCase>& cases)
{
    const QSignalBlocker quiet(m_case);
    const QString chosen = m_case->currentData().toString();
    m_case->clear();
    for (std::size_t at = 0; at < std::min(kMostCases, cases.size()); ++at)
    {
        const IndexedCase& one = cases[at];
        m_case->addItem(QStringLiteral("%1 · %2").arg(textOf(one.title), textOf(Format().plural(one.runs, "run"))),
                        textOf(one.caseId));
    }
    m_case->setCurrentIndex(std::max(cases.empty() ? -1 : 0, m_case->findData(chosen)));
}

std::string HistoryTrend::caseId() const
{
    return m_case->currentData().toString().toStdString();
}

void HistoryTrend::setTrend(const std::shared_ptr<const Trend>& trend)
{
    m_trend = trend;
    m_chart->setData(trendChart(*trend));
    const Format format;
    const auto runs = static_cast<std::int64_t>(trend->points.size());
    const auto changes = static_cast<std::int64_t>(trend->changes.size());
    QString sentence = runs == 0      ? QString()
                       : changes == 0 ? tr("%1 on %2, and no change of level that the rule finds.")
                                            .arg(textOf(format.plural(runs, "run")), textOf(trend->device))
                                      : tr("%1 on %2: the level changed %3.")
                                            .arg(textOf(format.plural(runs, "run")), textOf(trend->device),
                                                 changes == 1 ? tr("once") : textOf(format.plural(changes, "time")));
    if (trend->otherDevices > 0)
    {
        sentence += tr(" %1 of other devices are left out.").arg(textOf(format.count(trend->otherDevices)));
    }
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    showChanges();
}

void HistoryTrend::showChanges()
{
    Table table;
    table.title = "What changed there";
    table.columns = {{"from"}, {"time"}, {"and then"}};
    for (const TrendChange& change : m_trend->changes)
    {
        const Tone tone = change.point.ratio > 1 ? Tone::Bad : Tone::Good;
        table.rows.push_back({localTime(m_trend->points[change.point.index].startedUtc).toStdString(),
                              Cell(changeText(change.point).toStdString(), tone), reasonsOf(change)});
    }
    m_changePanel->setVisible(!table.rows.empty());
    m_changes->setTable(table, kMostChanges);
}

} // namespace headroom::ui
