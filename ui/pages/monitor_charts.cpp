// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/monitor_charts.h"

#include "core/report/format.h"
#include "ui/pages/report_legend.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <set>

namespace headroom::ui
{
namespace
{

constexpr double kGibi = 1024.0 * 1024 * 1024;
constexpr std::size_t kMostMarkers = 12; ///< of one line: more would hide it

QString tr(const char* text)
{
    return QCoreApplication::translate("MonitorCharts", text);
}

const DeviceFacts* deviceOf(const Report& report)
{
    return report.circumstances ? report.circumstances->selectedDevice() : nullptr;
}

/// One line of a chart: where the reading is, what it is divided by, and its name in the report's JSON.
struct Channel
{
    std::optional<double> Telemetry::*member;
    const char* name;
    double size = 1;
    QString title;
    Ink ink = InkRole::Accent;
    Marker marker = Marker::Circle;
};

std::vector<Channel> channelsOf(Reading reading)
{
    switch (reading)
    {
    case Reading::Clock:
        return {
            {&Telemetry::smClockMhz, "smClockMhz", 1, tr("SM clock"), InkRole::Accent, Marker::Circle},
            {&Telemetry::memoryClockMhz, "memoryClockMhz", 1, tr("memory clock"), InkRole::Secondary, Marker::Square},
            {&Telemetry::processorClockMhz, "processorClockMhz", 1, tr("processor clock"), InkRole::Accent,
             Marker::Circle}};
    case Reading::Power:
        return {{&Telemetry::powerW, "powerW", 1, tr("power"), InkRole::Accent, Marker::Circle}};
    case Reading::Temperature:
        return {{&Telemetry::temperatureC, "temperatureC", 1, tr("temperature"), InkRole::Accent, Marker::Circle}};
    case Reading::Memory:
        return {{&Telemetry::memoryUsedBytes, "memoryUsedBytes", kGibi, tr("memory used"), InkRole::Accent,
                 Marker::Circle}};
    case Reading::Utilisation:
        return {{&Telemetry::utilisation, "utilisation", 0.01, tr("utilisation"), InkRole::Accent, Marker::Circle}};
    }
    return {};
}

QString valueText(Reading reading, double value)
{
    const Format format;
    switch (reading)
    {
    case Reading::Clock:
        return tr("%1 MHz").arg(QString::fromStdString(format.count(std::llround(value))));
    case Reading::Power:
        return tr("%1 W").arg(QString::fromStdString(format.count(std::llround(value))));
    case Reading::Temperature:
        return tr("%1 °C").arg(QString::fromStdString(format.count(std::llround(value))));
    case Reading::Memory:
        return QString::fromStdString(format.bytes(value * kGibi));
    case Reading::Utilisation:
        return QString::fromStdString(format.percent(value / 100));
    }
    return {};
}

void nameChart(ChartData& chart, Reading reading, bool processor)
{
    switch (reading)
    {
    case Reading::Clock:
        chart.title = tr("Clocks");
        chart.unit = tr("MHz");
        chart.direct = true; // two lines, and no legend
        break;
    case Reading::Power:
        chart.title = tr("Power");
        chart.unit = tr("W");
        chart.y.zero = true;
        break;
    case Reading::Temperature:
        chart.title = tr("Temperature");
        chart.unit = tr("°C");
        break;
    case Reading::Memory:
        chart.title = tr("Memory in use");
        chart.unit = tr("GiB, all processes");
        chart.y.zero = true;
        break;
    case Reading::Utilisation:
        chart.title = tr("Utilisation");
        chart.unit = processor ? tr("% of all processors' time") : tr("% of the time with a kernel");
        chart.y.from = 0;
        chart.y.to = 105;
        break;
    }
}

void addLimit(ChartData& chart, double at, const QString& text, const QString& source, double value)
{
    ReferenceLine line;
    line.at = at;
    line.text = text;
    line.figureSource = source;
    line.figureValue = value;
    chart.lines.push_back(line);
}

/// The device's own limit, where it says one and where showing it does not flatten the line.
void addLimits(ChartData& chart, const Report& report, Reading reading)
{
    const auto* device = deviceOf(report);
    if (device == nullptr)
    {
        return;
    }
    const auto index = device - report.circumstances->devices.data();
    const auto source = [&](const char* member)
    { return QStringLiteral("/circumstances/devices/%1/%2").arg(index).arg(QLatin1String(member)); };
    if (reading == Reading::Power && device->powerLimitW)
    {
        addLimit(chart, *device->powerLimitW, tr("limit %1").arg(valueText(reading, *device->powerLimitW)),
                 source("powerLimitW"), *device->powerLimitW);
    }
    if (reading == Reading::Clock && device->maxSmClockMhz)
    {
        addLimit(chart, *device->maxSmClockMhz,
                 tr("highest SM clock %1").arg(valueText(reading, *device->maxSmClockMhz)), source("maxSmClockMhz"),
                 *device->maxSmClockMhz);
    }
    if (reading == Reading::Memory && device->memoryBytes > 0)
    {
        const auto bytes = static_cast<double>(device->memoryBytes);
        addLimit(chart, bytes / kGibi, tr("all of it: %1").arg(QString::fromStdString(Format().bytes(bytes))),
                 source("memoryBytes"), bytes);
    }
}

} // namespace

bool isOfProcessor(const Report& report)
{
    const auto* device = deviceOf(report);
    return device != nullptr && device->kind == DeviceKind::Cpu;
}

std::vector<double> timesOf(const Report& report)
{
    std::vector<double> times;
    double offset = 0;
    double before = 0;
    bool any = false;
    for (const auto& reading : report.telemetry)
    {
        const double raw = reading.atSeconds.value_or(any ? before - offset + 1 : 0);
        if (!any)
        {
            offset = -raw;
        }
        else if (raw + offset < before)
        {
            offset = before - raw; // another worker's clock
        }
        any = true;
        before = raw + offset;
        times.push_back(before);
    }
    return times;
}

std::vector<ChartSpan> throttleSpans(const Report& report)
{
    const auto times = timesOf(report);
    std::vector<ChartSpan> spans;
    std::vector<std::string> before;
    for (std::size_t i = 0; i < times.size(); ++i)
    {
        const auto& reasons = report.telemetry[i].throttleReasons;
        const double until = i + 1 < times.size() ? times[i + 1] : times[i];
        if (!reasons.empty() && !spans.empty() && reasons == before)
        {
            spans.back().to = until;
        }
        else if (!reasons.empty())
        {
            QStringList names;
            for (const auto& reason : reasons)
            {
                names << QString::fromStdString(reason);
            }
            ChartSpan span;
            span.from = times[i];
            span.to = until;
            span.text = names.join(QStringLiteral(", "));
            spans.push_back(span);
        }
        before = reasons;
    }
    return spans;
}

ChartData monitorChart(const std::vector<MonitorSource>& sources, Reading reading)
{
    ChartData chart;
    const bool processor = !sources.empty() && isOfProcessor(*sources.front().report);
    nameChart(chart, reading, processor);
    chart.x.name = tr("seconds since the first reading");
    chart.empty = !processor                  ? tr("The device says nothing of this.")
                  : reading == Reading::Power ? tr("This system does not let Headroom read the packages' power.")
                                              : tr("This system does not tell, as virtual machines seldom do.");
    for (std::size_t index = 0; index < sources.size(); ++index)
    {
        const Report& report = *sources[index].report;
        const auto times = timesOf(report);
        for (const auto& channel : channelsOf(reading))
        {
            ChartSeries series;
            series.key = QString::fromLatin1(channel.name);
            series.group = sources.size() > 1 ? reportKey(index) : QString();
            series.name = sources.size() > 1 ? tr("%1, %2").arg(channel.title, sources[index].name) : channel.title;
            series.ink = channel.ink;
            series.marker = channel.marker;
            series.style = lineStyleOf(index);
            for (std::size_t i = 0; i < times.size(); ++i)
            {
                const auto& value = report.telemetry[i].*channel.member;
                if (!value)
                {
                    continue;
                }
                ChartPoint point;
                point.x = times[i];
                point.y = *value / channel.size;
                if (index == 0)
                {
                    point.figureSource =
                        QStringLiteral("/headroom/telemetry/%1/%2").arg(i).arg(QLatin1String(channel.name));
                    point.figureValue = *value;
                }
                series.points.push_back(point);
            }
            series.markers = series.points.size() <= kMostMarkers;
            if (!series.points.empty())
            {
                chart.series.push_back(std::move(series));
            }
        }
    }
    if (!sources.empty() && !chart.series.empty())
    {
        chart.spans = throttleSpans(*sources.front().report);
        addLimits(chart, *sources.front().report, reading);
    }
    chart.placeText = [](const ChartPoint& point)
    { return tr("after %1").arg(QString::fromStdString(Format().duration(point.x * 1e9))); };
    chart.valueText = [reading](const ChartPoint& point) { return valueText(reading, point.y); };
    return chart;
}

QString monitorSentence(const Report& report)
{
    std::set<std::string> reasons;
    std::int64_t limited = 0;
    std::optional<double> power;
    std::optional<double> temperature;
    for (const auto& reading : report.telemetry)
    {
        reasons.insert(reading.throttleReasons.begin(), reading.throttleReasons.end());
        limited += reading.throttleReasons.empty() ? 0 : 1;
        power = reading.powerW ? std::max(power.value_or(0), *reading.powerW) : power;
        temperature = reading.temperatureC ? std::max(temperature.value_or(-300), *reading.temperatureC) : temperature;
    }
    const auto* device = deviceOf(report);
    const QString name =
        device != nullptr && !device->name.empty() ? QString::fromStdString(device->name) : tr("The device");
    QStringList most;
    if (power)
    {
        most << valueText(Reading::Power, *power);
    }
    if (temperature)
    {
        most << valueText(Reading::Temperature, *temperature);
    }
    const QString peak = most.isEmpty() ? QString() : tr("; at most %1").arg(most.join(tr(" and ")));
    const Format format;
    if (limited == 0)
    {
        return tr("Nothing was seen to hold %1 back%2.").arg(name, peak);
    }
    QStringList names;
    for (const auto& reason : reasons)
    {
        names << QString::fromStdString(reason);
    }
    return tr("%1 was held back in %2 of %3 readings (%4)%5.")
        .arg(name, QString::fromStdString(format.count(limited)),
             QString::fromStdString(format.count(static_cast<std::int64_t>(report.telemetry.size()))),
             names.join(QStringLiteral(", ")), peak);
}

} // namespace headroom::ui
