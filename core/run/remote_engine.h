// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"
#include "core/run/supervisor.h"

#include <chrono>
#include <memory>
#include <string>

namespace headroom
{

/// An engine in another process: each step goes to a worker as a request, and its answer comes back. So that the same
/// Runner can run in front of workers that cannot share a process: of other LibTorch versions, or other environments.
///
/// A sample is launched when it is taken, and not while another one runs: two processes would disturb each other. The
/// worker is started by the first step. One that dies, or does not answer for \a patience, fails the step that was
/// asked of it (WorkerDied, Deadline), with its name and last words, and so do the cases that it had prepared; the next
/// step starts a new one, and makes the plan its own. For one thread.
class RemoteEngine : public Engine
{
public:
    using Patience = std::chrono::milliseconds;

    /// Longer than anything that a job's own deadline allows.
    static constexpr Patience kMostPatience = std::chrono::minutes(20);

    /// \a name is what the worker is called in sentences: "the worker of side B".
    RemoteEngine(WorkerCommand command, std::string name, Patience patience = kMostPatience);
    ~RemoteEngine() override;

    Circumstances circumstances(const DeviceSelection& selection) override;
    LayerEvidence explain(const AttentionProblem& problem) override;
    ModelInspection inspect(const InspectionRequest& request) override;
    void begin(const Plan& plan) override;
    void probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop) override;
    std::unique_ptr<PreparedCase> prepare(const Case& wanted) override;
    /// Nothing from a worker that has ended.
    Telemetry telemetry() override;
    void releaseMemory() override;

private:
    class Connection;
    class RemoteCase;
    std::shared_ptr<Connection> m_connection;
    DeviceSelection m_device; ///< that was looked at last
};

} // namespace headroom
