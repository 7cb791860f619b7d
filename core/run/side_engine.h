// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <array>
#include <map>
#include <memory>
#include <string>

namespace headroom
{

/// One side of an A/B comparison: who runs its cases, and which variables its worker was started with.
struct SideWorker
{
    std::unique_ptr<Engine> engine;
    std::map<std::string, std::string> environment{};
};

/// Two engines as one, for a plan whose sides need processes of their own: each case and each judgement goes to the
/// engine of its side, and all that has no side to A's. Circumstances are those of A, with B's among the others.
class SideEngine : public Engine
{
public:
    SideEngine(SideWorker a, SideWorker b);

    Circumstances circumstances(const DeviceSelection& selection) override;
    LayerEvidence explain(const AttentionProblem& problem) override;
    ModelInspection inspect(const InspectionRequest& request) override;
    /// Each side has its own model where the plan says so.
    void begin(const Plan& plan) override;
    void probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop) override;
    std::unique_ptr<PreparedCase> prepare(const Case& wanted) override;
    Telemetry telemetry() override;
    void releaseMemory() override;

private:
    Engine& of(Side side) { return *m_sides[static_cast<std::size_t>(side)].engine; }

    std::array<SideWorker, 2> m_sides;
};

} // namespace headroom
