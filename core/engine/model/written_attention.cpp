// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/written_attention.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <limits>

namespace headroom::engine
{
namespace
{

template <std::size_t Size> bool isOneOf(std::string_view name, const std::array<std::string_view, Size>& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Operators that give the same numbers in other memory.
constexpr std::array<std::string_view, 12> kCopies{
    "aten::to",      "aten::_to_copy", "aten::clone",        "aten::contiguous", "aten::float",   "aten::type_as",
    "aten::reshape", "aten::view",     "aten::_unsafe_view", "aten::expand",     "aten::permute", "aten::nan_to_num"};

const void* memoryOf(const at::Tensor& tensor)
{
    return tensor.defined() && tensor.has_storage() ? tensor.storage().data() : nullptr;
}

/// \a tensor [.., S, D] with four dimensions.
at::Tensor fourDimensional(at::Tensor tensor)
{
    while (tensor.dim() > 4)
    {
        tensor = tensor.flatten(0, 1);
    }
    while (tensor.dim() < 4)
    {
        tensor = tensor.unsqueeze(0);
    }
    return tensor;
}

/// A factor that an operator multiplies by: a number, or a tensor of one element.
std::optional<double> factorOf(const c10::IValue& value)
{
    if (value.isScalar())
    {
        return value.toScalar().toDouble();
    }
    if (value.isTensor() && value.toTensor().defined() && value.toTensor().numel() == 1 && value.toTensor().is_cpu())
    {
        return value.toTensor().item<double>();
    }
    return std::nullopt;
}

/// Both masks in one.
at::Tensor merged(const std::optional<at::Tensor>& before, const at::Tensor& more)
{
    if (!before)
    {
        return more;
    }
    if (before->scalar_type() == at::kBool && more.scalar_type() == at::kBool)
    {
        return before->logical_and(more);
    }
    const auto additive = [](const at::Tensor& mask)
    {
        return mask.scalar_type() == at::kBool
                   ? at::zeros(mask.sizes(), mask.options().dtype(at::kFloat))
                         .masked_fill(mask.logical_not(), -std::numeric_limits<double>::infinity())
                   : mask.to(at::kFloat);
    };
    return additive(*before).add(additive(more));
}

bool isMatrixProduct(std::string_view name)
{
    return name == "aten::matmul" || name == "aten::bmm" || name == "aten::baddbmm";
}

bool isSoftmax(std::string_view name)
{
    return name == "aten::softmax" || name == "aten::_softmax" || name == "aten::_safe_softmax";
}

std::vector<at::Tensor> operandsOf(std::string_view name, std::span<const c10::IValue> arguments)
{
    std::vector<at::Tensor> operands;
    const std::size_t first = name == "aten::baddbmm" ? 1 : 0; // behind what is added
    for (std::size_t place = first; place < first + 2 && place < arguments.size(); ++place)
    {
        if (arguments[place].isTensor())
        {
            operands.push_back(arguments[place].toTensor());
        }
    }
    return operands;
}

} // namespace

WrittenAttention::Known WrittenAttention::of(const c10::IValue& value) const
{
    if (!value.isTensor())
    {
        return nullptr;
    }
    const auto found = m_known.find(memoryOf(value.toTensor()));
    return found == m_known.end() ? nullptr : found->second;
}

void WrittenAttention::keep(std::span<const c10::IValue> arguments, std::span<const c10::IValue> results,
                            const Known& scores)
{
    for (const c10::IValue& result : results)
    {
        const void* const memory = result.isTensor() ? memoryOf(result.toTensor()) : nullptr;
        if (memory == nullptr)
        {
            continue;
        }
        const bool inPlace = std::any_of(arguments.begin(), arguments.end(),
                                         [&](const c10::IValue& argument)
                                         { return argument.isTensor() && memoryOf(argument.toTensor()) == memory; });
        if (scores)
        {
            m_known[memory] = scores;
        }
        else if (!inPlace)
        {
            m_known.erase(memory); // it was freed and is used anew
        }
    }
}

WrittenAttention::Known WrittenAttention::product(std::size_t number, std::span<const at::Tensor> operands,
                                                  const at::Tensor& result) const
{
    if (operands.size() != 2 || operands[0].dim() < 3 || operands[1].dim() < 3)
    {
        return nullptr; // a product with a weight
    }
    Scores scores;
    scores.query = operands[0];
    scores.keyTransposed = operands[1];
    scores.firstOperator = number;
    scores.flops = 2.0 * static_cast<double>(result.numel()) * static_cast<double>(operands[0].size(-1));
    return std::make_shared<const Scores>(std::move(scores));
}

std::optional<WrittenAttention::Found> WrittenAttention::finish(const Scores& scores, const at::Tensor& value)
{
    Found found;
    found.inputs.query = fourDimensional(scores.query.detach());
    found.inputs.key = fourDimensional(scores.keyTransposed.detach().transpose(-2, -1));
    found.inputs.value = fourDimensional(value.detach());
    const auto& query = found.inputs.query;
    const auto& key = found.inputs.key;
    if (query.size(-1) != key.size(-1) || key.size(-2) != found.inputs.value.size(-2) || query.size(0) != key.size(0) ||
        query.scalar_type() != found.inputs.value.scalar_type())
    {
        return std::nullopt;
    }
    if (scores.mask)
    {
        found.inputs.mask = scores.mask->dim() == 3 ? scores.mask->detach().unsqueeze(0) : scores.mask->detach();
        if (found.inputs.mask->scalar_type() != at::kBool)
        {
            found.inputs.mask = found.inputs.mask->to(query.scalar_type());
        }
    }
    found.inputs.scale = scores.scale;
    found.inputs.dropout = scores.dropout;
    found.firstOperator = scores.firstOperator;
    found.flops = scores.flops + 2.0 * static_cast<double>(query.numel() / query.size(-1)) *
                                     static_cast<double>(key.size(-2) * found.inputs.value.size(-1));
    return found;
}

WrittenAttention::Known WrittenAttention::carriedOn(std::string_view name, std::span<const c10::IValue> arguments) const
{
    const auto from = arguments.empty() ? nullptr : of(arguments[0]);
    if (name == "aten::where" && arguments.size() == 3)
    {
        const bool kept = of(arguments[1]) != nullptr; // where the condition holds
        if (const auto known = kept ? of(arguments[1]) : of(arguments[2]))
        {
            if (known->probabilities)
            {
                return known; // rows that are masked altogether are set to zero
            }
            Scores next = *known;
            const auto condition = arguments[0].toTensor();
            next.mask = merged(next.mask, kept ? condition : condition.logical_not());
            return std::make_shared<const Scores>(std::move(next));
        }
        return nullptr;
    }
    const bool adds = name == "aten::add" || name == "aten::add_";
    const auto other = adds && !from && arguments.size() > 1 ? of(arguments[1]) : nullptr; // mask + scores
    const auto known = from ? from : other;
    if (!known)
    {
        return nullptr;
    }
    Scores next = *known;
    if (adds)
    {
        const auto& term = arguments[from ? 1 : 0];
        if (!term.isTensor() || known->probabilities)
        {
            return nullptr;
        }
        next.mask = merged(next.mask, term.toTensor());
    }
    else if (name == "aten::mul" || name == "aten::mul_" || name == "aten::div" || name == "aten::div_")
    {
        const auto factor = arguments.size() > 1 ? factorOf(arguments[1]) : std::nullopt;
        if (!factor || known->probabilities)
        {
            return nullptr;
        }
        next.scale *= name.starts_with("aten::div") ? 1.0 / *factor : *factor;
    }
    else if (name == "aten::masked_fill" || name == "aten::masked_fill_")
    {
        next.mask = merged(next.mask, arguments[1].toTensor().logical_not());
    }
    else if (name == "aten::dropout" || name == "aten::dropout_" || name == "aten::native_dropout")
    {
        const bool trains = arguments.size() > 2 && arguments[2].isBool() && arguments[2].toBool();
        next.dropout = trains ? arguments[1].toDouble() : next.dropout;
    }
    else if (isSoftmax(name))
    {
        next.probabilities = true;
    }
    else if (!isOneOf(name, kCopies))
    {
        return nullptr;
    }
    return std::make_shared<const Scores>(std::move(next));
}

std::optional<WrittenAttention::Found> WrittenAttention::see(std::size_t number, std::string_view name,
                                                             std::span<const c10::IValue> arguments,
                                                             std::span<const c10::IValue> results)
{
    std::optional<Found> found;
    Known next;
    if (isMatrixProduct(name) && !results.empty() && results[0].isTensor())
    {
        const auto operands = operandsOf(name, arguments);
        const auto weights = operands.empty() ? nullptr : of(c10::IValue(operands[0]));
        if (operands.size() == 2 && weights && weights->probabilities)
        {
            found = finish(*weights, operands[1]);
        }
        else
        {
            next = product(number, operands, results[0].toTensor());
        }
        if (next && name == "aten::baddbmm" && arguments[0].isTensor() && arguments[0].toTensor().numel() > 1)
        {
            Scores masked = *next; // torch.nn.functional.multi_head_attention_forward adds its mask so
            masked.mask = arguments[0].toTensor();
            next = std::make_shared<const Scores>(std::move(masked));
        }
    }
    else
    {
        next = carriedOn(name, arguments);
    }
    keep(arguments, results, next);
    return found;
}

} // namespace headroom::engine
