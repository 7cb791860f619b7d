// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/engine/attention/reference_attention.h"

namespace headroom::engine
{

/// The output of \a backend, forced, in whatever grad mode is on. Naive and Fp64 are Headroom's own; the rest go
/// through at::scaled_dot_product_attention, as models call it. \throws c10::Error when LibTorch refuses.
at::Tensor attend(Backend backend, const AttentionInputs& inputs);

/// Forward and, where \a outputGradient is defined, backward of \a backend and nothing else: what one timed call does.
/// Without a log-sum-exp.
AttentionResults attendOnce(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient);

/// Forward and backward of \a backend on detached copies of the handles of \a inputs (their memory layout is kept).
/// The log-sum-exp comes from the backend's direct operator where it gives one and takes the shape; else it is
/// undefined.
AttentionResults attendWithGradients(Backend backend, const AttentionInputs& inputs, const at::Tensor& outputGradient);

} // namespace headroom::engine
