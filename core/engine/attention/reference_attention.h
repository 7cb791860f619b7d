// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/device_steps.h"
#include "core/engine/attention/naive_attention.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace headroom::engine
{

/// Everything that an attention call gives, in forward and backward. A tensor that a backend does not give is
/// undefined.
struct AttentionResults
{
    at::Tensor output;        ///< [B, Hq, Sq, Dv]
    at::Tensor logSumExp;     ///< [B, Hq, Sq]
    at::Tensor queryGradient; ///< as query
    at::Tensor keyGradient;   ///< as key
    at::Tensor valueGradient; ///< as value
    at::Tensor maskGradient;  ///< as the mask, when it is additive and needs a gradient
};

/// The reference, and beside it the rounding noise that each result carries in any arithmetic of unit roundoff u: the
/// standard deviation of each element, in units of u, with every product and score rounded once and all roundings
/// independent, to first order (N. Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., sections 2.8, 3.1).
/// With squares taken element by element, D = rowsum(dO O), and P recomputed from the log-sum-exp L in the backward
/// pass:
///
///     noise(S)^2  = s^2 Q^2 K^2^T + S^2            A = P^2 (noise(S)^2 + 1)            B = A + P^2 L^2
///     noise(O)^2  = A (V - O)^2                    noise(L)^2 = rowsum(A)              noise(dV)^2 = B^T dO^2
///     noise(dS)^2 = P^2 (dO^2 V^2^T + rowsum(dO^2 O^2)) + B (dP - D)^2
///     noise(dQ)^2 = s^2 noise(dS)^2 K^2 + L^2 dQ^2 + s^2 rowsum(dO^2 O^2) (P K)^2
///     noise(dK)^2 = s^2 noise(dS)^2^T Q^2
///
/// (the last two terms of dQ: what L and D are off is the same for a whole row.) The mean error of LibTorch's float32
/// kernels is 0.4 to 2.4 times this for normally distributed tensors of any scale and mean, their largest at most 8
/// times the largest. It matters where terms cancel: with one key dS = P (dP - D) is exactly zero and this noise is all
/// that is left, and keys with a common mean multiply what D is off.
struct ReferenceResults : AttentionResults
{
    AttentionResults noise; ///< shapes as the results; undefined unless asked for
};

/// Largest block of scores of the reference; about six of its size are alive at once.
inline std::int64_t referenceBlockBytes(const c10::Device& device)
{
    return std::int64_t{device.is_cuda() ? 1024 : 256} << 20;
}

/// Attention in double precision, the truth that every backend is judged by: own matrix products and soft-max, never
/// scaled_dot_product_attention. \a outputGradient [B, Hq, Sq, Dv] may be undefined: then no gradients are given.
///
/// Heads and query rows are processed in blocks of at most \a blockBytes of scores (0: referenceBlockBytes()), so that
/// it fits at any length. Gradients are written out (FlashAttention-2, algorithm 2): dV = P^T dO, dP = dO V^T, dS = P
/// (dP - rowsum(dO O)), dQ = s dS K, dK = s dS^T Q. Fully masked rows give zeros and a log-sum-exp of -infinity. \a
/// noise asks for the rounding noise as well, at about twice the work.
ReferenceResults referenceAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t blockBytes = 0, bool noise = false);

/// referenceAttention() in steps, a block of scores each, so that something else can come between them.
class ReferencePass
{
public:
    explicit ReferencePass(const AttentionInputs& inputs, const at::Tensor& outputGradient, std::int64_t blockBytes = 0,
                           bool noise = false);

    /// All of them, in the order in which they are to be launched, each once; they keep what they need alive.
    std::vector<DeviceStep> steps() const;

    /// After all steps were launched.
    ReferenceResults results() const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

/// The output of referenceAttention() as a step that autograd can go back through; gradients are computed by running
/// the reference again, so that no score matrix is kept. The mask gets no gradient.
at::Tensor differentiableReference(const AttentionInputs& inputs);

} // namespace headroom::engine
