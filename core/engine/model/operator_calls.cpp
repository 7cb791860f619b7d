// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/operator_calls.h"

#include <ATen/ATen.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <iterator>

namespace headroom::engine
{
namespace
{

double numberAt(const Arguments& arguments, std::size_t place, double otherwise)
{
    return place < arguments.size() && arguments[place].isDouble() ? arguments[place].toDouble() : otherwise;
}

bool boolAt(const Arguments& arguments, std::size_t place)
{
    return place < arguments.size() && arguments[place].isBool() && arguments[place].toBool();
}

std::optional<double> scaleAt(const Arguments& arguments, std::size_t place)
{
    return place < arguments.size() && arguments[place].isDouble() ? std::optional(arguments[place].toDouble())
                                                                   : std::nullopt;
}

/// Where an operator has what, behind query, key and value; native_functions.yaml of LibTorch 2.11.
struct ArgumentPlaces
{
    std::string_view name;
    std::size_t count; ///< of all arguments
    std::size_t mask;
    std::size_t dropout;
    std::size_t causal;
    std::size_t scale;
};

constexpr std::size_t kNone = 99;
constexpr ArgumentPlaces kPlaces[] = {
    {kSdpa, 8, 3, 4, 5, 6},
    {"aten::_scaled_dot_product_attention_math", 9, 3, 4, 5, 7},
    {"aten::_scaled_dot_product_flash_attention_for_cpu", 7, 5, 3, 4, 6},
    {"aten::_scaled_dot_product_flash_attention", 7, kNone, 3, 4, 6},
    {"aten::_scaled_dot_product_efficient_attention", 8, 3, 5, 6, 7},
    {"aten::_scaled_dot_product_cudnn_attention", 9, 3, 5, 6, 8},
};
constexpr std::size_t kFusedLayerArguments = 20;
constexpr std::size_t kFusedHeadsArguments = 13;
constexpr std::size_t kNeedWeights = 10; ///< of kFusedHeads

/// Where a fused operator has what of its attention.
struct FusedPlaces
{
    std::size_t width; ///< then the number of heads, the weight and the bias of the input projection
    std::size_t mask;
    std::size_t maskType;
};
constexpr FusedPlaces kLayerPlaces{1, 18, 19};
constexpr FusedPlaces kHeadsPlaces{3, 9, 12};
constexpr std::size_t kNormFirst = 8; ///< of kFusedLayer; then epsilon, weight and bias of the first normalisation

/// [B, S, H * D] as [B, H, S, D].
at::Tensor asHeads(const at::Tensor& tensor, std::int64_t heads)
{
    return tensor.unflatten(-1, {heads, tensor.size(-1) / heads}).transpose(1, 2);
}

/// The mask of a fused operator, which hides where it is true, as scaled_dot_product_attention takes it: of type 0
/// [S, S], 1 [B, S] (padding), 2 [B, H, S, S].
std::optional<at::Tensor> fusedMask(const Arguments& arguments, const FusedPlaces& places)
{
    const auto mask = tensorAt(arguments, places.mask);
    if (!mask)
    {
        return std::nullopt;
    }
    const auto shown = mask->to(at::kBool).logical_not();
    const bool padding = places.maskType < arguments.size() && arguments[places.maskType].isInt() &&
                         arguments[places.maskType].toInt() == 1;
    return padding ? shown.unsqueeze(1).unsqueeze(1) : shown;
}

} // namespace

bool isBackendOperator(std::string_view name)
{
    return name.find("_scaled_dot_product_") != std::string_view::npos &&
           name.find("fused_attention_overrideable") == std::string_view::npos;
}

bool isBackward(std::string_view name)
{
    return name.find("backward") != std::string_view::npos;
}

bool isAttentionOperator(std::string_view name)
{
    return name == kSdpa || (isBackendOperator(name) && !isBackward(name)) || name == kFusedHeads ||
           name == kFusedLayer;
}

std::optional<at::Tensor> tensorAt(const Arguments& arguments, std::size_t place)
{
    return place < arguments.size() && arguments[place].isTensor() && arguments[place].toTensor().defined()
               ? std::optional(arguments[place].toTensor())
               : std::nullopt;
}

std::size_t argumentsOf(std::string_view name)
{
    for (const ArgumentPlaces& known : kPlaces)
    {
        if (known.name == name)
        {
            return known.count;
        }
    }
    return name == kFusedLayer ? kFusedLayerArguments : name == kFusedHeads ? kFusedHeadsArguments : 0;
}

std::optional<AttentionInputs> inputsOf(std::string_view name, const Arguments& arguments)
{
    const auto places = std::find_if(std::begin(kPlaces), std::end(kPlaces),
                                     [&](const ArgumentPlaces& known) { return known.name == name; });
    const auto query = tensorAt(arguments, 0);
    const auto key = tensorAt(arguments, 1);
    const auto value = tensorAt(arguments, 2);
    if (places == std::end(kPlaces) || !query || !key || !value || query->dim() < 2)
    {
        return std::nullopt;
    }
    const auto four = [](at::Tensor tensor)
    {
        while (tensor.dim() < 4)
        {
            tensor = tensor.unsqueeze(0);
        }
        return tensor.detach();
    };
    AttentionInputs inputs;
    inputs.query = four(*query);
    inputs.key = four(*key);
    inputs.value = four(*value);
    if (const auto mask = tensorAt(arguments, places->mask))
    {
        inputs.mask = mask->detach().set_requires_grad(mask->requires_grad());
    }
    inputs.dropout = numberAt(arguments, places->dropout, 0);
    inputs.causal = boolAt(arguments, places->causal);
    inputs.scale = scaleAt(arguments, places->scale);
    return inputs;
}

std::optional<AttentionProblem> fusedProblem(std::string_view name, const Arguments& arguments)
{
    const bool layer = name == kFusedLayer;
    const auto& places = layer ? kLayerPlaces : kHeadsPlaces;
    const auto source = tensorAt(arguments, 0);
    const std::size_t widthPlace = places.width;
    if (!source || source->dim() != 3 || arguments.size() <= widthPlace + 1 || !arguments[widthPlace].isInt() ||
        !arguments[widthPlace + 1].isInt())
    {
        return std::nullopt;
    }
    const auto heads = arguments[widthPlace + 1].toInt();
    const auto key = layer ? source : tensorAt(arguments, 1);
    if (heads < 1 || !key)
    {
        return std::nullopt;
    }
    const auto headDim = arguments[widthPlace].toInt() / heads;
    // Shapes alone: what is asked of problemOf() is strides and types, not numbers.
    const auto shaped = [&](const at::Tensor& of) {
        return of.as_strided({of.size(0), heads, of.size(1), headDim}, {0, headDim, heads * headDim, 1});
    };
    AttentionInputs inputs;
    inputs.query = shaped(*source);
    inputs.key = inputs.value = shaped(*key);
    auto problem = problemOf(inputs, false);
    problem.layout = Layout::PackedQkv;
    if (tensorAt(arguments, places.mask))
    {
        problem.mask = MaskKind::Boolean;
    }
    return problem;
}

std::optional<AttentionInputs> fusedInputs(std::string_view name, const Arguments& arguments)
{
    const bool layer = name == kFusedLayer;
    const auto& places = layer ? kLayerPlaces : kHeadsPlaces;
    auto source = tensorAt(arguments, 0);
    const auto weight = tensorAt(arguments, places.width + 2);
    const auto bias = tensorAt(arguments, places.width + 3);
    if (!source || !weight || source->is_nested())
    {
        return std::nullopt;
    }
    const c10::NoGradGuard noGradients;
    const auto width = arguments[places.width].toInt();
    const auto heads = arguments[places.width + 1].toInt();
    if (layer && boolAt(arguments, kNormFirst))
    {
        source = at::layer_norm(*source, {width}, tensorAt(arguments, kNormFirst + 2),
                                tensorAt(arguments, kNormFirst + 3), numberAt(arguments, kNormFirst + 1, 1e-5));
    }
    const auto key = layer ? source : tensorAt(arguments, 1);
    const auto value = layer ? source : tensorAt(arguments, 2);
    const auto projected = [&](const at::Tensor& of, std::int64_t part)
    {
        return at::linear(of, weight->narrow(0, part * width, width),
                          bias ? std::optional(bias->narrow(0, part * width, width)) : std::nullopt);
    };
    AttentionInputs inputs;
    if (layer || (source->is_same(*key) && key->is_same(*value)))
    {
        const auto packed = at::linear(*source, *weight, bias).chunk(3, -1);
        inputs.query = asHeads(packed[0], heads);
        inputs.key = asHeads(packed[1], heads);
        inputs.value = asHeads(packed[2], heads);
    }
    else
    {
        inputs.query = asHeads(projected(*source, 0), heads);
        inputs.key = asHeads(projected(*key, 1), heads);
        inputs.value = asHeads(projected(*value, 2), heads);
    }
    if (const auto mask = fusedMask(arguments, places))
    {
        inputs.mask = *mask;
    }
    return inputs;
}

bool asksForWeights(std::string_view name, const Arguments& arguments)
{
    return name == kFusedHeads && boolAt(arguments, kNeedWeights);
}

} // namespace headroom::engine
