// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"

namespace headroom::engine
{

/// The accuracy yardstick: matmul, scale, mask, soft-max, matmul, each step in the inputs' own data type, recorded by
/// autograd where gradients are on. Not PyTorch's math backend, which computes half types in float32 and would make any
/// ratio explode. Fully masked rows give zeros.
///
/// \a logSumExp, when not null, receives [B, Hq, Sq], in the inputs' data type; -infinity for fully masked rows.
at::Tensor naiveAttention(const AttentionInputs& inputs, at::Tensor* logSumExp = nullptr);

} // namespace headroom::engine
