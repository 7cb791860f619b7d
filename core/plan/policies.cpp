// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/policies.h"

#include <cmath>

#include <fmt/format.h>

namespace headroom
{
namespace
{

std::string nameOf(const OptionInfo& option)
{
    return std::string(option.flag.empty() ? option.name : option.flag);
}

/// Counts: at least 1, save for the warm-up, which may be left out.
void checkOption(const OptionInfo& option, const std::optional<std::int64_t>& value, std::vector<std::string>& problems)
{
    const std::int64_t smallest = option.name == "warmup" ? 0 : 1;
    if (value && *value < smallest)
    {
        problems.push_back(fmt::format("{} is {}; it must be at least {}.", nameOf(option), *value, smallest));
    }
}

void checkOption(const OptionInfo& option, std::int64_t value, std::vector<std::string>& problems)
{
    checkOption(option, std::optional(value), problems);
}

void checkOption(const OptionInfo& /*option*/, bool /*value*/, std::vector<std::string>& /*problems*/) {}

/// Seconds and shares: finite and not negative.
void checkOption(const OptionInfo& option, double value, std::vector<std::string>& problems)
{
    if (!std::isfinite(value) || value < 0)
    {
        problems.push_back(fmt::format("{} is {}; it must be a number from 0 on.", nameOf(option), value));
    }
}

} // namespace

void to_json(Json& json, const MeasurementPolicy& policy)
{
    json = Json::object();
    MeasurementPolicy::visitOptions(policy, [&json](const OptionInfo& option, const auto& member)
                                    { json[std::string(option.name)] = member; });
}

void from_json(const Json& json, MeasurementPolicy& policy)
{
    policy = {};
    MeasurementPolicy::visitOptions(policy,
                                    [&json](const OptionInfo& option, auto& member)
                                    {
                                        if (const auto found = json.find(std::string(option.name)); found != json.end())
                                        {
                                            found->get_to(member);
                                        }
                                    });
}

std::vector<std::string> problemsWith(const MeasurementPolicy& policy)
{
    std::vector<std::string> problems;
    MeasurementPolicy::visitOptions(policy, [&problems](const OptionInfo& option, const auto& member)
                                    { checkOption(option, member, problems); });
    if (policy.minSamples > policy.maxSamples)
    {
        problems.push_back(
            fmt::format("--min-samples {} is more than --max-samples {}.", policy.minSamples, policy.maxSamples));
    }
    if (!(policy.confidence > 0 && policy.confidence < 1))
    {
        problems.push_back(fmt::format("confidence is {}; it must lie between 0 and 1.", policy.confidence));
    }
    return problems;
}

} // namespace headroom
