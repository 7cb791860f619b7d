// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/graph_attention.h"

#include "core/engine/model/einsum_form.h"
#include "core/engine/model/graph_nodes.h"
#include "core/engine/tensor_types.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace headroom::engine
{
namespace
{

constexpr int kMostVisits = 2000;
constexpr int kFurthest = 12; ///< operators between a product and what normalises it

bool isEinsum(const std::string& target)
{
    return isOneOf(target, {"einsum."});
}

bool isProduct(const std::string& target)
{
    return isOneOf(target, {"matmul.", "bmm.", "baddbmm."}) || isEinsum(target);
}

/// Operators that scores and probabilities go through on their way.
bool passes(const std::string& target)
{
    return isOneOf(target, {"view.", "reshape.", "_unsafe_view.", "expand.", "clone.", "add.", "sub.", "mul.", "div.",
                            "masked_fill.", "where.", "to.", "_to_copy.", "dropout.", "unsqueeze.", "squeeze.",
                            "contiguous.", "permute."});
}

/// The equation of an einsum with the shapes of what it takes.
std::optional<EinsumForm> formOf(const Json& node, const std::vector<std::vector<std::int64_t>>& shapes)
{
    const Json* const equation = argumentOf(node, "equation");
    return equation != nullptr && equation->contains("as_string")
               ? readEinsum(equation->at("as_string").get<std::string>(), shapes)
               : std::nullopt;
}

std::vector<std::int64_t> sizesBy(const EinsumForm& form, const std::string& letters)
{
    std::vector<std::int64_t> sizes;
    for (const char letter : letters)
    {
        sizes.push_back(form.sizes.at(letter));
    }
    return sizes;
}

/// The sizes of \a letters, without those of the batch that \a operand lacks: heads that are shared count once.
std::vector<std::int64_t> ownSizesBy(const EinsumForm& form, const std::string& letters, const std::string& operand)
{
    auto sizes = sizesBy(form, letters);
    for (std::size_t at = 0; at < sizes.size(); ++at)
    {
        sizes[at] = operand.find(letters[at]) == std::string::npos ? 1 : sizes[at];
    }
    return sizes;
}

/// Four sizes, all before the last three in one, whatever a length was made with taken for one.
std::array<std::int64_t, 4> asFour(const std::vector<std::int64_t>& sizes)
{
    std::array<std::int64_t, 4> four{1, 1, 1, 1};
    for (std::size_t place = 0; place < sizes.size(); ++place)
    {
        const std::int64_t size = std::abs(sizes[sizes.size() - 1 - place]);
        std::int64_t& into = four[3 - std::min<std::size_t>(place, 3)];
        into = place < 3 ? size : into > kLargest / std::max<std::int64_t>(1, size) ? kLargest : into * size;
    }
    return four;
}

/// Whether \a node goes over the last of \a dimensions dimensions, as far as it says.
bool isOverLast(const Json& node, std::size_t dimensions)
{
    const Json* dimension = argumentOf(node, "dim");
    if (dimension == nullptr || !(dimension->contains("as_int") || dimension->contains("as_ints")))
    {
        return true;
    }
    const bool list = dimension->contains("as_ints");
    const Json& said = dimension->at(list ? "as_ints" : "as_int");
    if (list && said.size() != 1)
    {
        return false;
    }
    const auto place = (list ? said.front() : said).get<std::int64_t>();
    return place == -1 || place == static_cast<std::int64_t>(dimensions) - 1;
}

} // namespace

void GraphAttention::add(const Json& node)
{
    m_makers.emplace(resultOf(node), &node);
    for (const std::string& name : tensorsInto(node))
    {
        m_users.emplace(name, &node);
    }
}

GraphAttention::Sizes GraphAttention::sizesAt(const std::string& name) const
{
    auto sizes = sizesOf(m_values.at(name));
    std::ranges::transform(sizes, sizes.begin(), [](std::int64_t size) { return std::abs(size); });
    return sizes;
}

/// The sizes of \a name; with batch and heads apart, where it is a view of a tensor that has them so.
GraphAttention::Sizes GraphAttention::apart(const std::string& name) const
{
    const auto sizes = sizesAt(name);
    std::string before = name;
    for (int step = 0; step < kFurthest && sizes.size() == 3; ++step)
    {
        const auto maker = m_makers.find(before);
        const bool shapes =
            maker != m_makers.end() &&
            isOneOf(targetOf(*maker->second), {"view.", "reshape.", "_unsafe_view.", "expand.", "clone."});
        const auto into = shapes ? tensorsInto(*maker->second) : std::vector<std::string>();
        if (into.empty())
        {
            break;
        }
        before = into.front();
        const auto wider = sizesAt(before);
        const bool joins = wider.size() == 4 && wider[1] > 0 && sizes[0] % wider[1] == 0 &&
                           sizes[0] / wider[1] == wider[0] && wider[2] == sizes[1] && wider[3] == sizes[2];
        if (joins)
        {
            return wider;
        }
    }
    return sizes;
}

/// Of a batched matrix product; nothing where a weight is one of them.
std::optional<GraphAttention::Operands> GraphAttention::matrixOperands(const Json& product) const
{
    const auto tensors = tensorsInto(product);
    const std::size_t first = isOneOf(targetOf(product), {"baddbmm."}) ? 1 : 0; // behind what is added
    if (tensors.size() < first + 2 || sizesAt(tensors[first]).size() < 3 || sizesAt(tensors[first + 1]).size() < 3)
    {
        return std::nullopt;
    }
    return Operands{tensors[first], apart(tensors[first]), apart(tensors[first + 1])};
}

std::optional<GraphAttention::Operands> GraphAttention::scoresOf(const Json& product) const
{
    if (!isEinsum(targetOf(product)))
    {
        return matrixOperands(product);
    }
    const auto tensors = tensorsInto(product);
    if (tensors.size() != 2)
    {
        return std::nullopt;
    }
    const auto form = formOf(product, {sizesAt(tensors[0]), sizesAt(tensors[1])});
    const auto scores = form ? asScores(*form) : std::nullopt;
    if (!scores)
    {
        return std::nullopt;
    }
    return Operands{tensors[scores->left], sizesBy(*form, scores->batch + scores->row + scores->inner),
                    ownSizesBy(*form, scores->batch + scores->inner + scores->column, form->operands[scores->right])};
}

std::optional<GraphAttention::Operands> GraphAttention::weightedBy(const std::string& weights,
                                                                   const Json& product) const
{
    if (!isEinsum(targetOf(product)))
    {
        const auto operands = matrixOperands(product);
        return operands && operands->left == weights ? operands : std::nullopt;
    }
    const auto tensors = tensorsInto(product);
    if (tensors.size() != 2)
    {
        return std::nullopt;
    }
    const auto form = formOf(product, {sizesAt(tensors[0]), sizesAt(tensors[1])});
    const auto sum = form ? asWeightedSum(*form, tensors[0] == weights ? 0 : 1) : std::nullopt;
    if (!sum)
    {
        return std::nullopt;
    }
    return Operands{weights, sizesBy(*form, sum->batch + sum->row + sum->inner),
                    ownSizesBy(*form, sum->batch + sum->inner + sum->column, form->operands[sum->right])};
}

/// The product that \a name comes from, through what passes().
std::optional<GraphAttention::Operands> GraphAttention::productBefore(const std::string& name, int steps)
{
    const auto found = m_makers.find(name);
    if (found == m_makers.end() || steps == 0 || --m_visitsLeft < 0)
    {
        return std::nullopt;
    }
    const std::string target = targetOf(*found->second);
    if (isProduct(target))
    {
        return scoresOf(*found->second);
    }
    if (!passes(target))
    {
        return std::nullopt;
    }
    for (const std::string& input : tensorsInto(*found->second))
    {
        if (auto product = productBefore(input, steps - 1))
        {
            return product;
        }
    }
    return std::nullopt;
}

/// The product that \a name becomes the weights of, through what passes().
std::optional<GraphAttention::Operands> GraphAttention::productAfter(const std::string& name, int steps)
{
    const auto [begin, end] = m_users.equal_range(name);
    for (auto user = begin; user != end && steps > 0 && --m_visitsLeft >= 0; ++user)
    {
        const std::string target = targetOf(*user->second);
        if (isProduct(target))
        {
            return weightedBy(name, *user->second);
        }
        auto product = passes(target) ? productAfter(resultOf(*user->second), steps - 1) : std::nullopt;
        if (product)
        {
            return product;
        }
    }
    return std::nullopt;
}

/// The node whose target begins with \a wanted that \a name comes from, by first operands and through \a passed alone.
const Json* GraphAttention::makerThrough(const std::string& name, std::initializer_list<std::string_view> passed,
                                         std::string_view wanted) const
{
    std::string at = name;
    for (int step = 0; step < kFurthest; ++step)
    {
        const auto found = m_makers.find(at);
        if (found == m_makers.end())
        {
            return nullptr;
        }
        const std::string target = targetOf(*found->second);
        if (isOneOf(target, {wanted}))
        {
            return found->second;
        }
        const auto into = isOneOf(target, passed) ? tensorsInto(*found->second) : std::vector<std::string>();
        if (into.empty())
        {
            return nullptr;
        }
        at = into.front();
    }
    return nullptr;
}

/// The scores that \a node normalises over their last dimension: as a softmax, or as exp divided by its sum.
std::optional<std::string> GraphAttention::scoresBehind(const Json& node)
{
    const std::string target = targetOf(node);
    const bool softmax = isOneOf(target, {"softmax.", "_softmax.", "_safe_softmax."});
    const auto into = softmax || isOneOf(target, {"div."}) ? tensorsInto(node) : std::vector<std::string>();
    if (softmax)
    {
        const bool rows = !into.empty() && isOverLast(node, sizesAt(into.front()).size());
        return rows ? std::optional(into.front()) : std::nullopt;
    }
    if (into.size() != 2)
    {
        return std::nullopt;
    }
    const Json* const exponentials =
        makerThrough(into[0], {"mul.", "masked_fill.", "to.", "_to_copy.", "clone."}, "exp.");
    const Json* const sum = makerThrough(
        into[1], {"unsqueeze.", "view.", "expand.", "add.", "clamp.", "clamp_min.", "to.", "_to_copy.", "clone."},
        "sum.");
    const auto summed = sum != nullptr ? tensorsInto(*sum) : std::vector<std::string>();
    if (exponentials == nullptr || summed.empty() || summed.front() != into[0] ||
        !isOverLast(*sum, sizesAt(summed.front()).size()))
    {
        return std::nullopt;
    }
    const auto from = tensorsInto(*exponentials);
    return from.empty() ? std::nullopt : std::optional(from.front());
}

std::optional<ModelCall> GraphAttention::normalisedBy(const Json& node)
{
    const auto behind = scoresBehind(node);
    if (!behind)
    {
        return std::nullopt;
    }
    m_visitsLeft = kMostVisits;
    const auto scores = productBefore(*behind, kFurthest);
    const auto values = productAfter(resultOf(node), kFurthest);
    if (!scores || !values)
    {
        return std::nullopt;
    }
    const auto query = asFour(scores->leftSizes);
    const auto key = asFour(scores->rightSizes); // transposed
    ModelCall call;
    call.problem.batch = query[0];
    call.problem.queryHeads = query[1];
    call.problem.kvHeads = key[1];
    call.problem.queryLength = query[2];
    call.problem.kvLength = key[3];
    call.problem.headDimQk = query[3];
    call.problem.headDimV = asFour(values->rightSizes)[3];
    call.problem.dtype = fromScalarType(typeOf(m_values.at(scores->left).at("dtype")).value_or(at::kFloat));
    call.problem.needsGradients = false;
    return call;
}

} // namespace headroom::engine
