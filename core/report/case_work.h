// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/plan/case.h"

#include <cstdint>

namespace headroom
{

/// What a case has to do, counted and not measured.
struct CaseWork
{
    double totalFlops = 0;        ///< matrix products and attention
    double attentionFlops = 0;    ///< scores and their product with the values, unmasked elements only
    double conventionFlops = 0;   ///< all of it, with attention as FlashAttention's benchmark counts it
    double bytes = 0;             ///< the fewest that go through device memory
    DType dtype = DType::Float32; ///< that the products are computed in

    double attentionShare() const { return totalFlops > 0 ? attentionFlops / totalFlops : 0.0; }
    bool operator==(const CaseWork&) const = default;
};

/// The work of one pass, by core/attention/flops.h, core/model/model_flops.h and model_bytes.h.
CaseWork workOf(const Case& measured);

/// Batch items and tokens of one pass of \a subject.
std::int64_t batchOf(const Subject& subject);
std::int64_t sequenceOf(const Subject& subject);

/// Attention calls of one forward pass that show an operator of LibTorch's.
std::int64_t attentionCallsOf(const Subject& subject);

} // namespace headroom
