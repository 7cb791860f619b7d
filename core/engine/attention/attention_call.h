// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/engine/attention/reference_attention.h"

namespace headroom::engine
{

/// The output of \a backend, forced, in whatever grad mode is on. Naive and Fp64 are Headroom's own; the rest go
/// through at::scaled_dot_product_attention, as models call it. \throws c10::Error when LibTorch refuses.
at::Tensor attend(Backend backend, const AttentionInputs& inputs);

/// Wall times of one call, each to the end of a synchronise.
struct CallTimes
{
    double forwardNs = 0;  ///< with gradients on
    double backwardNs = 0; ///< 0 where there was none
};

/// Forward and, where \a outputGradient is defined, backward of \a backend and nothing else: what one timed call does.
/// Without a log-sum-exp. \a times, when not null, receives how long it took.
AttentionResults attendOnce(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                            CallTimes* times = nullptr);

/// Forward and backward of \a backend on detached copies of the handles of \a inputs (their memory layout is kept).
/// The log-sum-exp comes from the backend's direct operator where it gives one and takes the shape; else it is
/// undefined.
AttentionResults attendWithGradients(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient);

/// The same; \a times, when not null, receives how long the two took.
AttentionResults attendTimed(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient,
                             CallTimes* times);

} // namespace headroom::engine
