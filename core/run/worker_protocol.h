// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <string>
#include <variant>

namespace headroom
{

/// What a front end asks of a worker, one JSON line each on its standard input: {"request": "run", ...}.
struct DescribeRequest
{
    DeviceSelection device;
    bool operator==(const DescribeRequest&) const = default;
};
struct ExplainRequest
{
    DeviceSelection device;
    AttentionProblem problem;
    bool operator==(const ExplainRequest&) const = default;
};
/// Load a model from a file and watch its attention in one pass.
struct InspectRequest
{
    DeviceSelection device;
    InspectionRequest what;
    bool operator==(const InspectRequest&) const = default;
};
/// Run the plan's jobs. The plan is the part that remains; firstIndex and total place it in the whole one.
struct RunRequest
{
    Plan plan;
    std::string run;
    int attempt = 1;
    std::int64_t total = 0;
    std::vector<std::int64_t> indices; ///< of each job in the whole plan
    bool operator==(const RunRequest&) const = default;
};
struct PauseRequest
{
    bool operator==(const PauseRequest&) const = default;
};
struct ResumeRequest
{
    bool operator==(const ResumeRequest&) const = default;
};
struct CancelRequest
{
    bool operator==(const CancelRequest&) const = default;
};

using Request = std::variant<DescribeRequest, ExplainRequest, InspectRequest, RunRequest, PauseRequest, ResumeRequest,
                             CancelRequest>;

std::string toLine(const Request& request);
/// \throws std::invalid_argument with a sentence.
Request requestFromLine(std::string_view line);

/// What a worker writes: {"reply": "event" | "circumstances" | "explanation" | "inspection" | "idle" | "error", ...}.
struct EventReply
{
    Event event;
    bool operator==(const EventReply&) const = default;
};
struct CircumstancesReply
{
    Circumstances circumstances;
    bool operator==(const CircumstancesReply&) const = default;
};
struct ExplanationReply
{
    LayerEvidence explanation;
    bool operator==(const ExplanationReply&) const = default;
};
struct InspectionReply
{
    ModelInspection inspection;
    bool operator==(const InspectionReply&) const = default;
};
/// The request is done; the worker waits for the next one.
struct IdleReply
{
    bool operator==(const IdleReply&) const = default;
};
/// The request could not be served; the worker goes on.
struct ErrorReply
{
    Cause cause = Cause::Error;
    std::string reason;
    bool operator==(const ErrorReply&) const = default;
};

using Reply = std::variant<EventReply, CircumstancesReply, ExplanationReply, InspectionReply, IdleReply, ErrorReply>;

std::string toLine(const Reply& reply);
/// \throws std::invalid_argument with a sentence.
Reply replyFromLine(std::string_view line);

} // namespace headroom
