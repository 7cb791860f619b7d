// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/model/model_session.h"
#include "core/run/engine.h"

namespace headroom::engine
{

/// What the rules and LibTorch say of one call, on \a device.
LayerEvidence explainCall(const std::string& path, const AttentionInputs& inputs, bool needsGradients,
                          const DeviceFacts& device);

/// Announces the evidence of each attention layer of the model, asked on the tensors that flow there as training sees
/// them, then what LibTorch's own choice runs in a forward pass and in a training step.
void probeModel(ModelSession& session, const DeviceFacts& device, const EventDataSink& sink, std::stop_token stop);

} // namespace headroom::engine
