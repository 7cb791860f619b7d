// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/model/einsum_form.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>

namespace headroom::engine
{
namespace
{

constexpr std::string_view kEllipsis = "...";
constexpr std::size_t kMostDimensions = 9; ///< as many as there are digits for

bool has(std::string_view letters, char letter)
{
    return letters.find(letter) != std::string_view::npos;
}

bool isDistinct(const std::string& letters)
{
    return std::set<char>(letters.begin(), letters.end()).size() == letters.size();
}

/// \a subscripts with a digit for each of the \a hidden dimensions in place of "..."; nothing for other characters.
std::optional<std::string> spelledOut(std::string_view subscripts, std::size_t hidden)
{
    std::string letters;
    for (std::size_t at = 0; at < subscripts.size(); ++at)
    {
        if (subscripts.substr(at).starts_with(kEllipsis))
        {
            for (std::size_t place = hidden; place > 0; --place) // aligned at the last one
            {
                letters += static_cast<char>('0' + place);
            }
            at += kEllipsis.size() - 1;
        }
        else if (std::isalpha(static_cast<unsigned char>(subscripts[at])) != 0)
        {
            letters += subscripts[at];
        }
        else
        {
            return std::nullopt;
        }
    }
    return letters;
}

/// How many dimensions "..." stands for.
std::optional<std::size_t> hiddenIn(std::string_view subscripts, std::size_t dimensions)
{
    const bool any = subscripts.find(kEllipsis) != std::string_view::npos;
    const std::size_t named = subscripts.size() - (any ? kEllipsis.size() : 0);
    const bool fits = any ? named <= dimensions && dimensions - named <= kMostDimensions : named == dimensions;
    return fits ? std::optional(dimensions - named) : std::nullopt;
}

/// What stands behind the arrow where there is none: what "..." stands for, and the letters that are there once.
std::string impliedOutput(const std::vector<std::string>& operands, std::size_t hidden)
{
    std::map<char, int> counts;
    for (const std::string& operand : operands)
    {
        for (const char letter : operand)
        {
            ++counts[letter];
        }
    }
    std::string output = spelledOut(kEllipsis, hidden).value_or("");
    for (const auto& [letter, count] : counts)
    {
        if (count == 1 && std::isdigit(static_cast<unsigned char>(letter)) == 0)
        {
            output += letter;
        }
    }
    return output;
}

bool isPair(const EinsumForm& form)
{
    return form.operands.size() == 2 && isDistinct(form.operands[0]) && isDistinct(form.operands[1]) &&
           isDistinct(form.output);
}

/// Whether \a letters are those of \a batch, or some of them, and \a own.
bool isMadeOf(const std::string& letters, const std::string& batch, std::string_view own)
{
    return std::ranges::all_of(letters, [&](char letter) { return has(batch, letter) || has(own, letter); }) &&
           std::ranges::all_of(own, [&](char letter) { return has(letters, letter); });
}

} // namespace

std::optional<EinsumForm> readEinsum(std::string_view equation, std::span<const std::vector<std::int64_t>> shapes)
{
    std::string text;
    std::ranges::copy_if(equation, std::back_inserter(text), [](char character) { return character != ' '; });
    const auto arrow = text.find("->");
    std::string_view left = std::string_view(text).substr(0, arrow);
    std::size_t hidden = 0;
    EinsumForm form;
    for (const auto& shape : shapes)
    {
        const auto comma = std::min(left.find(','), left.size());
        const auto own = hiddenIn(left.substr(0, comma), shape.size());
        const auto letters = own ? spelledOut(left.substr(0, comma), *own) : std::nullopt;
        if (!letters)
        {
            return std::nullopt;
        }
        hidden = std::max(hidden, *own);
        form.operands.push_back(*letters);
        for (std::size_t at = 0; at < shape.size(); ++at)
        {
            auto& size = form.sizes[(*letters)[at]];
            size = std::max(size, shape[at]);
        }
        const bool last = form.operands.size() == shapes.size();
        if (last != (comma == left.size()))
        {
            return std::nullopt; // more operands than tensors, or fewer
        }
        left.remove_prefix(std::min(comma + 1, left.size()));
    }
    const auto output = arrow == std::string::npos ? std::optional(impliedOutput(form.operands, hidden))
                                                   : spelledOut(std::string_view(text).substr(arrow + 2), hidden);
    const bool known = output && std::ranges::all_of(*output, [&](char letter) { return form.sizes.contains(letter); });
    if (form.operands.empty() || !known)
    {
        return std::nullopt;
    }
    form.output = *output;
    return form;
}

std::optional<EinsumProduct> asScores(const EinsumForm& form)
{
    if (!isPair(form) || form.output.size() < 3)
    {
        return std::nullopt;
    }
    EinsumProduct product;
    product.batch = form.output.substr(0, form.output.size() - 2);
    product.row = form.output[form.output.size() - 2];
    product.column = form.output.back();
    product.left = has(form.operands[0], product.row) ? 0 : 1;
    product.right = 1 - product.left;
    const std::string& queries = form.operands[product.left];
    const std::string& keys = form.operands[product.right];
    const auto inner = std::ranges::find_if(queries, [&](char letter) { return !has(form.output, letter); });
    if (inner == queries.end() || queries.size() < 3 || keys.size() < 3)
    {
        return std::nullopt;
    }
    product.inner = *inner;
    const std::string ofQueries{product.row, product.inner};
    const std::string ofKeys{product.inner, product.column};
    const bool fits = isMadeOf(queries, product.batch, ofQueries) && isMadeOf(keys, product.batch, ofKeys);
    return fits ? std::optional(product) : std::nullopt;
}

std::optional<EinsumProduct> asWeightedSum(const EinsumForm& form, std::size_t weights)
{
    if (!isPair(form) || weights > 1 || form.operands[weights].size() < 3)
    {
        return std::nullopt;
    }
    EinsumProduct product;
    product.left = weights;
    product.right = 1 - weights;
    const std::string& letters = form.operands[weights];
    const std::string& values = form.operands[product.right];
    product.batch = letters.substr(0, letters.size() - 2);
    product.row = letters[letters.size() - 2];
    product.inner = letters.back();
    const auto column = std::ranges::find_if(values, [&](char letter) { return !has(letters, letter); });
    if (column == values.end() || values.size() < 3)
    {
        return std::nullopt;
    }
    product.column = *column;
    const std::string own{product.inner, product.column};
    const std::string rest{product.row, product.column};
    const bool fits = isMadeOf(values, product.batch, own) && isMadeOf(form.output, product.batch, rest) &&
                      form.output.size() == product.batch.size() + 2;
    return fits ? std::optional(product) : std::nullopt;
}

} // namespace headroom::engine
