// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/written_attention.h"

#include "core/engine/model/einsum_form.h"

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

/// Whether \a value is a tensor with one number a row, or one number in all.
bool isOneARow(const c10::IValue& value)
{
    return value.isTensor() && value.toTensor().defined() &&
           (value.toTensor().dim() == 0 || value.toTensor().size(-1) == 1);
}

/// Whether \a dimension, of an operator on \a tensor, is the last one.
bool isLast(const c10::IValue& dimension, const c10::IValue& tensor)
{
    if (!dimension.isInt() || !tensor.isTensor())
    {
        return false;
    }
    return dimension.toInt() == -1 || dimension.toInt() == tensor.toTensor().dim() - 1;
}

/// Zeros and ones, or false and true, that are multiplied by to hide.
bool hides(const at::Tensor& mask)
{
    return mask.defined() && mask.numel() > 1 &&
           (mask.scalar_type() == at::kBool || mask.eq(0).logical_or(mask.eq(1)).all().item<bool>());
}

/// \a tensor, whose dimensions are called \a letters, with those that \a wanted names, in that order; one that it lacks
/// is expanded to what \a sizes says.
at::Tensor arranged(const at::Tensor& tensor, std::string_view letters, std::string_view wanted,
                    const std::map<char, std::int64_t>& sizes)
{
    std::vector<std::int64_t> order;
    std::vector<std::int64_t> shape;
    for (const char letter : wanted)
    {
        if (const auto place = letters.find(letter); place != std::string_view::npos)
        {
            order.push_back(static_cast<std::int64_t>(place));
        }
        shape.push_back(sizes.at(letter));
    }
    auto there = tensor.permute(order);
    for (std::size_t at = 0; at < wanted.size(); ++at)
    {
        there =
            letters.find(wanted[at]) == std::string_view::npos ? there.unsqueeze(static_cast<std::int64_t>(at)) : there;
    }
    return there.expand(shape);
}

bool isMatrixProduct(std::string_view name)
{
    return name == "aten::matmul" || name == "aten::bmm" || name == "aten::baddbmm";
}

/// \a mask of scores [.., Sq, Skv] as four dimensions take it, where \a query has more.
at::Tensor maskOf(at::Tensor mask, const at::Tensor& query)
{
    if (mask.dim() > 4 && mask.dim() == query.dim())
    {
        auto shape = mask.sizes().vec();
        std::copy_n(query.sizes().begin(), shape.size() - 2, shape.begin());
        mask = fourDimensional(mask.expand(shape));
    }
    return mask.dim() == 3 ? mask.unsqueeze(0) : mask;
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

WrittenAttention::Known WrittenAttention::in(const ByMemory& known, const c10::IValue& value)
{
    if (!value.isTensor())
    {
        return nullptr;
    }
    const auto found = known.find(memoryOf(value.toTensor()));
    return found == known.end() ? nullptr : found->second;
}

void WrittenAttention::keep(ByMemory& all, std::span<const c10::IValue> arguments, std::span<const c10::IValue> results,
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
            all[memory] = scores;
        }
        else if (!inPlace)
        {
            all.erase(memory); // it was freed and is used anew
        }
    }
}

WrittenAttention::Known WrittenAttention::product(std::size_t number, std::string_view name,
                                                  std::span<const at::Tensor> operands, const at::Tensor& result)
{
    if (operands.size() != 2 || operands[0].dim() < 3 || operands[1].dim() < 3)
    {
        return nullptr; // a product with a weight
    }
    Scores scores;
    scores.query = operands[0];
    scores.keyTransposed = operands[1];
    scores.firstOperator = number;
    scores.operators.emplace_back(name);
    scores.flops = 2.0 * static_cast<double>(result.numel()) * static_cast<double>(operands[0].size(-1));
    return std::make_shared<const Scores>(std::move(scores));
}

