// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/encoding/enum_text.h"

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom
{

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" // GCC 12 says so of a scoped enumerator
enum class MetricType
{
    Gauge,
    Counter
};
#pragma GCC diagnostic pop

template <> struct EnumNames<MetricType>
{
    static constexpr std::string_view kind = "type of metric";
    static constexpr std::array names{std::pair{MetricType::Gauge, std::string_view{"gauge"}},
                                      std::pair{MetricType::Counter, std::string_view{"counter"}}};
};

/// One value of a metric.
struct MetricSample
{
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;

    bool operator==(const MetricSample&) const = default;
};

/// A metric in base units (seconds, bytes, watts, hertz, degrees Celsius), named as Prometheus asks for: the unit at
/// the end, "_total" behind a counter (https://prometheus.io/docs/practices/naming).
struct Metric
{
    std::string name;
    std::string help;
    MetricType type = MetricType::Gauge;
    std::vector<MetricSample> samples;

    bool operator==(const Metric&) const = default;
};

/// The media type of what writePrometheusText() writes.
inline constexpr const char* kPrometheusMediaType = "text/plain; version=0.0.4; charset=utf-8";

/// Prometheus' text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats): HELP and TYPE once for each metric, then its samples,
/// labels escaped, every line ended. Metrics without samples are left out.
/// \throws std::invalid_argument for a name of a metric or label that the format does not allow.
std::string writePrometheusText(std::span<const Metric> metrics);

} // namespace headroom
