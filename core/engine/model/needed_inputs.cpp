// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/needed_inputs.h"

#include "core/engine/model/model_inputs.h"

#include <ATen/ATen.h>
#include <ATen/core/Dict.h>
#include <ATen/core/ivalue.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
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

at::Tensor drawn(const NeededInput& input, const std::vector<std::int64_t>& shape, std::uint64_t seed)
{
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
    case InputUse::Unknown:
        break;
    }
    return std::nullopt;
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
        if (!shape || (input.use == InputUse::Unknown && !isFixedNumber(input)))
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
