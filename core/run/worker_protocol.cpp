// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/worker_protocol.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <stdexcept>
#include <utility>

namespace headroom
{

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DescribeRequest, device)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ExplainRequest, device, problem)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectRequest, device, what)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RunRequest, plan, run, attempt, total, indices)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(BeginRequest, plan)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(WorkRequest, job)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PrepareRequest, wanted)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseRequest, number, step)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(EventReply, event)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CircumstancesReply, circumstances)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ExplanationReply, explanation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(InspectionReply, inspection)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ErrorReply, cause, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CaseReply, number, ns, smMhz, waitNs, evidence, peakBytes, firstCallNs,
                                                warmRunNs, eventOverheadNs)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TelemetryReply, telemetry)

// Messages without members are an empty object.
template <typename Message>
concept Bare = std::is_empty_v<Message>;
template <Bare Message> void to_json(Json& json, const Message&)
{
    json = Json::object();
}
template <Bare Message> void from_json(const Json&, Message&) {}

namespace
{

constexpr std::array<std::string_view, std::variant_size_v<Request>> kRequestNames{
    "describe", "explain", "inspect", "run",  "pause",     "resume", "cancel",
    "begin",    "work",    "prepare", "case", "telemetry", "release"};
constexpr std::array<std::string_view, std::variant_size_v<Reply>> kReplyNames{
    "event", "circumstances", "explanation", "inspection", "idle", "error", "case", "telemetry"};

template <typename Message, std::size_t Size>
std::string messageToLine(const Message& message, std::string_view key, const std::array<std::string_view, Size>& names)
{
    Json json;
    std::visit([&](const auto& value) { json = value; }, message);
    json[key] = names.at(message.index());
    return toJsonLine(json);
}

template <typename Message, std::size_t Size, std::size_t... Index>
Message messageFromLine(std::string_view line, std::string_view key, const std::array<std::string_view, Size>& names,
                        std::index_sequence<Index...>)
{
    try
    {
        const auto json = parseJson(line);
        const auto name = json.at(std::string(key)).template get<std::string>();
        std::optional<Message> found;
        const auto attempt = [&]<std::size_t At>()
        {
            if (names[At] == name)
            {
                found = json.template get<std::variant_alternative_t<At, Message>>();
            }
        };
        (attempt.template operator()<Index>(), ...);
        if (found)
        {
            return *std::move(found);
        }
        throw std::invalid_argument(fmt::format("unknown {} '{}'", key, name));
    }
    catch (const Json::exception& error)
    {
        throw std::invalid_argument(fmt::format("not a {}: {}", key, error.what()));
    }
}

} // namespace

std::string toLine(const Request& request)
{
    return messageToLine(request, "request", kRequestNames);
}

Request requestFromLine(std::string_view line)
{
    return messageFromLine<Request>(line, "request", kRequestNames,
                                    std::make_index_sequence<std::variant_size_v<Request>>{});
}

std::string toLine(const Reply& reply)
{
    return messageToLine(reply, "reply", kReplyNames);
}

Reply replyFromLine(std::string_view line)
{
    return messageFromLine<Reply>(line, "reply", kReplyNames, std::make_index_sequence<std::variant_size_v<Reply>>{});
}

} // namespace headroom
