// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/family_attention.h"

#include <ATen/ATen.h>

#include <limits>
#include <utility>

namespace headroom::engine
{
namespace
{

/// torch.finfo(dtype).min, which transformers hides scores with.
double lowestOf(at::ScalarType type)
{
    switch (type)
    {
    case at::kDouble:
        return std::numeric_limits<double>::lowest();
    case at::kHalf:
        return static_cast<double>(std::numeric_limits<at::Half>::lowest());
    case at::kBFloat16:
        return static_cast<double>(std::numeric_limits<at::BFloat16>::lowest());
    default:
        return static_cast<double>(std::numeric_limits<float>::lowest());
    }
}

/// key <= query, [Sq, Skv].
at::Tensor triangle(const at::Tensor& like, std::int64_t queries, std::int64_t keys)
{
    const auto options = at::TensorOptions(at::kLong).device(like.device());
    return at::arange(keys, options).unsqueeze(0) <= at::arange(queries, options).unsqueeze(1);
}

/// repeat_kv: each key/value head for all the query heads that share it.
at::Tensor repeated(const at::Tensor& tensor, std::int64_t times)
{
    const auto batch = tensor.size(0);
    const auto heads = tensor.size(1);
    const auto length = tensor.size(2);
    const auto width = tensor.size(3);
    return tensor.unsqueeze(2)
        .expand({batch, heads, times, length, width})
        .reshape({batch, heads * times, length, width});
}

/// create_position_bias_mask.
at::Tensor biasMask(const FamilyCall& call, bool causal, const at::Tensor& query, const at::Tensor& key)
{
    const auto& bias = *call.positionBias;
    const auto lowest = at::scalar_tensor(lowestOf(key.scalar_type()), bias.options().requires_grad(false));
    if (call.mask)
    {
        return at::where(*call.mask, bias, lowest).contiguous();
    }
    if (causal)
    {
        return at::where(triangle(key, query.size(2), key.size(2)), bias, lowest).contiguous();
    }
    return bias.contiguous();
}

} // namespace

at::Tensor attendAsTransformers(CallSequence& calls, at::Tensor query, at::Tensor key, at::Tensor value,
                                FamilyCall call)
{
    constexpr std::int64_t kLargestGroupedHeadDim = 256;
    const auto batch = query.size(0);
    const auto queries = query.size(2);
    const auto groups = query.size(1) / key.size(1);
    const bool grouped =
        groups > 1 && !call.mask && key.size(-1) == value.size(-1) && key.size(-1) <= kLargestGroupedHeadDim;
    if (groups > 1 && !grouped && queries == 1)
    {
        // pack_gqa: a single query's heads stand in for queries of the key/value heads.
        query = query.reshape({batch, key.size(1), groups, query.size(3)});
    }
    else if (groups > 1 && !grouped)
    {
        key = repeated(key, groups);
        value = repeated(value, groups);
    }
    AttentionInputs inputs;
    inputs.query = query;
    inputs.key = key;
    inputs.value = value;
    inputs.scale = call.scale;
    inputs.mask = call.mask;
    inputs.causal = queries > 1 && !call.mask && call.causal;
    if (call.positionBias)
    {
        inputs.mask = biasMask(call, inputs.causal, query, key);
        inputs.causal = false;
    }
    const auto output = calls.call(inputs).reshape({batch, -1, queries, value.size(-1)});
    return output.transpose(1, 2).contiguous().view({batch, queries, -1});
}

at::Tensor splitHeads(const at::Tensor& projected, std::int64_t heads)
{
    return projected.view({projected.size(0), projected.size(1), heads, projected.size(2) / heads}).transpose(1, 2);
}

std::optional<at::Tensor> causalMaskAsTransformers(const at::Tensor& hidden, const Padding& padding,
                                                   std::optional<std::int64_t> window)
{
    const auto batch = hidden.size(0);
    const auto length = hidden.size(1);
    const bool narrow = window && length >= *window;
    if (!padding && !narrow)
    {
        return std::nullopt;
    }
    auto mask = triangle(hidden, length, length);
    if (narrow)
    {
        const auto options = at::TensorOptions(at::kLong).device(hidden.device());
        const auto distance = at::arange(length, options).unsqueeze(1) - at::arange(length, options).unsqueeze(0);
        mask = mask.logical_and(distance < *window);
    }
    mask = mask.unsqueeze(0).unsqueeze(0);
    if (padding)
    {
        mask = mask.logical_and(padding->unsqueeze(1).unsqueeze(1));
    }
    return mask.expand({batch, 1, length, length});
}

std::optional<at::Tensor> paddingMaskAsTransformers(const at::Tensor& hidden, const Padding& padding)
{
    if (!padding)
    {
        return std::nullopt;
    }
    return padding->unsqueeze(1).unsqueeze(1).expand({padding->size(0), 1, hidden.size(1), padding->size(1)});
}

} // namespace headroom::engine
