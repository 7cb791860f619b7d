// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/kernel_observer.h"
#include "core/engine/device/case_timer.h"
#include "core/run/engine.h"

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <string>

namespace headroom::engine
{

/// A case as something that can be run: what LibTorch work it is, and on which device.
struct WorkSetup
{
    /// Of \a wanted, whose backend is what must be seen to run; the work itself is still to be given.
    WorkSetup(const Case& wanted, const c10::Device& on)
        : caseId(wanted.id()), pass(wanted.pass), requested(wanted.backend), predicted(wanted.backend),
          coldL2(wanted.l2 == L2State::Cold), device(on)
    {
    }

    std::string caseId;
    Pass pass = Pass::Forward;
    Backend requested = Backend::Default;
    Backend predicted = Backend::Default; ///< what must be seen to run
    bool coldL2 = false;
    c10::Device device{c10::DeviceType::CPU};
    std::int64_t heldBytes = 0;       ///< alive before the work begins: parameters, inputs
    std::function<void()> work;       ///< what a sample is the time of; may leave device work in flight
    std::int64_t runsPerSample = 1;   ///< executions in it (a recorded graph); times are those of one
    std::function<void()> observed;   ///< run under observation; empty: the first call of work is observed
    Observation seenBefore;           ///< what was seen while the work was made: the forward of a backward pass
    double firstCallNs = 0;           ///< of an earlier first call of the same work; 0: this one is the first
    std::function<void()> beforePeak; ///< run before memory is measured, e.g. clears gradients; may be empty
};

/// Runs \a setup's work once, under observation and with its memory measured, so that a slow model's run serves all,
/// and so that a refusal or a lack of memory is known before anything is timed, and gives back the case. \throws
/// EngineError, translated from LibTorch's exceptions by throwAsEngineError().
std::unique_ptr<PreparedCase> prepareWork(WorkSetup setup, CaseTimer& timer);

/// Rethrows the current exception as an EngineError: out of memory, not eligible ("No available kernel"), device lost
/// (a sticky CUDA error), else Cause::Error; the sentence is LibTorch's own, without its backtrace.
[[noreturn]] void throwAsEngineError();

} // namespace headroom::engine
