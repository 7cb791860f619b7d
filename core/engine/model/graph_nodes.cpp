// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/graph_nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace headroom::engine
{

std::optional<c10::ScalarType> typeOf(const Json& number)
{
    constexpr std::array kTypes{std::pair{1, at::kByte},     std::pair{2, at::kChar},   std::pair{3, at::kShort},
                                std::pair{4, at::kInt},      std::pair{5, at::kLong},   std::pair{6, at::kHalf},
                                std::pair{7, at::kFloat},    std::pair{8, at::kDouble}, std::pair{12, at::kBool},
                                std::pair{13, at::kBFloat16}};
    for (const auto& [stored, type] : kTypes)
    {
        if (number.is_number_integer() && number.get<int>() == stored)
        {
            return type;
        }
    }
    return std::nullopt;
}

std::int64_t sizeIn(const Json& number)
{
    const bool fits =
        number.is_number_unsigned() && number.get<std::uint64_t>() <= static_cast<std::uint64_t>(kLargest);
    if (!fits)
    {
        throw std::invalid_argument(fmt::format("{} is no size of a tensor", number.dump()));
    }
    return number.get<std::int64_t>();
}

std::vector<std::int64_t> sizesOf(const Json& tensor)
{
    std::vector<std::int64_t> sizes;
    for (const Json& size : tensor.at("sizes"))
    {
        if (size.contains("as_int"))
        {
            sizes.push_back(sizeIn(size.at("as_int")));
        }
        else
        {
            const Json& hint = size.at("as_expr").at("hint");
            sizes.push_back(hint.is_object() && hint.contains("as_int") ? -sizeIn(hint.at("as_int")) : -1);
        }
    }
    return sizes;
}

namespace
{

/// A size or stride, or what it was when the program was exported.
std::optional<std::int64_t> numberIn(const Json& size)
{
    if (size.contains("as_int"))
    {
        return sizeIn(size.at("as_int"));
    }
    const Json& hint = size.at("as_expr").at("hint");
    return hint.is_object() && hint.contains("as_int") ? std::optional(sizeIn(hint.at("as_int"))) : std::nullopt;
}

} // namespace

bool fillsItsMemory(const Json& tensor)
{
    const Json& sizes = tensor.at("sizes");
    const Json& strides = tensor.at("strides");
    std::vector<std::pair<std::int64_t, std::int64_t>> steps; // stride and size of each dimension that has some
    for (std::size_t at = 0; at < std::min(sizes.size(), strides.size()); ++at)
    {
        const auto size = numberIn(sizes[at]);
        const auto stride = numberIn(strides[at]);
        if (!size || !stride || *size == 0)
        {
            return true;
        }
        if (*size > 1)
        {
            steps.emplace_back(*stride, *size);
        }
    }
    std::ranges::sort(steps);
    std::int64_t next = 1;
    for (const auto& [stride, size] : steps)
    {
        if (stride != next || size > kLargest / next)
        {
            return false;
        }
        next *= size;
    }
    return true;
}

bool isOneOf(std::string_view target, std::initializer_list<std::string_view> names)
{
    constexpr std::string_view kAten = "torch.ops.aten.";
    return target.starts_with(kAten) &&
           std::any_of(names.begin(), names.end(),
                       [&](std::string_view name) { return target.substr(kAten.size()).starts_with(name); });
}

std::string targetOf(const Json& node)
{
    return node.value("target", std::string());
}

std::vector<std::string> tensorsInto(const Json& node)
{
    std::vector<std::string> names;
    for (const Json& input : node.at("inputs"))
    {
        const Json& value = input.at("arg");
        if (value.contains("as_tensor"))
        {
            names.push_back(value.at("as_tensor").value("name", std::string()));
        }
        else if (value.contains("as_tensors"))
        {
            for (const Json& tensor : value.at("as_tensors"))
            {
                names.push_back(tensor.value("name", std::string()));
            }
        }
    }
    return names;
}

std::string resultOf(const Json& node)
{
    const Json& outputs = node.at("outputs");
    return !outputs.empty() && outputs.front().contains("as_tensor")
               ? outputs.front().at("as_tensor").value("name", std::string())
               : std::string();
}

const Json* argumentOf(const Json& node, std::string_view name)
{
    for (const Json& input : node.at("inputs"))
    {
        if (input.value("name", std::string()) == name)
        {
            return &input.at("arg");
        }
    }
    return nullptr;
}

} // namespace headroom::engine