std::optional<WrittenAttention::Found> WrittenAttention::finish(const Scores& scores, std::string_view name,
                                                                const at::Tensor& value)
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
        found.inputs.mask = maskOf(scores.mask->detach(), scores.query);
        if (found.inputs.mask->scalar_type() != at::kBool)
        {
            found.inputs.mask = found.inputs.mask->to(query.scalar_type());
        }
    }
    found.inputs.scale = scores.scale;
    found.inputs.dropout = scores.dropout;
    found.firstOperator = scores.firstOperator;
    found.operators = scores.operators;
    found.operators.emplace_back(name);
    found.flops = scores.flops + 2.0 * static_cast<double>(query.numel() / query.size(-1)) *
                                     static_cast<double>(key.size(-2) * found.inputs.value.size(-1));
    return found;
}

/// The exponentials that the first of \a arguments is a sum of, where the operator \a name sums each row, or carries
/// such a sum on.
WrittenAttention::Known WrittenAttention::sumOn(std::string_view name, std::span<const c10::IValue> arguments) const
{
    if (arguments.empty())
    {
        return nullptr;
    }
    if (name == "aten::sum" && arguments.size() > 1 && arguments[1].isIntList() && arguments[1].toIntList().size() == 1)
    {
        const auto known = of(arguments[0]);
        const bool rows = isLast(c10::IValue(arguments[1].toIntList().get(0)), arguments[0]);
        return known && rows && known->stage == Stage::Exponentials ? known : nullptr;
    }
    const auto known = in(m_sums, arguments[0]);
    // A small number may be added, or be the least, against a division by zero.
    const bool guards = name == "aten::add" || name == "aten::add_" || name == "aten::clamp" ||
                        name == "aten::clamp_min" || name == "aten::clamp_min_";
    const bool passes = guards || name == "aten::unsqueeze" || name == "aten::clone" || isOneOf(name, kCopies);
    return known && passes ? known : nullptr;
}

/// What \a name makes of exponentials.
WrittenAttention::Known WrittenAttention::afterExp(std::string_view name, std::span<const c10::IValue> arguments,
                                                   const Known& known) const
{
    Scores next = *known;
    if ((name == "aten::div" || name == "aten::div_") && arguments.size() > 1)
    {
        const auto sum = in(m_sums, arguments[1]);
        if (!sum || sum->firstOperator != known->firstOperator)
        {
            return nullptr;
        }
        next.stage = Stage::Probabilities;
        next.operators.emplace_back("aten::div");
    }
    else if ((name == "aten::mul" || name == "aten::mul_") && arguments.size() > 1 && arguments[1].isTensor() &&
             hides(arguments[1].toTensor()))
    {
        next.mask = merged(next.mask, arguments[1].toTensor().ne(0));
    }
    else if ((name == "aten::masked_fill" || name == "aten::masked_fill_") && arguments.size() > 2 &&
             factorOf(arguments[2]).value_or(1) == 0.0)
    {
        next.mask = merged(next.mask, arguments[1].toTensor().logical_not());
    }
    else if (!isOneOf(name, kCopies))
    {
        return nullptr;
    }
    return std::make_shared<const Scores>(std::move(next));
}

