// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/model_spec.h"

namespace headroom
{

/// Floating-point operations of one forward pass of a model, a multiply-add counting two: the linear layers (two for
/// each weight and token; the embeddings are look-ups and take none) and attention by the unmasked count.
struct ModelFlops
{
    double linear = 0;
    double attention = 0;           ///< scores and their product with the values, unmasked elements only
    double attentionConvention = 0; ///< the same as FlashAttention's benchmark counts it; no part of total()

    double total() const { return linear + attention; }
    bool operator==(const ModelFlops&) const = default;
};

ModelFlops forwardFlops(const ModelInput& input);

/// The backward pass: two products for each of the linear layers' one, and attention as flops.h counts it.
ModelFlops backwardFlops(const ModelInput& input);

} // namespace headroom
