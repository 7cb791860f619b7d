// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/attention_problem.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

namespace headroom::engine
{

/// What one attention call is given: query [B, Hq, Sq, Dqk], key [B, Hkv, Skv, Dqk], value [B, Hkv, Skv, Dv].
struct AttentionInputs
{
    at::Tensor query;
    at::Tensor key;
    at::Tensor value;
    std::optional<at::Tensor> mask; ///< boolean (true takes part) or additive, broadcastable to [B, Hq, Sq, Skv]
    bool causal = false;            ///< top-left triangle
    std::optional<double> scale;    ///< 1/sqrt(Dqk) when not given
    double dropout = 0;             ///< of the probabilities; each backend draws a mask of its own

    double effectiveScale() const;
};

/// The problem that \a inputs pose, save for what is in their mask: that counts as Random.
AttentionProblem problemOf(const AttentionInputs& inputs, bool needsGradients);

/// Random tensors for \a problem on \a device, standard normal, in its layout, and its mask. The same seed gives the
/// same numbers on the same kind of device; on CUDA they are drawn there, since drawing a long sequence on the CPU
/// takes longer than all that is done with it.
AttentionInputs makeInputs(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed);

/// The same without numbers in them: enough to be asked about, and quick at any size. Memory is taken all the same (on
/// the CPU by address alone). \throws c10::Error when there is not enough.
AttentionInputs makeShapes(const AttentionProblem& problem, const c10::Device& device);

/// The mask of \a problem, of maskShape() without leading dimensions of 1 ([Sq, Skv] for most), boolean (true takes
/// part) or in the problem's data type; nothing where there is none.
std::optional<at::Tensor> makeMask(const AttentionProblem& problem, const c10::Device& device, std::uint64_t seed);

} // namespace headroom::engine
