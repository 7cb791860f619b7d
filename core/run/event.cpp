// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/event.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace headroom
{
namespace
{

/// Names of the alternatives of EventData, in its order.
constexpr std::array<std::string_view, std::variant_size_v<EventData>> kTypeNames{
    "runStarted", "circumstances", "stageStarted", "jobStarted",     "samples", "telemetry",
    "evidence",   "judged",        "jobFinished",  "recommendation", "log",     "runFinished"};

template <std::size_t... Index>
EventData dataFromJson(std::string_view type, const Json& data, std::index_sequence<Index...>)
{
    std::optional<EventData> found;
    const auto attempt = [&]<std::size_t At>()
    {
        if (kTypeNames[At] == type)
        {
            found = data.get<std::variant_alternative_t<At, EventData>>();
        }
    };
    (attempt.template operator()<Index>(), ...);
    if (!found)
    {
        throw std::invalid_argument(fmt::format("unknown event type '{}'", type));
    }
    return *std::move(found);
}

} // namespace

std::string_view typeName(const EventData& data)
{
    return kTypeNames.at(data.index());
}

void to_json(Json& json, const Event& event)
{
    json = {{"v", event.v},     {"run", event.run}, {"attempt", event.attempt}, {"seq", event.seq},
            {"tNs", event.tNs}, {"utc", event.utc}, {"job", event.job},         {"type", typeName(event.data)}};
    std::visit([&](const auto& data) { json["data"] = data; }, event.data);
}

void from_json(const Json& json, Event& event)
{
    json.at("v").get_to(event.v);
    if (event.v > Event::kVersion || event.v < 1)
    {
        throw std::invalid_argument(
            fmt::format("event version {} is newer than this Headroom, which reads up to {}; use a newer Headroom",
                        event.v, Event::kVersion));
    }
    json.at("run").get_to(event.run);
    json.at("attempt").get_to(event.attempt);
    json.at("seq").get_to(event.seq);
    json.at("tNs").get_to(event.tNs);
    json.at("utc").get_to(event.utc);
    json.at("job").get_to(event.job);
    event.data = dataFromJson(json.at("type").get<std::string>(), json.at("data"),
                              std::make_index_sequence<std::variant_size_v<EventData>>{});
}

std::string toLine(const Event& event)
{
    return toJsonLine(Json(event));
}

Event eventFromLine(std::string_view line)
{
    try
    {
        return parseJson(line).get<Event>();
    }
    catch (const Json::exception& error)
    {
        throw std::invalid_argument(std::string("not an event of a Headroom run: ") + error.what());
    }
}

} // namespace headroom
