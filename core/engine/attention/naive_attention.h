// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

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

/// The accuracy yardstick: matmul, scale, mask, soft-max, matmul, each step in the inputs' own data type, recorded by
/// autograd where gradients are on. Not PyTorch's math backend, which computes half types in float32 and would make any
/// ratio explode. Fully masked rows give zeros.
at::Tensor naiveAttention(const AttentionInputs& inputs);

/// Its log-sum-exp, [B, Hq, Sq], computed in the inputs' data type; -infinity for fully masked rows.
at::Tensor naiveLogSumExp(const AttentionInputs& inputs);

} // namespace headroom::engine
