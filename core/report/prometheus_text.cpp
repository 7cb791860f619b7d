// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/prometheus_text.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

bool isLetter(char letter)
{
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

bool isDigit(char letter)
{
    return letter >= '0' && letter <= '9';
}

/// [a-zA-Z_:][a-zA-Z0-9_:]* of a metric; without colons of a label.
void requireName(std::string_view name, bool colons, std::string_view what)
{
    const auto allowed = [colons](char letter) { return isLetter(letter) || (colons && letter == ':'); };
    const bool right = !name.empty() && allowed(name.front()) &&
                       std::all_of(name.begin(), name.end(), [&](char one) { return allowed(one) || isDigit(one); });
    if (!right)
    {
        throw std::invalid_argument(fmt::format("\"{}\" is no name of a {} of Prometheus", name, what));
    }
}

/// Of a label also the quotation mark.
std::string escaped(std::string_view text, bool label)
{
    std::string result;
    for (const char letter : text)
    {
        if (letter == '\\' || (label && letter == '"'))
        {
            result += '\\';
            result += letter;
        }
        else if (letter == '\n')
        {
            result += "\\n";
        }
        else
        {
            result += letter;
        }
    }
    return result;
}

std::string numberText(double value)
{
    if (std::isnan(value))
    {
        return "NaN";
    }
    if (std::isinf(value))
    {
        return value > 0 ? "+Inf" : "-Inf";
    }
    return fmt::format("{}", value);
}

std::string labelsText(const MetricSample& sample)
{
    std::string text;
    for (const auto& [name, value] : sample.labels)
    {
        requireName(name, false, "label");
        text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value, true));
    }
    return text.empty() ? text : "{" + text + "}";
}

} // namespace

std::string writePrometheusText(std::span<const Metric> metrics)
{
    std::string text;
    for (const auto& metric : metrics)
    {
        requireName(metric.name, true, "metric");
        if (metric.samples.empty())
        {
            continue;
        }
        text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", metric.name, escaped(metric.help, false), metric.name,
                            toString(metric.type));
        for (const auto& sample : metric.samples)
        {
            text += fmt::format("{}{} {}\n", metric.name, labelsText(sample), numberText(sample.value));
        }
    }
    return text;
}

} // namespace headroom
