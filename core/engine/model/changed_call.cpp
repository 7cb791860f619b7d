// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/changed_call.h"

#include "core/engine/attention/attention_call.h"
#include "core/engine/attention/attention_judge.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include <optional>
#include <utility>

namespace headroom::engine
{
namespace
{

AttentionInputs inBFloat16(AttentionInputs inputs)
{
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = tensor->to(at::kBFloat16);
    }
    if (inputs.mask && inputs.mask->is_floating_point())
    {
        inputs.mask = inputs.mask->to(at::kBFloat16);
    }
    return inputs;
}

/// Without the keys behind the first \a keys.
AttentionInputs cutTo(std::int64_t keys, bool withoutMask, AttentionInputs inputs)
{
    inputs.key = inputs.key.narrow(2, 0, keys);
    inputs.value = inputs.value.narrow(2, 0, keys);
    if (withoutMask)
    {
        inputs.mask.reset();
    }
    else if (inputs.mask && inputs.mask->size(-1) > 1)
    {
        inputs.mask = inputs.mask->narrow(-1, 0, keys).contiguous(); // kernels want its rows aligned
    }
    return inputs;
}

/// Each head of key and value that is no copy of the one before.
AttentionInputs grouped(std::int64_t heads, AttentionInputs inputs)
{
    const auto copies = inputs.key.size(1) / heads;
    inputs.key = inputs.key.slice(1, 0, std::nullopt, copies).contiguous();
    inputs.value = inputs.value.slice(1, 0, std::nullopt, copies).contiguous();
    return inputs;
}

AttentionInputs repeated(AttentionInputs inputs)
{
    const auto copies = inputs.query.size(1) / inputs.key.size(1);
    inputs.key = inputs.key.repeat_interleave(copies, 1);
    inputs.value = inputs.value.repeat_interleave(copies, 1);
    return inputs;
}

at::Tensor paddedCall(AttentionInputs inputs, std::int64_t headDim)
{
    const auto wide = inputs.value.size(-1);
    inputs.scale = inputs.effectiveScale();
    for (at::Tensor* tensor : {&inputs.query, &inputs.key, &inputs.value})
    {
        *tensor = at::constant_pad_nd(*tensor, {0, headDim - tensor->size(-1)});
    }
    return attend(Backend::Default, inputs).narrow(-1, 0, wide);
}

AttentionInputs madeContiguous(AttentionInputs inputs)
{
    inputs.query = inputs.query.contiguous();
    inputs.key = inputs.key.contiguous();
    inputs.value = inputs.value.contiguous();
    return inputs;
}

/// Whether the call is a matrix product, a softmax and a matrix product: by hand, or in torch.nn's fast path where no
/// backend was seen in it.
bool isWrittenOut(const WatchedCall& watched)
{
    const bool inFastPath = watched.form == CallForm::FastPath && !(watched.ran && isFused(*watched.ran));
    return watched.form == CallForm::HandWritten || inFastPath;
}

/// Output and gradients of \a call on \a original, the change made on the way, so that gradients are those of the
/// tensors that the model has.
AttentionResults runChanged(const WatchedCall& watched, CallChange change, const AttentionInputs& original,
                            const at::Tensor& outputGradient)
{
    const bool train = outputGradient.defined();
    const c10::AutoGradMode gradients(train);
    AttentionInputs leaves = original;
    for (at::Tensor* tensor : {&leaves.query, &leaves.key, &leaves.value})
    {
        *tensor = tensor->detach().requires_grad_(train);
    }
    AttentionResults results;
    const auto output = timedCall(watched, change)(preparedInputs(watched, change, leaves));
    results.output = output.detach();
    if (train)
    {
        const auto back = torch::autograd::grad({output}, {leaves.query, leaves.key, leaves.value}, {outputGradient});
        results.queryGradient = back[0];
        results.keyGradient = change == CallChange::GroupKvHeads ? at::Tensor() : back[1];
        results.valueGradient = change == CallChange::GroupKvHeads ? at::Tensor() : back[2];
    }
    return results;
}

} // namespace

AttentionInputs preparedInputs(const WatchedCall& watched, CallChange change, const AttentionInputs& inputs)
{
    AttentionInputs prepared = inputs;
    switch (change)
    {
    case CallChange::UseIsCausal:
        prepared.mask.reset();
        prepared.causal = true;
        return prepared;
    case CallChange::DropMask:
        prepared.mask.reset();
        return prepared;
    case CallChange::NoDropout:
        prepared.dropout = 0;
        return prepared;
    case CallChange::CutPadding:
        return cutTo(watched.unpaddedKeys, changedProblem(watched, change).mask == MaskKind::None, std::move(prepared));
    case CallChange::CastToBFloat16:
        return inBFloat16(std::move(prepared));
    case CallChange::GroupKvHeads:
        return grouped(watched.distinctKvHeads, std::move(prepared));
    case CallChange::None:
    case CallChange::RepeatKvHeads:
    case CallChange::PadHeadDim:
    case CallChange::MakeContiguous:
    case CallChange::UseSdpa:
        break;
    }
    return prepared;
}

AttentionCall timedCall(const WatchedCall& watched, CallChange change)
{
    const auto backend = isWrittenOut(watched) && change != CallChange::UseSdpa ? Backend::Naive : Backend::Default;
    switch (change)
    {
    case CallChange::RepeatKvHeads:
        return [backend](const AttentionInputs& inputs) { return attend(backend, repeated(inputs)); };
    case CallChange::PadHeadDim:
        return [headDim = changedProblem(watched, change).headDimQk](const AttentionInputs& inputs)
        { return paddedCall(inputs, headDim); };
    case CallChange::MakeContiguous:
        return [backend](const AttentionInputs& inputs) { return attend(backend, madeContiguous(inputs)); };
    default:
        return [backend](const AttentionInputs& inputs) { return attend(backend, inputs); };
    }
}

Judgement judgeChangedCall(const WatchedCall& watched, CallChange change, const AttentionInputs& inputs,
                           const at::Tensor& outputGradient, const AccuracyPolicy& policy)
{
    AttentionInputs standard = inputs;
    standard.dropout = 0;
    auto gradient = outputGradient;
    auto made = change;
    if (change == CallChange::CastToBFloat16)
    {
        standard = inBFloat16(std::move(standard));
        gradient = gradient.defined() ? gradient.to(at::kBFloat16) : gradient;
        made = CallChange::None; // the standard has it already
    }
    const AttentionJudge judge(standard, gradient, policy);
    auto judgement = judge.judge(Backend::Default, runChanged(watched, made, standard, gradient));
    judgement.path = watched.call.path;
    return judgement;
}

} // namespace headroom::engine
