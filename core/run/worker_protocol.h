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

/// The steps of an engine one by one, for a RemoteEngine: make this plan's device, seed, policies and files those of
/// the steps to come.
struct BeginRequest
{
    Plan plan;
    bool operator==(const BeginRequest&) const = default;
};
/// Probe, judge or check; what the engine announces comes back as events.
struct WorkRequest
{
    Job job;
    bool operator==(const WorkRequest&) const = default;
};
/// Put a case's tensors in place; answered by a CaseReply with its number.
struct PrepareRequest
{
    Case wanted;
    bool operator==(const PrepareRequest&) const = default;
};

enum class CaseStep
{
    Sample,
    WallSample,
    Observe,
    Peak,
    Drop ///< its tensors are not needed any more
};

template <> struct EnumNames<CaseStep>
{
    static constexpr std::string_view kind = "step of a case";
    static constexpr std::array names{std::pair{CaseStep::Sample, std::string_view{"sample"}},
                                      std::pair{CaseStep::WallSample, std::string_view{"wall-sample"}},
                                      std::pair{CaseStep::Observe, std::string_view{"observe"}},
                                      std::pair{CaseStep::Peak, std::string_view{"peak"}},
                                      std::pair{CaseStep::Drop, std::string_view{"drop"}}};
};

struct CaseRequest
{
    std::int64_t number = 0;
    CaseStep step = CaseStep::Sample;
    bool operator==(const CaseRequest&) const = default;
};
struct TelemetryRequest
{
    bool operator==(const TelemetryRequest&) const = default;
};
/// Give back what is cached.
struct ReleaseRequest
{
    bool operator==(const ReleaseRequest&) const = default;
};

using Request = std::variant<DescribeRequest, ExplainRequest, InspectRequest, RunRequest, PauseRequest, ResumeRequest,
                             CancelRequest, BeginRequest, WorkRequest, PrepareRequest, CaseRequest, TelemetryRequest,
                             ReleaseRequest>;

std::string toLine(const Request& request);
/// \throws std::invalid_argument with a sentence.
Request requestFromLine(std::string_view line);

/// What a worker writes: {"reply": "event" | "circumstances" | "explanation" | "inspection" | "idle" | "error" | "case"
/// | "telemetry", ...}.
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

/// What a prepared case says of itself after a step: the members of PreparedCase, and what the step gave.
struct CaseReply
{
    std::int64_t number = 0;
    std::optional<double> ns{}; ///< of a sample or a wall sample
    std::optional<double> smMhz{};
    std::optional<double> waitNs{};
    std::optional<RunEvidence> evidence{};
    std::optional<double> peakBytes{};
    std::optional<double> firstCallNs{};
    std::optional<double> warmRunNs{};
    std::optional<double> eventOverheadNs{};
    bool operator==(const CaseReply&) const = default;
};
struct TelemetryReply
{
    Telemetry telemetry;
    bool operator==(const TelemetryReply&) const = default;
};

using Reply = std::variant<EventReply, CircumstancesReply, ExplanationReply, InspectionReply, IdleReply, ErrorReply,
                           CaseReply, TelemetryReply>;

std::string toLine(const Reply& reply);
/// \throws std::invalid_argument with a sentence.
Reply replyFromLine(std::string_view line);

} // namespace headroom
