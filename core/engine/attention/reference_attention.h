// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/naive_attention.h"

#include <cstdint>

namespace headroom::engine
{

/// Everything that an attention call gives, in forward and backward. A tensor that a backend does not give is undefined.
struct AttentionResults
{
    at::Tensor output;        ///< [B, Hq, Sq, Dv]
    at::Tensor logSumExp;     ///< [B, Hq, Sq]
    at::Tensor queryGradient; ///< as query
    at::Tensor keyGradient;   ///< as key
    at::Tensor valueGradient; ///< as value
    at::Tensor maskGradient;  ///< as the mask, when it is additive and needs a gradient
};

/// Attention in double precision, the truth that every backend is judged by: own matrix products and soft-max, never
/// scaled_dot_product_attention. \a outputGradient [B, Hq, Sq, Dv] may be undefined: then no gradients are given.
///
/// Query rows are processed in blocks of at most \a blockBytes of scores, so that it fits at any length. Gradients are
/// written out (FlashAttention-2, algorithm 2): dV = P^T dO, dP = dO V^T, dS = P (dP - rowsum(dO O)), dQ = s dS K,
/// dK = s dS^T Q. Fully masked rows give zeros and a log-sum-exp of -infinity.
AttentionResults referenceAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t blockBytes = std::int64_t{256} << 20);

/// The output of referenceAttention() as a step that autograd can go back through; gradients are computed by running the
/// reference again, so that no score matrix is kept. The mask gets no gradient.
at::Tensor differentiableReference(const AttentionInputs& inputs);

} // namespace headroom::engine
