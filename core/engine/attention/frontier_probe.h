// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/job.h"
#include "core/run/engine.h"

#include <c10/core/Device.h>

#include <cstdint>
#include <stop_token>

namespace headroom::engine
{

/// Searches the frontier of each of \a job's backends on an attention call, and announces each as EvidenceSeen. On CUDA
/// a length is run until the caching allocator runs out, whose blocks are given back after each try; on the CPU, where
/// the kernel promises memory that it does not have, only what the prediction says to fit is run, and only for up to 2
/// s.
void probeFrontier(const ProbeJob& job, const c10::Device& device, std::uint64_t seed, const EventDataSink& sink,
                   std::stop_token stop);

/// Runs \a problem once in \a pass with \a backend and measures its peak, inputs included. Memory that runs out and
/// refusals are outcomes; a lost device is an EngineError.
FrontierTry runOnce(const AttentionProblem& problem, Backend backend, Pass pass, const c10::Device& device);

} // namespace headroom::engine
