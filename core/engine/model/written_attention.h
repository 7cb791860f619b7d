// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/attention/attention_inputs.h"

#include <ATen/core/ivalue.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom::engine
{

/// Finds attention that is written out by hand in a stream of operators, by following what becomes of a product of two
/// batched tensors: matmul, bmm or einsum; then a softmax, or exp divided by its sum; then a product of that.
class WrittenAttention
{
public:
    /// Attention that was found.
    struct Found
    {
        AttentionInputs inputs;        ///< [B, H, S, D]; three-dimensional tensors [B * H, S, D] count as one batch
        std::size_t firstOperator = 0; ///< the number of the first matrix product, as given to see()
        std::vector<std::string> operators{}; ///< products, and what normalises: "aten::matmul", "aten::softmax", ...
        double flops = 0;                     ///< of its two products
    };

    /// Hears of the operator numbered \a number, its arguments and its results, none of them nested in another one.
    std::optional<Found> see(std::size_t number, std::string_view name, std::span<const c10::IValue> arguments,
                             std::span<const c10::IValue> results);

private:
    enum class Stage
    {
        Scores,
        Exponentials, ///< exp() of the scores, not normalised yet
        Probabilities
    };
    struct Scores
    {
        at::Tensor query;
        at::Tensor keyTransposed;
        std::optional<at::Tensor> mask;
        double scale = 1;
        double dropout = 0;
        Stage stage = Stage::Scores;
        std::size_t firstOperator = 0;
        std::vector<std::string> operators{};
        double flops = 0;
    };
    using Known = std::shared_ptr<const Scores>;

    using ByMemory = std::map<const void*, Known>; ///< by the address of a result's memory

    static Known in(const ByMemory& known, const c10::IValue& value);
    Known of(const c10::IValue& value) const { return in(m_known, value); }
    static void keep(ByMemory& all, std::span<const c10::IValue> arguments, std::span<const c10::IValue> results,
                     const Known& scores);
    static Known product(std::size_t number, std::string_view name, std::span<const at::Tensor> operands,
                         const at::Tensor& result);
    static std::optional<Found> finish(const Scores& scores, std::string_view name, const at::Tensor& value);
    std::optional<Found> seeProduct(std::size_t number, std::string_view name, std::span<const c10::IValue> arguments,
                                    const at::Tensor& result, Known& next) const;
    std::optional<Found> seeEinsum(std::size_t number, std::span<const c10::IValue> arguments, const at::Tensor& result,
                                   Known& next) const;
    Known carriedOn(std::string_view name, std::span<const c10::IValue> arguments) const;
    Known afterExp(std::string_view name, std::span<const c10::IValue> arguments, const Known& known) const;
    Known sumOn(std::string_view name, std::span<const c10::IValue> arguments) const;

    ByMemory m_known;
    ByMemory m_sums; ///< the exponentials that a tensor is the sum of, row by row
};

} // namespace headroom::engine
