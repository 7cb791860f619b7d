// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/operator_calls.h"

#include <ATen/ATen.h>

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
    const auto source = tensorAt(arguments, 0);
    const std::size_t widthPlace = layer ? 1 : 3;
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
    const std::size_t maskPlace = layer ? 18 : 9;
    if (tensorAt(arguments, maskPlace))
    {
        problem.mask = MaskKind::Boolean;
    }
    return problem;
}

bool asksForWeights(std::string_view name, const Arguments& arguments)
{
    return name == kFusedHeads && boolAt(arguments, kNeedWeights);
}

} // namespace headroom::engine
