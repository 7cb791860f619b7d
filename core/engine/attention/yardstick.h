// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/reference_attention.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace headroom::engine
{

/// Naive attention with its gradients, the accuracy yardstick, in parts of whole heads whose scores have at most
/// \a partBytes (0: 2 GiB on CUDA, 512 MiB on the CPU): autograd keeps several score matrices alive, which would not
/// fit for a long sequence. Heads do not depend on each other, so the parts give the same numbers; a mask that needs a
/// gradient is not cut. \a outputGradient may be undefined: outputs alone.
AttentionResults yardstickAttention(const AttentionInputs& inputs, const at::Tensor& outputGradient,
                                    std::int64_t partBytes = 0);

/// yardstickAttention() in steps, a part each, so that something else can come between them.
class YardstickPass
{
public:
    explicit YardstickPass(const AttentionInputs& inputs, const at::Tensor& outputGradient, std::int64_t partBytes = 0);

    /// All of them, in the order in which they are to be launched, each once; they keep what they need alive.
    std::vector<DeviceStep> steps() const;

    /// After all steps were launched.
    const AttentionResults& results() const;

private:
    struct Shared;
    std::shared_ptr<Shared> m_shared;
};

} // namespace headroom::engine
