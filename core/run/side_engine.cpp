// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/side_engine.h"

#include <utility>

namespace headroom
{

SideEngine::SideEngine(SideWorker a, SideWorker b) : m_sides{std::move(a), std::move(b)} {}

Circumstances SideEngine::circumstances(const DeviceSelection& selection)
{
    const auto look = [&](Side side)
    {
        auto seen = of(side).circumstances(selection);
        // A worker tells of the variables it knows to matter; one that was set for it is named in any case.
        for (const auto& [name, value] : m_sides[static_cast<std::size_t>(side)].environment)
        {
            seen.environment[name] = value;
        }
        return seen;
    };
    auto seen = look(Side::A);
    seen.others = {look(Side::B)};
    return seen;
}

LayerEvidence SideEngine::explain(const AttentionProblem& problem)
{
    return of(Side::A).explain(problem);
}

ModelInspection SideEngine::inspect(const InspectionRequest& request)
{
    return of(Side::A).inspect(request);
}

void SideEngine::begin(const Plan& plan)
{
    for (const Side side : {Side::A, Side::B})
    {
        const auto at = static_cast<std::size_t>(side);
        Plan own = plan;
        if (at < plan.sides.size() && plan.sides[at].modelFile)
        {
            own.modelFile = plan.sides[at].modelFile;
        }
        of(side).begin(own);
    }
}

void SideEngine::probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop)
{
    of(Side::A).probe(job, sink, std::move(stop));
}

void SideEngine::judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop)
{
    of(job.side.value_or(Side::A)).judge(job, sink, std::move(stop));
}

void SideEngine::check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop)
{
    of(Side::A).check(job, sink, std::move(stop));
}

std::unique_ptr<PreparedCase> SideEngine::prepare(const Case& wanted)
{
    return of(wanted.side.value_or(Side::A)).prepare(wanted);
}

Telemetry SideEngine::telemetry()
{
    return of(Side::A).telemetry();
}

void SideEngine::releaseMemory()
{
    of(Side::A).releaseMemory();
    of(Side::B).releaseMemory();
}

} // namespace headroom
