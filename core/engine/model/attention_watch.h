// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"
#include "core/engine/model/operator_stream.h"
#include "core/model/model_inspection.h"

#include <c10/core/Device.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom::engine
{

/// An attention call that went by.
struct SeenCall
{
    CallForm form = CallForm::Sdpa;
    AttentionProblem problem; ///< what its tensors pose; what is in the mask is not looked at
    AttentionInputs inputs;   ///< handles without gradients; query, key and value of the first of calls that are alike,
                              ///< and every mask; of the fast path as they are within it
    bool needsWeights = false; ///< of the fused multi-head attention
    std::vector<std::int64_t> maskShape;
    bool innermostContiguous = true;
    std::string hierarchy; ///< of the modules that called, where TorchScript runs:
                           ///< "TOP(Model)::forward.0(Block)::forward.self_attn(Attention)::forward"
    std::vector<std::string> operators;
    std::vector<std::string> kernels;
    OperatorSpan operatorsOfPass; ///< where it is in the pass; none where the pass did not show it
    std::optional<double> ns;     ///< once it was timed (timePass())
    std::optional<std::int64_t> allocatedBytes;

    bool hasTensors() const { return inputs.query.defined(); }
};

/// Matrix products and convolutions of one pass, attention's left out.
struct MatrixWork
{
    double flops = 0;
    std::int64_t weights = 0;     ///< elements of the second operands that are weights
    std::int64_t activations = 0; ///< elements of the other operands and of the results
};

/// What went by in one pass.
struct SeenPass
{
    std::vector<SeenCall> calls; ///< in their order
    MatrixWork matrices;
    std::int64_t peakBytes = 0;     ///< the most that the pass allocated beyond what was there
    std::vector<std::string> notes; ///< sentences on what could not be seen
};

/// Runs \a pass once on \a device and watches each operator that LibTorch dispatches in it (at::RecordFunction, which
/// eager code, TorchScript and nativert all go through): scaled_dot_product_attention with its tensors, one backend's
/// own operators where nothing called it, the fused encoder layer and multi-head attention of torch.nn, and attention
/// that is written out by hand. The last is found by following results: a matrix product of two batched tensors, then
/// scaling, masks and dropout, a softmax, and a matrix product of that. Nothing is copied and the device is not waited
/// for within the pass, which nevertheless is slower than one that is not watched: timePass() is for times.
///
/// One watch at a time in a process.
SeenPass watchPass(const std::function<void()>& pass, const c10::Device& device);

} // namespace headroom::engine
