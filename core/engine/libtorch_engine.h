// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/engine.h"

#include <memory>

namespace headroom::engine
{

/// The engine of the worker: LibTorch, on the CPU or a CUDA device. All thread-local state of LibTorch (grad mode,
/// autocast, device, warning handler) is set where it is used, on the thread that calls.
class LibtorchEngine : public Engine
{
public:
    LibtorchEngine();
    ~LibtorchEngine() override;

    Circumstances circumstances(const DeviceSelection& selection) override;
    LayerEvidence explain(const AttentionProblem& problem) override;
    ModelInspection inspect(const InspectionRequest& request) override;
    void begin(const Plan& plan) override;
    void probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop) override;
    void check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop) override;
    std::unique_ptr<PreparedCase> prepare(const Case& wanted) override;
    Telemetry telemetry() override;
    void releaseMemory() override;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom::engine
