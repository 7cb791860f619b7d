// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/monitor_page.h"

#include "core/report/format.h"
#include "ui/charts/chart_legend.h"
#include "ui/charts/chart_view.h"
#include "ui/pages/figure_list.h"
#include "ui/pages/report_legend.h"
#include "ui/widgets/panel.h"
#include "ui/widgets/sentence_header.h"

#include <QGridLayout>
#include <QVBoxLayout>

#include <cmath>

namespace headroom::ui
{
namespace
{

/// \a unit behind a whole number, or a dash.
QString reading(const std::optional<double>& value, const QString& unit)
{
    const Format format;
    return value ? QStringLiteral("%1 %2").arg(QString::fromStdString(format.count(std::llround(*value))), unit)
                 : QString::fromStdString(format.dash());
}

/// Of a GPU each line that NVML knows, with a dash where it does not answer; of a processor those that this one tells.
std::vector<FigureLine> latestLines(const Telemetry& telemetry, const QString& path, bool processor)
{
    const Format format;
    QStringList reasons;
    for (const auto& reason : telemetry.throttleReasons)
    {
        reasons << QString::fromStdString(reason);
    }
    const QString used = QString::fromStdString(format.bytes(telemetry.memoryUsedBytes));
    const QString busy = telemetry.utilisation ? QString::fromStdString(format.percent(*telemetry.utilisation))
                                               : QString::fromStdString(format.dash());
    const auto figure = [&](const char* member, const std::optional<double>& value) {
        return path.isEmpty() || !value ? Figure() : Figure{path + QLatin1String(member), *value};
    };
    std::vector<FigureLine> lines;
    const auto add = [&](const QString& name, const QString& text, const QString& tip, const char* member,
                         const std::optional<double>& value)
    {
        if (!processor || value)
        {
            lines.push_back({name, text, tip, figure(member, value), Tone::Plain});
        }
    };
    if (processor)
    {
        add(MonitorPage::tr("Clock"), reading(telemetry.processorClockMhz, QStringLiteral("MHz")),
            MonitorPage::tr("The mean over the processors."), "processorClockMhz", telemetry.processorClockMhz);
    }
    else
    {
        add(MonitorPage::tr("SM clock"), reading(telemetry.smClockMhz, QStringLiteral("MHz")),
            MonitorPage::tr("Of the multiprocessors: what arithmetic is timed by."), "smClockMhz",
            telemetry.smClockMhz);
        add(MonitorPage::tr("Memory clock"), reading(telemetry.memoryClockMhz, QStringLiteral("MHz")), {},
            "memoryClockMhz", telemetry.memoryClockMhz);
    }
    add(MonitorPage::tr("Power"), reading(telemetry.powerW, QStringLiteral("W")),
        processor ? MonitorPage::tr("Of the processors' packages, by their counters.")
                  : MonitorPage::tr("Of the whole board, as the driver reads it."),
        "powerW", telemetry.powerW);
    add(MonitorPage::tr("Temperature"), reading(telemetry.temperatureC, QStringLiteral("°C")), {}, "temperatureC",
        telemetry.temperatureC);
    add(MonitorPage::tr("Memory in use"), used,
        processor ? MonitorPage::tr("By all processes of the machine.")
                  : MonitorPage::tr("By all processes on the device."),
        "memoryUsedBytes", telemetry.memoryUsedBytes);
    add(MonitorPage::tr("Utilisation"), busy,
        processor ? MonitorPage::tr("Share of all processors' time since the reading before, by all processes.")
                  : MonitorPage::tr("Share of the last moments with a kernel running."),
        "utilisation", telemetry.utilisation);
    lines.push_back({MonitorPage::tr("Held back by"),
                     reasons.isEmpty() ? MonitorPage::tr("nothing") : reasons.join(QStringLiteral(", ")),
                     processor
                         ? MonitorPage::tr("Heat, or a hypervisor that gave the time to others.")
                         : MonitorPage::tr("Why the driver holds the clock down. Waiting without work is no limit."),
                     {},
                     reasons.isEmpty() ? Tone::Good : Tone::Caution});
    if (telemetry.otherProcesses)
    {
        lines.push_back(
            {MonitorPage::tr("Other processes"), QString::fromStdString(format.count(*telemetry.otherProcesses)),
             MonitorPage::tr("With a context on the device beside the worker: they disturb its times."),
             path.isEmpty()
                 ? Figure()
                 : Figure{path + QStringLiteral("otherProcesses"), static_cast<qlonglong>(*telemetry.otherProcesses)},
             *telemetry.otherProcesses > 0 ? Tone::Caution : Tone::Plain});
    }
    return lines;
}

} // namespace

MonitorPage::MonitorPage(const Theme& theme, QWidget* parent) : ChartPage(theme, QStringLiteral("monitor"), parent)
{
    const std::vector<std::pair<Reading, QString>> all{{Reading::Clock, QStringLiteral("monitorClock")},
                                                       {Reading::Power, QStringLiteral("monitorPower")},
                                                       {Reading::Temperature, QStringLiteral("monitorTemperature")},
                                                       {Reading::Memory, QStringLiteral("monitorMemory")},
                                                       {Reading::Utilisation, QStringLiteral("monitorUtilisation")}};
    for (std::size_t i = 0; i < all.size(); ++i)
    {
        auto* chart = addChart(all[i].second);
        m_readings.emplace_back(all[i].first, chart);
        grid().addWidget(chart, static_cast<int>(i / 2), static_cast<int>(i % 2));
    }
    m_nowPanel = new Panel(tr("Last reading"), {}, theme, this);
    m_now = new FigureList(theme, m_nowPanel);
    m_now->setObjectName(QStringLiteral("monitorNow"));
    m_nowPanel->body()->addWidget(m_now);
    m_nowPanel->body()->addStretch(1);
    grid().addWidget(m_nowPanel, 2, 1);
    for (int i = 0; i < 3; ++i)
    {
        grid().setRowStretch(i, 1);
    }
    grid().setColumnStretch(0, 1);
    grid().setColumnStretch(1, 1);
}

void MonitorPage::showLatest(const Telemetry& telemetry, const QString& title, const QString& path)
{
    const bool processor = !reports().empty() && isOfProcessor(*reports().front().report);
    m_nowPanel->setTitle(title);
    m_now->setLines(latestLines(telemetry, path, processor));
}

void MonitorPage::showRun(const RunState& state)
{
    if (state.telemetry && state.phase != RunPhase::Idle && isVisible())
    {
        showLatest(*state.telemetry, tr("Now"), {});
    }
}

void MonitorPage::refresh()
{
    if (reports().empty())
    {
        showHint(tr("What the hardware did meanwhile"),
                 tr("Clocks, power, temperature, memory and utilisation over a run, and what held the device back."));
        return;
    }
    const auto& front = reports().front();
    if (front.report->telemetry.empty())
    {
        showHint(front.live ? tr("No reading yet") : tr("This report has no readings"),
                 front.live                     ? tr("Readings arrive between the timed parts of a run.")
                 : isOfProcessor(*front.report) ? tr("Nothing was timed, or the system told nothing of its processors.")
                                                : tr("The driver's NVML was not there, or nothing was timed."),
                 !front.live);
        return;
    }
    std::vector<MonitorSource> sources;
    std::vector<LegendEntry> entries;
    for (const auto& open : reports().reports)
    {
        if (!open.report->telemetry.empty())
        {
            const auto index = sources.size();
            sources.push_back({open.name, open.report.get()});
            entries.push_back({reportKey(index), open.name, InkRole::Accent, Marker::None, lineStyleOf(index), {}});
        }
    }
    legend().setEntries(sources.size() > 1 ? entries : std::vector<LegendEntry>());
    legend().setVisible(sources.size() > 1);
    header().setSentence(monitorSentence(*front.report));
    header().setNote((isOfProcessor(*front.report)
                          ? tr("%1 between the timed parts of the run, of the whole machine, as Linux tells them")
                          : tr("%1 between the timed parts of the run, as NVML gives them"))
                         .arg(QString::fromStdString(
                             Format().plural(static_cast<std::int64_t>(front.report->telemetry.size()), "reading"))));
    for (const auto& [reading, chart] : m_readings)
    {
        chart->setData(monitorChart(sources, reading));
    }
    showLatest(front.report->telemetry.back(), front.live ? tr("Now") : tr("Last reading"),
               QStringLiteral("/headroom/telemetry/%1/").arg(front.report->telemetry.size() - 1));
    setNote({});
    showContent();
}

} // namespace headroom::ui
