// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/judging_kernels.h"

#include <ATen/core/Tensor.h>

namespace headroom::engine
{

/// Whether the steps below can be taken with \a tensor: it lies on a CUDA device, and Headroom's kernels were built.
bool hasFusedSteps(const at::Tensor& tensor);

/// launchSoftMaxRows() of float64 \a scores [..., rows, keys], in place. Returns the log-sum-exp [..., rows, 1].
at::Tensor softMaxInPlace(const at::Tensor& scores, std::int64_t firstQuery, bool causal);

/// dS = P (dP - D) in place of \a scoreGradients [..., rows, keys]; \a rowSums [..., rows, 1] is D.
void scoreGradientsInPlace(const at::Tensor& scoreGradients, const at::Tensor& weights, const at::Tensor& rowSums);

/// launchRoundedSoftMaxRows() of \a scores [..., rows, keys] in float32, float16 or bfloat16, in place.
/// Returns the log-sum-exp [..., rows], in the same type.
at::Tensor roundedSoftMaxInPlace(const at::Tensor& scores, double scale, bool causal);

/// launchRoundedScoreGradients() in place of \a scoreGradients [..., rows, keys].
void roundedScoreGradientsInPlace(const at::Tensor& scoreGradients, const at::Tensor& weights, double scale);

/// launchErrorSums() of tensors with as many elements each; \a reference is float64.
ErrorSums errorSumsOf(const at::Tensor& value, const at::Tensor& reference);

} // namespace headroom::engine
