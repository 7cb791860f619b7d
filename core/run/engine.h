// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/event.h"

#include <functional>
#include <memory>
#include <stdexcept>
#include <stop_token>
#include <string>

namespace headroom
{

/// Raised by an engine for what can be told apart; anything else that it throws counts as Cause::Error.
class EngineError : public std::runtime_error
{
public:
    EngineError(Cause cause, const std::string& sentence) : std::runtime_error(sentence), m_cause(cause) {}
    Cause cause() const { return m_cause; }

private:
    Cause m_cause;
};

/// One timed execution of a case.
struct Sample
{
    double ns = 0;
    std::optional<double> smMhz{};
    std::optional<double> waitNs{}; ///< of ns, how long others kept the process from its cores (CPU)
};

/// A case whose tensors are in place. Used by one thread; destroyed before another subject is prepared.
class PreparedCase
{
public:
    virtual ~PreparedCase() = default;

    /// Launches one run behind what is in flight, so that the device has no time to idle between two samples.
    /// takeSample() is to follow before the next one; one launch of another case may come between the two.
    virtual void launchSample() = 0;

    /// Waits for the run that launchSample() launched and returns its time: the device's clock, the event pair's own
    /// cost taken off, L2 as the case asks.
    virtual Sample takeSample() = 0;

    Sample sample()
    {
        launchSample();
        return takeSample();
    }

    /// Runs once and returns the time from the first launch to the end of a synchronise, or nothing where that is the
    /// same as sample() (the CPU).
    virtual std::optional<Sample> wallSample() = 0;

    /// Says what was seen to run, in the first call or in a run of its own. Never inside a timed region.
    virtual RunEvidence observe() = 0;

    /// The peak of what LibTorch allocated in one run, in bytes, model and inputs included.
    virtual std::optional<double> peakBytes() = 0;

    /// Time of the first call of all of this case in this process; known after the first sample().
    virtual std::optional<double> firstCallNs() const = 0;

    /// Wall time of a run that was made while the case was prepared and that was not the first one, which plans and
    /// loads: as good as a warm-up run. Nothing where the only run was the first.
    virtual std::optional<double> warmRunNs() const = 0;

    /// What sample() takes off for the event pair.
    virtual std::optional<double> eventOverheadNs() const = 0;
};

/// What an engine announces while it works on a job; called on the engine's thread, between timed regions.
using EventDataSink = std::function<void(EventData)>;

/// Whoever can run attention: LibTorch in the worker, FakeEngine in tests. Used by one thread.
///
/// Functions throw EngineError, or any std::exception, and leave the engine usable unless the cause is DeviceLost.
class Engine
{
public:
    virtual ~Engine() = default;

    /// What this process runs on and with; \a selection must be among its devices.
    /// \throws EngineError(Unsupported) with a sentence that names the devices there are.
    virtual Circumstances circumstances(const DeviceSelection& selection) = 0;

    /// What LibTorch and the rules say of one attention call on the selected device.
    virtual LayerEvidence explain(const AttentionProblem& problem) = 0;

    /// Loads a model on the selected device and watches its attention in one pass.
    /// \throws EngineError(Unsupported) with a sentence for what is no model that can be loaded.
    virtual ModelInspection inspect(const InspectionRequest& request) = 0;

    /// Makes \a plan's device, seed, policies and files those of the jobs to come.
    virtual void begin(const Plan& plan) = 0;

    virtual void probe(const ProbeJob& job, const EventDataSink& sink, std::stop_token stop) = 0;
    virtual void judge(const JudgeJob& job, const EventDataSink& sink, std::stop_token stop) = 0;
    virtual void check(const CheckJob& job, const EventDataSink& sink, std::stop_token stop) = 0;

    /// Puts the case's tensors in place. \throws EngineError(NotEligible, OutOfMemory, ...).
    virtual std::unique_ptr<PreparedCase> prepare(const Case& wanted) = 0;

    /// What the device says of itself now; cheap enough to call between batches of samples.
    virtual Telemetry telemetry() = 0;

    /// Gives back what is cached between jobs (models, the allocator's free blocks).
    virtual void releaseMemory() = 0;
};

} // namespace headroom
