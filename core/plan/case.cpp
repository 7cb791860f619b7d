// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/plan/case.h"

#include <stdexcept>

#include <fmt/format.h>

namespace headroom
{
namespace
{

constexpr const char* kAttention = "attention";
constexpr const char* kModel = "model";

/// 64-bit FNV-1a (draft-eastlake-fnv): short, the same everywhere, and all that an id needs.
std::uint64_t fnv1a(std::string_view text)
{
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char character : text)
    {
        hash ^= static_cast<unsigned char>(character);
        hash *= 0x100000001b3u;
    }
    return hash;
}

/// The model's sizes stand in the plan's title; a case says what differs within a plan.
std::string shortText(const ModelInput& input)
{
    return fmt::format("B{} S{} {}{}{}", input.batch, input.sequence, toString(input.dtype),
                       input.causal ? " causal" : "", input.autocast ? " autocast" : "");
}

std::string shortText(const AttentionProblem& problem)
{
    return describe(problem);
}

template <typename T> void readMember(const Json& json, const char* name, T& member)
{
    if (const auto found = json.find(name); found != json.end())
    {
        found->get_to(member);
    }
}

} // namespace

Json subjectToJson(const Subject& subject)
{
    if (const auto* problem = std::get_if<AttentionProblem>(&subject))
    {
        return {{kAttention, *problem}};
    }
    return {{kModel, std::get<ModelInput>(subject)}};
}

Subject subjectFromJson(const Json& json)
{
    if (json.is_object() && json.contains(kAttention) != json.contains(kModel))
    {
        if (json.contains(kAttention))
        {
            return json.at(kAttention).get<AttentionProblem>();
        }
        return json.at(kModel).get<ModelInput>();
    }
    throw std::invalid_argument("a subject must be either {\"attention\": ...} or {\"model\": ...}");
}

std::string describe(const Subject& subject)
{
    return std::visit([](const auto& value) { return describe(value); }, subject);
}

std::string Case::id() const
{
    // nlohmann::json keeps its keys sorted, and no member tells devices or seeds apart: this text is canonical.
    return fmt::format("{:016x}", fnv1a(Json(*this).dump()));
}

void to_json(Json& json, const Case& value)
{
    json = Json{{"subject", subjectToJson(value.subject)},
                {"backend", value.backend},
                {"pass", value.pass},
                {"launch", value.launch},
                {"l2", value.l2}};
    if (value.captured)
    {
        json["captured"] = *value.captured;
    }
    if (value.side)
    {
        json["side"] = *value.side;
    }
}

void from_json(const Json& json, Case& value)
{
    value = {};
    value.subject = subjectFromJson(json.at("subject"));
    readMember(json, "backend", value.backend);
    readMember(json, "pass", value.pass);
    readMember(json, "launch", value.launch);
    readMember(json, "l2", value.l2);
    readMember(json, "captured", value.captured);
    readMember(json, "side", value.side);
}

std::string describe(const Case& value)
{
    const std::string subject = std::visit([](const auto& what) { return shortText(what); }, value.subject);
    const std::string captured =
        value.captured ? fmt::format(", call {} {}", value.captured->call, describe(value.captured->change)) : "";
    return fmt::format("{} {} {}{}{}{}", toString(value.backend), toString(value.pass), subject,
                       value.launch == Launch::Graph ? " graph" : "", value.l2 == L2State::Cold ? " cold L2" : "",
                       captured);
}

std::string describeWithSide(const Case& value)
{
    const std::string text = describe(value);
    return value.side ? std::string(letter(*value.side)) + ": " + text : text;
}

} // namespace headroom
