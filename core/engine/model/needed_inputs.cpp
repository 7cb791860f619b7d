// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/needed_inputs.h"

#include "core/engine/model/model_inputs.h"

#include <ATen/ATen.h>
#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace headroom::engine
{
namespace
{

std::string namesOf(const std::vector<NeededInput>& needed)
{
    std::string names;
    for (const NeededInput& input : needed)
    {
        names += (names.empty() ? "" : ", ") + input.name;
    }
    return names;
}

/// "2, any, 16".
std::string shapeText(const std::vector<std::int64_t>& shape)
{
    std::string text;
    for (const std::int64_t size : shape)
    {
        text += fmt::format("{}{}", text.empty() ? "" : ", ", size < 0 ? std::string("any") : std::to_string(size));
    }
    return text;
}

/// 0, 1, 2, ... along the last dimension, below \a limit where that is known.
at::Tensor positions(const std::vector<std::int64_t>& shape, std::int64_t limit)
{
    auto row = at::arange(shape.empty() ? 1 : shape.back(), at::TensorOptions(at::kLong));
    return (limit > 0 ? row.clamp_max(limit - 1) : row).expand(shape).contiguous();
}

at::Tensor drawn(const NeededInput& input, const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
    const at::TensorOptions whole(input.use == InputUse::Mask ? at::kBool : at::kLong);
    switch (input.fill)
    {
    case InputFill::Ones:
        return at::ones(shape, whole);
    case InputFill::Zeros:
        return at::zeros(shape, whole);
    case InputFill::Positions:
        return positions(shape, input.size);
    case InputFill::Drawn:
        break;
    }
    if (input.use == InputUse::Ids)
    {
        return drawIds(shape, input.size, seed);
    }
    return drawNumbers(shape, seed);
}

/// The shape that \a input takes, or nothing where it is not known.
std::optional<std::vector<std::int64_t>> shapeOf(const NeededInput& input, std::int64_t batch, std::int64_t sequence,
                                                 std::int64_t imageSide)
{
    if (!input.shape.empty())
    {
        auto shape = input.shape;
        for (std::size_t place = 0; place < shape.size(); ++place)
        {
            if (shape[place] < 0)
            {
                shape[place] = place == 0 ? batch : place == 1 ? sequence : -shape[place];
            }
        }
        return shape;
    }
    switch (input.use)
    {
    case InputUse::Ids:
        return input.size > 0 ? std::optional(std::vector{batch, sequence}) : std::nullopt;
    case InputUse::Features:
        return input.size > 0 ? std::optional(std::vector{batch, sequence, input.size}) : std::nullopt;
    case InputUse::Images:
        return input.size > 0 ? std::optional(std::vector{batch, input.size, imageSide, imageSide}) : std::nullopt;
    case InputUse::Mask:
    case InputUse::Unknown:
        break;
    }
    return input.fill == InputFill::Drawn ? std::nullopt : std::optional(std::vector{batch, sequence});
}

/// Whether \a sizes are those that the graph says.
bool fits(at::IntArrayRef sizes, const std::vector<std::int64_t>& shape)
{
    return std::ranges::equal(sizes, shape, [](std::int64_t is, std::int64_t said) { return said < 0 || is == said; });
}

bool isFixedNumber(const NeededInput& input)
{
    return !input.shape.empty() && input.type && at::isFloatingType(*input.type);
}

} // namespace

InputFill fillByName(std::string_view name)
{
    const auto says = [&](std::string_view word) { return name.find(word) != std::string_view::npos; };
    if (says("padding_mask") || says("token_type") || says("segment_ids"))
    {
        return InputFill::Zeros; // torch.nn's padding masks are true where keys are hidden
    }
    if (says("attention_mask") || name == "mask" || name == "input_mask")
    {
        return InputFill::Ones;
    }
    return says("position_ids") ? InputFill::Positions : InputFill::Drawn;
}

bool takeFill(std::string_view name, std::size_t argument, NeededInput& input)
{
    struct Told
    {
        std::string_view name;
        std::size_t argument;
        InputUse use;
        InputFill fill;
    };
    static constexpr Told kTold[] = {
        {"rsub", 0, InputUse::Unknown, InputFill::Ones}, // (1 - mask) * a large negative number
        {"neg", 0, InputUse::Unknown, InputFill::Ones},
        {"eq", 0, InputUse::Unknown, InputFill::Ones}, // masked_fill(mask == 0, -inf)
        {"logical_not", 0, InputUse::Mask, InputFill::Ones},
        {"bitwise_not", 0, InputUse::Mask, InputFill::Ones},
        {"scaled_dot_product_attention", 3, InputUse::Mask, InputFill::Ones},
        {"masked_fill", 1, InputUse::Mask, InputFill::Zeros},
        {"masked_fill_", 1, InputUse::Mask, InputFill::Zeros},
    };
    const auto told =
        std::ranges::find_if(kTold, [&](const Told& one) { return one.name == name && one.argument == argument; });
    if (told == std::end(kTold) || input.use != InputUse::Unknown)
    {
        return false;
    }
    input.use = told->use;
    input.fill = input.fill == InputFill::Drawn ? told->fill : input.fill; // its name says more
    return true;
}

ModelTensors inputsThatFit(const std::vector<NeededInput>& needed, std::int64_t batch, std::int64_t sequence,
                           std::int64_t imageSide, std::uint64_t seed)
{
    ModelTensors inputs;
    for (const NeededInput& input : needed)
    {
        if (input.optional)
        {
            continue;
        }
        const auto shape = shapeOf(input, batch, sequence, imageSide);
        const bool known = input.use != InputUse::Unknown || input.fill != InputFill::Drawn || isFixedNumber(input);
        if (!shape || !known)
        {
            throw std::runtime_error(fmt::format(
                "It cannot be told from the model what its input {} must be. Give its inputs with --input, a "
                "safetensors file with a tensor of each name: {}.",
                input.name, namesOf(needed)));
        }
        auto tensor = drawn(input, *shape, seed++);
        inputs[input.name] = input.type ? tensor.to(*input.type) : tensor;
    }
    return inputs;
}

std::vector<std::string> problemsWith(const ModelTensors& given, const std::vector<NeededInput>& needed)
{
    std::vector<std::string> problems;
    for (const NeededInput& input : needed)
    {
        const auto found = given.find(input.name);
        if (found == given.end())
        {
            if (!input.optional)
            {
                problems.push_back(fmt::format("The model needs the input {}.", input.name));
            }
            continue;
        }
        const at::Tensor& tensor = found->second;
        if (input.use == InputUse::Ids && !at::isIntegralType(tensor.scalar_type(), false))
        {
            problems.push_back(
                fmt::format("{} must be whole numbers: the model looks them up in a table.", input.name));
        }
        else if (input.use == InputUse::Ids && input.size > 0 && tensor.numel() > 0 &&
                 (tensor.min().item<std::int64_t>() < 0 || tensor.max().item<std::int64_t>() >= input.size))
        {
            problems.push_back(fmt::format("{} has numbers outside of 0 to {}, the rows of the model's table.",
                                           input.name, input.size - 1));
        }
        else if (!input.shape.empty() && !fits(tensor.sizes(), input.shape))
        {
            problems.push_back(fmt::format("{} is [{}], and the model was exported for [{}].", input.name,
                                           fmt::join(tensor.sizes().vec(), ", "), shapeText(input.shape)));
        }
    }
    for (const auto& entry : given)
    {
        const bool known = std::ranges::any_of(needed, [&](const auto& input) { return input.name == entry.first; });
        if (!known)
        {
            problems.push_back(fmt::format("The model takes no {}; it takes {}.", entry.first, namesOf(needed)));
        }
    }
    return problems;
}

at::Tensor firstTensor(const c10::IValue& returned)
{
    if (returned.isTensor() && returned.toTensor().defined())
    {
        return returned.toTensor();
    }
    if (returned.isTuple())
    {
        for (const c10::IValue& element : returned.toTupleRef().elements())
        {
            if (element.isTensor() && element.toTensor().defined())
            {
                return element.toTensor();
            }
        }
    }
    if (returned.isTensorList() && !returned.toTensorList().empty())
    {
        return returned.toTensorList().get(0);
    }
    if (returned.isGenericDict())
    {
        const auto entries = returned.toGenericDict();
        for (const char* name : {"logits", "last_hidden_state"})
        {
            if (const auto found = entries.find(name); found != entries.end() && found->value().isTensor())
            {
                return found->value().toTensor();
            }
        }
        for (const auto& entry : entries)
        {
            if (entry.value().isTensor())
            {
                return entry.value().toTensor();
            }
        }
    }
    throw std::runtime_error("The model returns no tensor.");
}

} // namespace headroom::engine
