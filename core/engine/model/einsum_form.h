// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// The subscripts of an Einstein summation, a character a dimension; those that "..." stands for are digits.
struct EinsumForm
{
    std::vector<std::string> operands;
    std::string output;
    std::map<char, std::int64_t> sizes; ///< of each dimension; that of a broadcast operand where no other is larger

    bool operator==(const EinsumForm&) const = default;
};

/// Reads \a equation ("bhqd,bhkd->bhqk", also without "->") for operands of \a shapes; nothing where it does not fit
/// them.
std::optional<EinsumForm> readEinsum(std::string_view equation, std::span<const std::vector<std::int64_t>> shapes);

/// A summation over two operands as a batched matrix product [batch.., row, inner] x [batch.., inner, column].
struct EinsumProduct
{
    std::size_t left = 0; ///< the operand that has the rows
    std::size_t right = 1;
    std::string batch; ///< in the order of the output, or of the left operand for weighted sums
    char row = 0;
    char inner = 0;
    char column = 0;
};

/// \a form as scores of queries (left) and keys: its output ends in row and column, which a softmax then normalises
/// over. An operand may lack dimensions of the batch, as grouped heads do. Nothing for another summation.
std::optional<EinsumProduct> asScores(const EinsumForm& form);

/// \a form as values (right) summed with the weights of the operand numbered \a weights, [batch.., row, inner].
std::optional<EinsumProduct> asWeightedSum(const EinsumForm& form, std::size_t weights);

} // namespace headroom::engine
