// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/attention/backend.h"
#include "core/model/model_spec.h"

#include <cstdint>

namespace headroom
{

/// Predicted memory of one pass of a model, in bytes, by what it is used for.
struct MemoryEstimate
{
    std::int64_t parameterBytes = 0;
    std::int64_t gradientBytes = 0;   ///< of the parameters; 0 for a forward pass
    std::int64_t activationBytes = 0; ///< saved for the backward pass, or the largest live set of a forward pass
    std::int64_t attentionBytes = 0;  ///< score matrices of math and naive, log-sum-exp of the fused backends
    std::int64_t logitsBytes = 0;     ///< output and, when training, what the loss makes of it

    /// The peak: the parameters and, of what does not live at the same time, the most. A forward pass holds a layer's
    /// tensors or the logits; a training step the gradients, at its end, or all else, before them.
    /// kTooLarge (saturating.h) when an int64 cannot hold it.
    std::int64_t totalBytes() const;
    bool operator==(const MemoryEstimate&) const = default;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(MemoryEstimate, parameterBytes, gradientBytes, activationBytes,
                                                attentionBytes, logitsBytes)

/// The estimate for \a input with \a backend. \a training adds gradients and saved activations (no optimizer state:
/// Headroom's training step is forward, loss and backward).
/// Reasoned from what is alive at once; how well it agrees with LibTorch is said in the source.
MemoryEstimate estimateMemory(const ModelInput& input, Backend backend, bool training);

} // namespace headroom
