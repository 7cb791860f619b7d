// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/engine/attention/reference_attention.h"
#include "core/plan/case.h"

#include <functional>

namespace headroom::engine
{

/// The output of \a backend, forced, in whatever grad mode is on. Naive and Fp64 are Headroom's own; the rest go
/// through at::scaled_dot_product_attention, as models call it. \throws c10::Error when LibTorch refuses.
at::Tensor attend(Backend backend, const AttentionInputs& inputs);

/// Wall times of one call, each to the end of a synchronise.
struct CallTimes
{
    double forwardNs = 0;   ///< with gradients on
    double backwardNs = 0;  ///< 0 where there was none
    double inferenceNs = 0; ///< of a forward pass with gradients off; 0 where there was none
};

/// How a pass of a call is carried out: runs \a work, and may do something before and after it, e.g. take its time.
using PassRunner = std::function<void(Pass pass, const std::function<void()>& work)>;

/// Runs the work and waits for \a device before and after it; \a times receives how long each pass took.
PassRunner timedRunner(const c10::Device& device, CallTimes& times);

/// Forward and, where \a outputGradient is defined, backward of \a backend and nothing else: what one timed call does.
/// Without a log-sum-exp.
AttentionResults attendOnce(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                            const PassRunner& run = {});

/// Forward and backward of \a backend on detached copies of the handles of \a inputs (their memory layout is kept).
/// The log-sum-exp comes from the backend's direct operator where it gives one and takes the shape; else it is
/// undefined.
AttentionResults attendWithGradients(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient);

/// The same, each pass carried out by \a run.
AttentionResults attendByPasses(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                const PassRunner& run);

} // namespace headroom::engine
