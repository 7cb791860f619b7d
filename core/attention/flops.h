// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"

#include <cstdint>

namespace headroom
{

/// Floating-point operations of one attention call, both ways of counting. A multiply-add counts two.
struct AttentionFlops
{
    double unmasked = 0;   ///< only score elements that take part (exact for causal, as cudnn-frontend's benchmark)
    double convention = 0; ///< 4 B Hq Sq Skv D, half when causal (FlashAttention's benchmark)

    bool operator==(const AttentionFlops&) const = default;
};

/// Forward: two matrix products per element. Backward: five (three with Dqk, two with
/// Dv), that is 2.5 times the forward where the head dims are equal (FlashAttention-2, 3.2), and always by convention.
AttentionFlops forwardFlops(const AttentionProblem& problem);
AttentionFlops backwardFlops(const AttentionProblem& problem);

/// The fewest bytes a forward pass moves through device memory: Q, K, V and the mask in the shape in which it
/// is handed over (maskShape()) read once, O written once.
std::int64_t forwardBytes(const AttentionProblem& problem);

/// The fewest bytes a backward pass moves: what the forward pass left and the gradient that came back, Q, K, V, O, dO,
/// the log-sum-exp ([B, Hq, Sq] in float32, float64 for float64) and the mask, read once; dQ, dK, dV, and dM where the
/// mask needs a gradient, written once (FlashAttention-2, algorithm 2, with a cache that holds a block of everything).
/// A training step moves forwardBytes(), the log-sum-exp that it writes, and this.
std::int64_t backwardBytes(const AttentionProblem& problem);

/// The log-sum-exp that a forward pass with gradients leaves to its backward pass.
std::int64_t logSumExpBytes(const AttentionProblem& problem);

/// The mask in the shape in which it is handed over; 0 without one.
std::int64_t maskBytes(const AttentionProblem& problem);

/// The score elements that take part, per head and batch item (rounded down where items differ by their padding):
/// Sq*Skv, the top-left triangle when causal, or what the mask's pattern lets through. A random mask skips nothing, and
/// of more than four million rows as many, evenly spread, are counted for all.
std::int64_t unmaskedElements(const AttentionProblem& problem);

/// Memory beyond inputs and output that \a backend needs in a forward pass, in bytes: the score matrices and their
/// soft-max of math (fp32, since 2.5 it computes half inputs in fp32, through copies of them) and naive, the
/// log-sum-exp of the fused backends when gradients are needed. Default counts as fused; Fp64, which is blocked, too.
///
/// Byte counts and element counts that an int64 cannot hold are kTooLarge (saturating.h).
std::int64_t workspaceBytes(const AttentionProblem& problem, Backend backend);

} // namespace headroom
