// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/journal.h"
#include "core/run/runner.h"
#include "core/run/worker_protocol.h"

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace headroom
{

/// How to start a worker: the program with its arguments ("ssh", "host", "headroom-worker" is one as well), and
/// variables to set for it.
struct WorkerCommand
{
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;
};

/// What a run's events advise, asked once when its last job is done (core/advice).
using Adviser = std::function<std::vector<Recommendation>(std::span<const Event>)>;

/// Keeps a worker process, hands it what remains of a plan, writes the journal, and announces each event after it is on
/// disk. A worker that dies or overruns its job's deadline is replaced: the job in flight is Failed with the cause, the
/// rest goes on. Used by one thread; cancel(), pause() and resume() may be called from any.
class Supervisor
{
public:
    explicit Supervisor(WorkerCommand command);
    ~Supervisor();

    /// Asks a worker what it runs on. \throws EngineError with a sentence when no worker can be started or answers.
    Circumstances describe(const DeviceSelection& device);

    /// Asks a worker about one attention call.
    LayerEvidence explain(const DeviceSelection& device, const AttentionProblem& problem);

    /// Lets a worker load a model from a file and watch its attention.
    ModelInspection inspect(const DeviceSelection& device, const InspectionRequest& what);

    /// Runs \a plan from its start, or, when the journal holds events of it already, what is left of it. Announces
    /// every event (those of earlier attempts are not repeated) after writing it. Ends with the recommendations and
    /// runFinished. \throws std::runtime_error only for a journal that cannot be written.
    Outcome run(const Plan& plan, Journal& journal, const EventSink& sink, const Adviser& adviser);

    void cancel();
    void pause();
    void resume();

    /// Forgets a cancel() or pause() that came too late for the run that it was meant for. Between two runs.
    void forgetRequests();

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace headroom
