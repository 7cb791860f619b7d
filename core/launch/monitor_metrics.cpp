// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/launch/monitor_metrics.h"

#include "core/report/case_work.h"
#include "core/version/build_info.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <utility>

namespace headroom
{
namespace
{

using Labels = std::vector<std::pair<std::string, std::string>>;

constexpr double kNsPerSecond = 1e9;
constexpr double kHertzPerMhz = 1e6;

Labels labelsOf(const MonitorCase& one)
{
    const Case& measured = one.measured;
    return {{"case", one.id},
            {"subject", describe(measured.subject)},
            {"backend", std::string(toString(measured.backend))},
            {"pass", std::string(toString(measured.pass))},
            {"dtype", std::string(toString(workOf(measured).dtype))},
            {"launch", std::string(toString(measured.launch))},
            {"l2", std::string(toString(measured.l2))}};
}

Labels with(Labels labels, const std::string& name, std::string_view value)
{
    labels.emplace_back(name, std::string(value));
    return labels;
}

/// A gauge of each case that has \a value.
Metric gauge(const MonitorState& state, const std::vector<Labels>& labels, const char* name, const char* help,
             const std::function<std::optional<double>(const MonitorCase&)>& value)
{
    Metric metric{name, help, MetricType::Gauge, {}};
    for (std::size_t at = 0; at < state.cases.size(); ++at)
    {
        if (const auto found = value(state.cases[at]))
        {
            metric.samples.push_back({labels[at], *found});
        }
    }
    return metric;
}

std::optional<double> secondsOf(const std::optional<double>& ns)
{
    return ns ? std::optional(*ns / kNsPerSecond) : std::nullopt;
}

/// Of the last point, when that has a time.
const MonitorPoint* lastOf(const MonitorCase& one)
{
    return one.hasTime && !one.points.empty() ? &one.points.back() : nullptr;
}

/// One sample for each verdict, 1 at the one that holds, so that a series never ends.
template <NamedEnum E> void addStates(Metric& metric, const Labels& labels, const std::string& name, E current)
{
    for (const auto& [value, text] : EnumNames<E>::names)
    {
        metric.samples.push_back({with(labels, name, text), value == current ? 1.0 : 0.0});
    }
}

void addCases(const MonitorState& state, std::vector<Metric>& metrics)
{
    std::vector<Labels> labels;
    for (const auto& one : state.cases)
    {
        labels.push_back(labelsOf(one));
    }
    const auto add =
        [&](const char* name, const char* help, const std::function<std::optional<double>(const MonitorPoint&)>& value)
    {
        metrics.push_back(gauge(state, labels, name, help,
                                [&](const MonitorCase& one)
                                {
                                    const auto* point = lastOf(one);
                                    return point != nullptr ? value(*point) : std::nullopt;
                                }));
    };
    add("headroom_attention_latency_median_seconds", "Median device time of the last repetition.",
        [](const MonitorPoint& point) { return secondsOf(point.medianNs); });
    add("headroom_attention_latency_low_seconds", "Lower end of the median's 95 % interval.",
        [](const MonitorPoint& point) { return point.intervalNs ? secondsOf(point.intervalNs->low) : std::nullopt; });
    add("headroom_attention_latency_high_seconds", "Upper end of the median's 95 % interval.",
        [](const MonitorPoint& point) { return point.intervalNs ? secondsOf(point.intervalNs->high) : std::nullopt; });
    add("headroom_attention_tokens_per_second", "Batch times sequence length over the median device time.",
        [](const MonitorPoint& point) { return point.tokensPerSecond; });
    add("headroom_attention_flops_per_second", "Floating-point operations on unmasked elements over the median time.",
        [](const MonitorPoint& point) { return point.flopsPerSecond; });
    add("headroom_attention_sm_clock_hertz", "Median SM clock during the samples.",
        [](const MonitorPoint& point)
        { return point.smMhz ? std::optional(*point.smMhz * kHertzPerMhz) : std::nullopt; });
    metrics.push_back(gauge(state, labels, "headroom_attention_reference_seconds",
                            "Geometric mean of the reference's medians.",
                            [](const MonitorCase& one) { return secondsOf(one.referenceNs); }));
    metrics.push_back(gauge(state, labels, "headroom_attention_time_ratio",
                            "Time of the last repetitions over that of the reference; above 1 is slower.",
                            [](const MonitorCase& one) { return one.change.timeRatio; }));
    Metric verdict{
        "headroom_attention_verdict", "1 at the verdict that holds against the reference.", MetricType::Gauge, {}};
    Metric accuracy{
        "headroom_attention_accuracy", "1 at the accuracy verdict of the last repetition.", MetricType::Gauge, {}};
    Metric ran{"headroom_attention_backend_info", "The backend that was seen to run.", MetricType::Gauge, {}};
    for (std::size_t at = 0; at < state.cases.size(); ++at)
    {
        const MonitorCase& one = state.cases[at];
        addStates(verdict, labels[at], "verdict", one.verdict);
        addStates(accuracy, labels[at], "accuracy", one.accuracy);
        if (one.ran)
        {
            ran.samples.push_back({with(labels[at], "ran", toString(*one.ran)), 1});
        }
    }
    metrics.insert(metrics.end(), {std::move(verdict), std::move(accuracy), std::move(ran)});
}

void addDevice(const MonitorState& state, std::vector<Metric>& metrics)
{
    if (state.devicePoints.empty())
    {
        return;
    }
    const MonitorDevicePoint& last = state.devicePoints.back();
    const auto add = [&](const char* name, const char* help, const std::optional<double>& value, double factor)
    {
        Metric metric{name, help, MetricType::Gauge, {}};
        if (value)
        {
            metric.samples.push_back({{{"device", state.device}}, *value * factor});
        }
        metrics.push_back(std::move(metric));
    };
    add("headroom_device_sm_clock_hertz", "Median SM clock of the device's readings in the last repetition.",
        last.smClockMhz, kHertzPerMhz);
    add("headroom_device_power_watts", "Median power of the device's readings in the last repetition.", last.powerW, 1);
    add("headroom_device_temperature_celsius", "Median temperature of the device's readings in the last repetition.",
        last.temperatureC, 1);
}

void addRuns(const MonitorState& state, std::vector<Metric>& metrics)
{
    const auto count = [](std::int64_t value) { return static_cast<double>(value); };
    const auto one = [&](const char* name, const char* help, MetricType type, std::optional<double> value)
    {
        metrics.push_back({name, help, type, {}});
        if (value)
        {
            metrics.back().samples.push_back({{}, *value});
        }
    };
    const BuildInfo build = buildInfo();
    metrics.push_back({"headroom_build_info",
                       "The version of Headroom that measures.",
                       MetricType::Gauge,
                       {{{{"version", build.version}, {"revision", build.gitHash}}, 1}}});
    metrics.push_back({"headroom_monitor_runs_total",
                       "Repetitions of the plan, by how they ended.",
                       MetricType::Counter,
                       {{{{"outcome", "passed"}}, count(state.runs.passed)},
                        {{{"outcome", "failed"}}, count(state.runs.failed)},
                        {{{"outcome", "cannot-tell"}}, count(state.runs.cannotTell)},
                        {{{"outcome", "broken"}}, count(state.runs.broken)}}});
    one("headroom_monitor_missed_ticks_total", "Times at which the run before was still on.", MetricType::Counter,
        count(state.missedTicks));
    Metric raised{"headroom_monitor_alarms_total", "Alarms that were raised, by kind.", MetricType::Counter, {}};
    Metric active{"headroom_monitor_alarms_active", "Alarms that stand, by kind.", MetricType::Gauge, {}};
    for (const auto& [kind, name] : EnumNames<AlarmKind>::names)
    {
        const auto standing = std::count_if(state.active.begin(), state.active.end(),
                                            [kind = kind](const MonitorAlarm& alarm) { return alarm.kind == kind; });
        raised.samples.push_back(
            {{{"kind", std::string(name)}}, count(state.raised.at(static_cast<std::size_t>(kind)))});
        active.samples.push_back({{{"kind", std::string(name)}}, count(standing)});
    }
    metrics.insert(metrics.end(), {std::move(raised), std::move(active)});
    one("headroom_monitor_reference_runs", "Repetitions that make the reference so far.", MetricType::Gauge,
        count(state.referenceRuns));
    one("headroom_monitor_interval_seconds", "Time between two repetitions.", MetricType::Gauge,
        state.schedule.everySeconds);
    one("headroom_monitor_start_timestamp_seconds", "When the monitor began.", MetricType::Gauge,
        unixSeconds(state.startedUtc));
    one("headroom_monitor_last_run_timestamp_seconds", "When the last repetition began.", MetricType::Gauge,
        unixSeconds(state.lastUtc));
    one("headroom_monitor_last_success_timestamp_seconds", "When the last repetition began that did not fail.",
        MetricType::Gauge, unixSeconds(state.lastSuccessUtc));
}

} // namespace

std::vector<Metric> metricsOf(const MonitorState& state)
{
    std::vector<Metric> metrics;
    addRuns(state, metrics);
    addDevice(state, metrics);
    addCases(state, metrics);
    return metrics;
}

std::optional<double> unixSeconds(const std::string& utc)
{
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    int hour = 0;
    int minute = 0;
    double second = 0;
    char zone = 0;
    if (std::sscanf(utc.c_str(), "%4d-%2u-%2uT%2d:%2d:%lf%c", &year, &month, &day, &hour, &minute, &second, &zone) !=
            7 ||
        zone != 'Z')
    {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok())
    {
        return std::nullopt;
    }
    const auto days = std::chrono::sys_days(date).time_since_epoch().count();
    return static_cast<double>(days) * 86400 + hour * 3600 + minute * 60 + second;
}

} // namespace headroom
