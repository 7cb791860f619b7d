// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/model_session.h"

#include <cstddef>
#include <vector>

namespace headroom::engine
{

/// The attention calls that a model makes, layer by layer, with the tensors that really flow there.
struct CapturedCalls
{
    std::vector<AttentionInputs> inputs;     ///< handles without gradients, strides as the model makes them
    std::vector<std::size_t> numbers;        ///< of each among the model's calls: those whose tensors were seen
    std::vector<at::Tensor> outputGradients; ///< what the backward pass hands each call; empty after a forward pass
};

/// Runs one training step (or with \a training false one inference) of \a session with LibTorch's own choice of
/// backend. A model that does not hand its calls over gives those that were watched, and gradients drawn from its seed.
CapturedCalls captureCalls(ModelSession& session, bool training);

} // namespace headroom::engine
