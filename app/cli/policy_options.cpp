// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/policy_options.h"

#include "app/cli/arguments.h"

#include <optional>
#include <type_traits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace headroom::cli
{
namespace
{

template <typename T> T valueOf(const std::string& text);
template <> std::int64_t valueOf<std::int64_t>(const std::string& text)
{
    return wholeNumber(text);
}
template <> bool valueOf<bool>(const std::string& text)
{
    return text == "on";
}
template <> double valueOf<double>(const std::string& text)
{
    return number(text);
}
template <> std::optional<std::int64_t> valueOf<std::optional<std::int64_t>>(const std::string& text)
{
    return wholeNumber(text);
}

template <typename T> void setOption(MeasurementPolicy& policy, std::string_view name, const T& value)
{
    MeasurementPolicy::visitOptions(policy,
                                    [&](const OptionInfo& info, auto& member)
                                    {
                                        if constexpr (std::is_same_v<std::decay_t<decltype(member)>, T>)
                                        {
                                            member = info.name == name ? value : member;
                                        }
                                    });
}

} // namespace

void declarePolicy(CLI::App& app, PolicyChanges& changes, const std::string& group)
{
    const MeasurementPolicy standard = measurementPolicyOf(Preset::Standard);
    const auto declare = [&]<typename T>(const OptionInfo& info, const T& usual)
    {
        if (info.flag.empty())
        {
            return;
        }
        const auto take = [&changes, name = info.name](const std::string& text)
        {
            const T value = valueOf<T>(text);
            changes.emplace_back([name, value](MeasurementPolicy& policy) { setOption(policy, name, value); });
        };
        constexpr bool isWhole = !std::is_same_v<T, double>;
        const std::string unit = info.unit.empty() ? (isWhole ? "N" : "X") : "SECONDS";
        std::string byDefault;
        if constexpr (std::is_arithmetic_v<T>)
        {
            byDefault = fmt::format("{}, or the preset's", usual);
        }
        present(addText(app, std::string(info.flag), unit, take, std::string(info.help)), group, byDefault);
    };
    MeasurementPolicy::visitOptions(standard, declare);
}

MeasurementPolicy changedPolicy(Preset preset, const PolicyChanges& changes)
{
    MeasurementPolicy policy = measurementPolicyOf(preset);
    for (const auto& change : changes)
    {
        change(policy);
    }
    return policy;
}

} // namespace headroom::cli