WrittenAttention::Known WrittenAttention::carriedOn(std::string_view name, std::span<const c10::IValue> arguments) const
{
    const auto from = arguments.empty() ? nullptr : of(arguments[0]);
    if (name == "aten::where" && arguments.size() == 3)
    {
        const bool kept = of(arguments[1]) != nullptr; // where the condition holds
        if (const auto known = kept ? of(arguments[1]) : of(arguments[2]))
        {
            if (known->stage == Stage::Probabilities)
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
    if (known->stage == Stage::Exponentials)
    {
        return afterExp(name, arguments, known);
    }
    const bool normalised = known->stage == Stage::Probabilities;
    Scores next = *known;
    if (adds)
    {
        const auto& term = arguments[from ? 1 : 0];
        if (!term.isTensor() || normalised)
        {
            return nullptr;
        }
        next.mask = merged(next.mask, term.toTensor());
    }
    else if (name == "aten::sub" || name == "aten::sub_")
    {
        if (normalised || arguments.size() < 2 || !(arguments[1].isScalar() || isOneARow(arguments[1])))
        {
            return nullptr; // what is the same for a whole row (its largest score) changes no probability
        }
    }
    else if (name == "aten::exp" || name == "aten::exp_")
    {
        if (normalised)
        {
            return nullptr;
        }
        next.stage = Stage::Exponentials;
        next.operators.emplace_back("aten::exp");
        next.operators.emplace_back("aten::sum");
    }
    else if (name == "aten::mul" || name == "aten::mul_" || name == "aten::div" || name == "aten::div_")
    {
        const auto factor = arguments.size() > 1 ? factorOf(arguments[1]) : std::nullopt;
        if (!factor || normalised)
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
        if (arguments.size() < 2 || !isLast(arguments[1], arguments[0]))
        {
            return nullptr; // over heads or queries: not attention
        }
        next.stage = Stage::Probabilities;
        next.operators.emplace_back("aten::softmax");
    }
    else if (!isOneOf(name, kCopies))
    {
        return nullptr;
    }
    return std::make_shared<const Scores>(std::move(next));
}

std::optional<WrittenAttention::Found> WrittenAttention::seeProduct(std::size_t number, std::string_view name,
                                                                    std::span<const c10::IValue> arguments,
                                                                    const at::Tensor& result, Known& next) const
{
    const auto operands = operandsOf(name, arguments);
    const auto weights = operands.empty() ? nullptr : of(c10::IValue(operands[0]));
    if (operands.size() == 2 && weights && weights->stage == Stage::Probabilities)
    {
        return finish(*weights, name, operands[1]);
    }
    next = product(number, name, operands, result);
    if (next && name == "aten::baddbmm" && arguments[0].isTensor() && arguments[0].toTensor().numel() > 1)
    {
        Scores masked = *next; // torch.nn.functional.multi_head_attention_forward adds its mask so
        masked.mask = arguments[0].toTensor();
        next = std::make_shared<const Scores>(std::move(masked));
    }
    return std::nullopt;
}

std::optional<WrittenAttention::Found> WrittenAttention::seeEinsum(std::size_t number,
                                                                   std::span<const c10::IValue> arguments,
                                                                   const at::Tensor& result, Known& next) const
{
    if (arguments.size() < 2 || !arguments[0].isString() || !arguments[1].isTensorList())
    {
        return std::nullopt;
    }
    const auto operands = arguments[1].toTensorVector();
    std::vector<std::vector<std::int64_t>> shapes;
    for (const at::Tensor& operand : operands)
    {
        shapes.push_back(operand.sizes().vec());
    }
    const auto form = readEinsum(arguments[0].toStringRef(), shapes);
    if (!form || operands.size() != 2)
    {
        return std::nullopt;
    }
    const auto& sizes = form->sizes;
    for (std::size_t operand = 0; operand < 2; ++operand)
    {
        const auto weights = of(c10::IValue(operands[operand]));
        const auto sum =
            weights && weights->stage == Stage::Probabilities ? asWeightedSum(*form, operand) : std::nullopt;
        if (sum)
        {
            return finish(*weights, "aten::einsum",
                          arranged(operands[sum->right], form->operands[sum->right],
                                   sum->batch + sum->inner + sum->column, sizes));
        }
    }
    if (const auto scores = asScores(*form))
    {
        const std::array rearranged{arranged(operands[scores->left], form->operands[scores->left],
                                             scores->batch + scores->row + scores->inner, sizes),
                                    arranged(operands[scores->right], form->operands[scores->right],
                                             scores->batch + scores->inner + scores->column, sizes)};
        next = product(number, "aten::einsum", rearranged, result);
    }
    return std::nullopt;
}

std::optional<WrittenAttention::Found> WrittenAttention::see(std::size_t number, std::string_view name,
                                                             std::span<const c10::IValue> arguments,
                                                             std::span<const c10::IValue> results)
{
    std::optional<Found> found;
    Known next;
    const bool gives = !results.empty() && results[0].isTensor() && results[0].toTensor().defined();
    if (isMatrixProduct(name) && gives)
    {
        found = seeProduct(number, name, arguments, results[0].toTensor(), next);
    }
    else if (name == "aten::einsum" && gives)
    {
        found = seeEinsum(number, arguments, results[0].toTensor(), next);
    }
    else
    {
        next = carriedOn(name, arguments);
    }
    keep(m_sums, arguments, results, sumOn(name, arguments));
    keep(m_known, arguments, results, next);
    return found;
}

} // namespace headroom::engine
