// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"
#include "core/attention/backend.h"

#include <cstdint>

namespace headroom
{

/// What one execution of an attention call is for, by what it keeps.
enum class AttentionUse
{
    Inference, ///< forward, nothing kept
    Backward,  ///< the backward pass alone, of a forward pass that was kept
    Training   ///< forward, then backward
};

/// Predicted memory of one attention call, in bytes, by what it is used for.
struct AttentionMemory
{
    std::int64_t inputBytes = 0;  ///< Q, K, V and the mask; the output's gradient where there is a backward pass
    std::int64_t outputBytes = 0; ///< O
    std::int64_t savedBytes = 0;  ///< what a forward pass leaves for the backward pass beyond its inputs, O included
    std::int64_t peakBytes = 0;   ///< the most that is alive at once, inputs included

    bool operator==(const AttentionMemory&) const = default;
};

/// The prediction for one call with \a backend. Read off what LibTorch 2.11 allocates, step by step, in each backend;
/// the source says where. Tests hold it against LibTorch's own allocation reports on the CPU, within 5 %. On CUDA the
/// caching allocator rounds blocks to 512 bytes and cuDNN's plans may want a workspace of their own: it is a little
/// under there. Default counts as flash, Fp64 is not predicted (it is blocked to a fixed size) and gives its inputs.
/// \a threads: LibTorch's on the CPU, each of which has a block of scores of its own there.
/// On the CPU it is that of this machine: with AMX LibTorch puts bfloat16 into another order first.
/// What an int64 cannot hold is kTooLarge (saturating.h).
AttentionMemory predictMemory(const AttentionProblem& problem, Backend backend, AttentionUse use, int threads = 1);

} // namespace headroom
