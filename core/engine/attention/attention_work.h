// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"
#include "core/engine/prepared_work.h"

#include <cstdint>
#include <functional>

namespace headroom::engine
{

/// One case of a bare attention call as work: its tensors on \a device, drawn from \a seed, and what one execution is.
///
/// Forward runs with gradients off. Backward runs the backward pass of one forward, over and over; training step is
/// forward and backward. A backward pass alone shows no operator of math's own: what its forward showed counts with it.
///
/// Launch::Graph records the case into one CUDA graph: enough runs that a replay takes about 200 us, or, cold, as many
/// copies of the inputs as hold more than twice the L2 cache, used in turn, so that no run finds its own there.
/// \throws EngineError(Unsupported) for a graph without CUDA; c10::Error.
WorkSetup attentionWork(const Case& wanted, const AttentionProblem& problem, const c10::Device& device,
                        std::uint64_t seed);

/// The output of a call, in whatever grad mode is on.
using AttentionCall = std::function<at::Tensor(const AttentionInputs&)>;

/// The same of \a call on \a inputs that are there, launched one by one.
WorkSetup callWork(const Case& wanted, const AttentionInputs& inputs, const AttentionCall& call,
                   const c10::Device& device);

} // namespace headroom::engine
